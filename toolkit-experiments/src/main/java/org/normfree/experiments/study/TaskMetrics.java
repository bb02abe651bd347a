package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.hipparchus.stat.StatUtils;
import org.normfree.core.model.image.MultiTaskMlp;
import org.normfree.core.record.Better;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Scale;
import org.normfree.core.record.Trial;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.statistics.Interval;
import org.normfree.experiments.sweep.TrialResult;

/** Metrics that studies of several losses share, and values that follow from several runs. */
final class TaskMetrics {
  static final String CLASS = MultiTaskMlp.CLASS;

  static final Metric ACCURACY = Metric.percent("test_accuracy", "test accuracy of the class");
  static final Metric PARITY =
      Metric.percent("test_" + MultiTaskMlp.PARITY_ACCURACY, "test accuracy of the parity");
  static final Metric ERROR =
      Metric.loss("test_" + MultiTaskMlp.ERROR, "test squared error of the pixels", "");
  static final Metric RISING =
      Metric.number("rising", "number of steps along which a loss rises", "steps");

  /** Not a single step. */
  static final Interval NONE = new Interval(0, 0);

  private static final List<String[]> PAIRS =
      List.of(
          new String[] {CLASS, MultiTaskMlp.PARITY, "class and parity"},
          new String[] {CLASS, MultiTaskMlp.RECONSTRUCTION, "class and pixels"},
          new String[] {MultiTaskMlp.PARITY, MultiTaskMlp.RECONSTRUCTION, "parity and pixels"});

  private TaskMetrics() {}

  /** Share of steps with a cosine below 0, a metric a pair of tasks. */
  static List<Metric> conflicts() {
    return PAIRS.stream()
        .map(
            pair ->
                new Metric(
                    "conflict_" + pair[0] + "_" + pair[1],
                    "steps with conflicting gradients of " + pair[2],
                    "%",
                    Better.NEITHER,
                    Scale.LOGIT,
                    0.0,
                    100.0))
        .toList();
  }

  /** Mean cosine over the steps, a metric a pair of tasks. */
  static List<Metric> cosines() {
    return PAIRS.stream()
        .map(
            pair ->
                Metric.correlation(
                    "cosine_" + pair[0] + "_" + pair[1],
                    "mean cosine of the gradients of " + pair[2]))
        .toList();
  }

  /** Steps along which a task's loss does not fall to first order. */
  static Metric notFalling(String task, String words) {
    return Metric.number(
        "not_falling_" + task,
        "number of steps along which the loss of %s does not fall".formatted(words),
        "steps");
  }

  /** Runs that came to their end and are reported. */
  static List<TrialResult> ended(List<TrialResult> results) {
    return results.stream()
        .filter(run -> run.done() && run.trial().phase().equals(Trial.FINAL))
        .toList();
  }

  /**
   * Adds to each run what follows from it and others.
   *
   * @param results all runs
   * @param more what is added to a run that came to its end and is reported
   */
  static List<TrialResult> with(
      List<TrialResult> results, Function<TrialResult, Map<String, Double>> more) {
    List<TrialResult> ended = ended(results);
    List<TrialResult> all = new ArrayList<>();
    for (TrialResult run : results) {
      Map<String, Double> values = new HashMap<>(run.outcome().values());
      if (ended.contains(run)) {
        values.putAll(more.apply(run));
      }
      Outcome outcome = run.outcome();
      all.add(
          new TrialResult(
              run.id(), run.trial(), new Outcome(outcome.marker(), values, outcome.message())));
    }
    return all;
  }

  /** The run of the same seed with other settings, if it came to its end. */
  static Optional<TrialResult> same(
      List<TrialResult> ended, TrialResult run, Map<String, String> setting) {
    return ended.stream()
        .filter(other -> other.trial().seed() == run.trial().seed())
        .filter(other -> other.trial().setting().equals(setting))
        .findFirst();
  }

  /** The standard deviation of a value between the seeds of a group; 0 below two runs. */
  static double deviation(List<TrialResult> ended, Map<String, String> setting, Metric metric) {
    double[] values =
        ended.stream()
            .filter(run -> run.trial().setting().equals(setting))
            .mapToDouble(run -> value(run, metric))
            .toArray();
    return values.length < 2 ? 0 : Math.sqrt(StatUtils.variance(values));
  }

  static double value(TrialResult run, Metric metric) {
    return run.outcome().values().get(metric.name());
  }
}
