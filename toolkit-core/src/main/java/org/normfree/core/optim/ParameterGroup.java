package org.normfree.core.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;

/**
 * Parameters that share their optimizer settings.
 *
 * @param names names of the parameters
 * @param weightDecay coefficient λ of the weight decay, at least 0
 * @param learningRateScale factor on the learning rate, at least 0
 */
public record ParameterGroup(List<String> names, double weightDecay, double learningRateScale) {
  /** Checks the settings. */
  public ParameterGroup {
    names = List.copyOf(names);
    requireNonNegative("weight decay", weightDecay);
    requireNonNegative("learning-rate scale", learningRateScale);
  }

  /**
   * The usual two groups: matrices decay; gains, biases and other parameters of rank 0 or 1 do not,
   * unless {@code decayAll} says so. (The recipes differ: timm and DyT's exempt them, PyTorch's own
   * default decays everything.)
   *
   * @param parameters the parameters by name
   * @param weightDecay λ of those that decay
   * @param decayAll whether parameters of rank 0 and 1 decay too
   * @return one or two groups, with a learning-rate scale of 1
   * @throws InputException if {@code weightDecay} is negative or not finite
   */
  public static List<ParameterGroup> byRank(
      Map<String, INDArray> parameters, double weightDecay, boolean decayAll) {
    List<String> decayed = new ArrayList<>();
    List<String> exempt = new ArrayList<>();
    parameters.forEach(
        (name, array) -> (decayAll || array.rank() > 1 ? decayed : exempt).add(name));
    List<ParameterGroup> groups = new ArrayList<>();
    groups.add(new ParameterGroup(decayed, weightDecay, 1));
    if (!exempt.isEmpty()) {
      groups.add(new ParameterGroup(exempt, 0, 1));
    }
    return groups;
  }

  private static void requireNonNegative(String what, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new InputException("%s is %s; expected a number of at least 0".formatted(what, value));
    }
  }
}
