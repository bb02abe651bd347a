package org.normfree.core.probe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.nn.Network;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;

/**
 * Norm of the gradient of each branch's parameters together, before clipping, of the first step and
 * of one every so many, under the step's number. A branch is what its parameters' names begin with,
 * for example {@code encoder.block3.ffn}; parameters outside blocks count with the first part of
 * their name.
 */
public final class GradientNorms implements TrainingListener {
  /** What is measured, as it is called in a run's metrics. */
  public static final String QUANTITY = "gradient_norm";

  private static final Pattern BRANCH = Pattern.compile("^(.*?block\\d+\\.[^.]+)\\..*");

  private final int every;
  private final ProbeListener.Readings readings;
  private Map<String, Double> seen = Map.of();

  /**
   * @param every steps between samples, at least 1
   * @param readings takes what is read
   */
  public GradientNorms(int every, ProbeListener.Readings readings) {
    this.every = every;
    this.readings = readings;
  }

  @Override
  public void onGradients(Trainer trainer, Map<String, INDArray> gradients) {
    seen = Map.of();
    if (trainer.progress().step() % every == 0) {
      Map<String, INDArray> ordered = new LinkedHashMap<>();
      for (Network.Parameter parameter : trainer.network().parameters()) {
        if (gradients.containsKey(parameter.name())) {
          ordered.put(parameter.name(), gradients.get(parameter.name()));
        }
      }
      seen = read(ordered);
    }
  }

  /** What was seen is told when the step is done: a step that is taken again tells it once. */
  @Override
  public void onStep(Trainer trainer, Step step) {
    seen.forEach((layer, norm) -> readings.add(trainer, layer, Map.of(QUANTITY, norm)));
  }

  @Override
  public void onDivergence(Trainer trainer, Divergence divergence) {
    seen.forEach((layer, norm) -> readings.add(trainer, layer, Map.of(QUANTITY, norm)));
  }

  /**
   * @param gradients gradients by their parameters' names
   * @return norm by branch, in the order of the gradients
   */
  public static Map<String, Double> read(Map<String, INDArray> gradients) {
    Map<String, Double> squares = new LinkedHashMap<>();
    gradients.forEach(
        (name, gradient) -> {
          double norm = gradient.norm2Number().doubleValue();
          squares.merge(branch(name), norm * norm, Double::sum);
        });
    squares.replaceAll((branch, square) -> Math.sqrt(square));
    return squares;
  }

  private static String branch(String parameter) {
    Matcher matcher = BRANCH.matcher(parameter);
    return matcher.matches() ? matcher.group(1) : parameter.replaceFirst("\\..*", "");
  }
}
