package org.normfree.core.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;

/**
 * Parameters that share their optimizer settings.
 *
 * @param names names of the parameters
 * @param weightDecay coefficient λ of the weight decay at each step, at least 0
 * @param learningRateScale factor on the learning rate, at least 0
 * @param frozenSteps steps of the run, from its beginning, in which they neither move nor decay;
 *     the optimizer counts their own steps from then on
 */
public record ParameterGroup(
    List<String> names, Schedule weightDecay, double learningRateScale, long frozenSteps) {
  /** Checks the settings. */
  public ParameterGroup {
    names = List.copyOf(names);
    requireNonNegative("learning-rate scale", learningRateScale);
    requireNonNegative("the number of frozen steps", (double) frozenSteps);
  }

  /**
   * Parameters that are never frozen and always decay alike.
   *
   * @param names names of the parameters
   * @param weightDecay coefficient λ of the weight decay, at least 0
   * @param learningRateScale factor on the learning rate, at least 0
   */
  public ParameterGroup(List<String> names, double weightDecay, double learningRateScale) {
    this(names, constant(weightDecay), learningRateScale, 0);
  }

  private static Schedule constant(double weightDecay) {
    requireNonNegative("weight decay", weightDecay);
    return new Constant(weightDecay);
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
    return byRank(parameters, constant(weightDecay), decayAll);
  }

  /**
   * The same with a decay that changes from step to step.
   *
   * @param parameters the parameters by name
   * @param weightDecay λ of those that decay, at each step
   * @param decayAll whether parameters of rank 0 and 1 decay too
   * @return one or two groups, with a learning-rate scale of 1
   */
  public static List<ParameterGroup> byRank(
      Map<String, INDArray> parameters, Schedule weightDecay, boolean decayAll) {
    List<String> decayed = new ArrayList<>();
    List<String> exempt = new ArrayList<>();
    parameters.forEach(
        (name, array) -> (decayAll || array.rank() > 1 ? decayed : exempt).add(name));
    List<ParameterGroup> groups = new ArrayList<>();
    groups.add(new ParameterGroup(decayed, weightDecay, 1, 0));
    if (!exempt.isEmpty()) {
      groups.add(new ParameterGroup(exempt, 0, 1));
    }
    return groups;
  }

  /**
   * The same groups, with some parameters in groups of their own that are frozen at first.
   *
   * @param groups the groups of all
   * @param frozen names of the parameters that are frozen
   * @param steps how long
   * @return groups of what is not frozen, and behind them groups of what is
   */
  public static List<ParameterGroup> freezing(
      List<ParameterGroup> groups, Set<String> frozen, long steps) {
    List<ParameterGroup> free = new ArrayList<>();
    List<ParameterGroup> late = new ArrayList<>();
    for (ParameterGroup group : groups) {
      Map<Boolean, List<String>> split =
          group.names.stream().collect(Collectors.partitioningBy(frozen::contains));
      if (!split.get(false).isEmpty()) {
        free.add(group.with(split.get(false), group.frozenSteps));
      }
      if (!split.get(true).isEmpty()) {
        late.add(group.with(split.get(true), steps));
      }
    }
    free.addAll(late);
    return free;
  }

  /** The same settings for other parameters. */
  ParameterGroup with(List<String> members) {
    return with(members, frozenSteps);
  }

  /**
   * The same groups, with some parameters in groups of their own that never decay.
   *
   * @param groups the groups of all
   * @param exempt names of the parameters that do not decay
   * @return groups of what may decay, and behind them groups of what may not
   */
  public static List<ParameterGroup> exempting(List<ParameterGroup> groups, Set<String> exempt) {
    List<ParameterGroup> free = new ArrayList<>();
    List<ParameterGroup> undecayed = new ArrayList<>();
    for (ParameterGroup group : groups) {
      Map<Boolean, List<String>> split =
          group.names.stream().collect(Collectors.partitioningBy(exempt::contains));
      if (!split.get(false).isEmpty()) {
        free.add(group.with(split.get(false), group.frozenSteps));
      }
      if (!split.get(true).isEmpty()) {
        undecayed.add(
            new ParameterGroup(
                split.get(true), constant(0), group.learningRateScale, group.frozenSteps));
      }
    }
    free.addAll(undecayed);
    return free;
  }

  private ParameterGroup with(List<String> members, long frozen) {
    return new ParameterGroup(members, weightDecay, learningRateScale, frozen);
  }

  /** λ of a step. */
  double weightDecayAt(long step) {
    double decay = weightDecay.rate(step);
    requireNonNegative("weight decay of step " + step, decay);
    return decay;
  }

  /**
   * The same groups divided by layer, so that layers far from the head move less: the scale of
   * layer l is {@code decay^(last − l)} times its group's. Source: arXiv 2111.06377, as its
   * repository fine-tunes ({@code util/lr_decay.py}).
   *
   * @param groups the groups of all
   * @param decay factor from layer to layer, above 0 and at most 1
   * @param last number of the last layer, which keeps the rate
   * @param layer the layer of a parameter, from 0 to last
   * @return a group for each group and layer that has parameters
   * @throws InputException if the factor is out of range
   */
  public static List<ParameterGroup> layerDecay(
      List<ParameterGroup> groups, double decay, int last, ToIntFunction<String> layer) {
    if (!(decay > 0 && decay <= 1)) {
      throw new InputException(
          "the layer decay is %s; expected a factor above 0 and at most 1, 0.75 is usual"
              .formatted(decay));
    }
    List<ParameterGroup> all = new ArrayList<>();
    for (ParameterGroup group : groups) {
      Map<Integer, List<String>> layers = new TreeMap<>();
      for (String name : group.names) {
        layers.computeIfAbsent(layer.applyAsInt(name), l -> new ArrayList<>()).add(name);
      }
      layers.forEach(
          (l, names) ->
              all.add(
                  new ParameterGroup(
                      names,
                      group.weightDecay,
                      group.learningRateScale * StrictMath.pow(decay, (double) last - l),
                      group.frozenSteps)));
    }
    return all;
  }

  private static void requireNonNegative(String what, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new InputException("%s is %s; expected a number of at least 0".formatted(what, value));
    }
  }
}
