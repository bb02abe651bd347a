package org.normfree.core.nn;

import java.util.List;

/**
 * What a network is trained for: a scalar, and what is reported of it. A training loop knows
 * nothing else of its purpose: classification, masked reconstruction, self-distillation and
 * denoising differ in their objective alone.
 *
 * @param loss name of the scalar that is minimized; empty for a graph that is not trained
 * @param training what is reported of a training step, taken before it
 * @param evaluation what is reported of an evaluation
 * @param tasks names of the losses that the scalar is the sum of, where a training loop may weigh
 *     them; empty if there is one loss alone
 */
public record Objective(
    String loss, List<Metric> training, List<Metric> evaluation, List<String> tasks) {
  /** Of a graph that is not trained, such as one that generates text. */
  public static final Objective NONE = new Objective("", List.of(), List.of());

  /** Copies the lists. */
  public Objective {
    training = List.copyOf(training);
    evaluation = List.copyOf(evaluation);
    tasks = List.copyOf(tasks);
  }

  /** Of one loss. */
  public Objective(String loss, List<Metric> training, List<Metric> evaluation) {
    this(loss, training, evaluation, List.of());
  }

  /**
   * The same of several losses.
   *
   * @param names variables of the graph, scalars, whose sum is {@link #loss}
   */
  public Objective ofTasks(String... names) {
    return new Objective(loss, training, evaluation, List.of(names));
  }

  /**
   * The same report in training and evaluation.
   *
   * @param loss name of the scalar that is minimized
   * @param metrics what is reported
   */
  public static Objective of(String loss, Metric... metrics) {
    return new Objective(loss, List.of(metrics), List.of(metrics));
  }

  /**
   * Choosing among classes, once an item or once a token: reports {@link Network#LOSS} and {@link
   * Accuracy} of {@link Network#LOGITS} at {@link Network#TARGETS}.
   *
   * @param evaluated name of the mean loss that an evaluation reports, without label smoothing
   */
  public static Objective classification(String evaluated) {
    Metric accuracy = new Accuracy(Network.LOGITS, Network.TARGETS);
    return new Objective(
        Network.LOSS,
        List.of(Metric.mean(Network.LOSS, Network.LOSS), accuracy),
        List.of(Metric.mean(Network.LOSS, evaluated), accuracy));
  }
}
