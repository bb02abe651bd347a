package org.normfree.core.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;

/** What the optimizers share: parameter groups, a step count, and arrays of state a parameter. */
abstract class GroupedOptimizer implements Optimizer {
  private static final String STEPS = "step";

  private final Map<String, INDArray> parameters;
  private final List<ParameterGroup> groups;
  private final List<String> slots;
  private final ElementLoop loop;
  private final Map<String, INDArray[]> state = new LinkedHashMap<>();
  private long steps;

  /**
   * @param slots names of the arrays of state that each parameter has, zero at first
   */
  GroupedOptimizer(
      Map<String, INDArray> parameters, List<ParameterGroup> groups, List<String> slots) {
    this(parameters, groups, slots, 0);
  }

  /**
   * @param slots names of the arrays of state that each parameter has, zero at first
   * @param more arrays that a loop runs over besides parameter, gradient and state
   */
  GroupedOptimizer(
      Map<String, INDArray> parameters, List<ParameterGroup> groups, List<String> slots, int more) {
    this.parameters = new LinkedHashMap<>(parameters);
    this.groups = List.copyOf(groups);
    this.slots = slots;
    this.loop = new ElementLoop(2 + slots.size() + more);
    Set<String> grouped = new HashSet<>();
    for (ParameterGroup group : groups) {
      for (String name : group.names()) {
        if (!parameters.containsKey(name) || !grouped.add(name)) {
          throw new IllegalArgumentException(
              "parameter %s must exist and be in one group".formatted(name));
        }
        INDArray[] arrays = new INDArray[slots.size()];
        Arrays.setAll(arrays, k -> Nd4j.zerosLike(parameters.get(name)).dup('c'));
        state.put(name, arrays);
      }
    }
  }

  /**
   * A parameter that a step moves.
   *
   * @param name its name
   * @param steps its own steps, this one included
   * @param rate the step's rate for it
   * @param weightDecay λ of the step
   * @param parameter the array to change
   * @param gradient its gradient
   * @param state its arrays of state
   */
  record Moving(
      String name,
      long steps,
      double rate,
      double weightDecay,
      INDArray parameter,
      INDArray gradient,
      INDArray[] state) {}

  @Override
  public final void step(double learningRate, Map<String, INDArray> gradients) {
    steps++;
    List<Moving> moving = new ArrayList<>();
    for (ParameterGroup group : groups) {
      long moved = steps - group.frozenSteps();
      if (moved < 1) {
        continue;
      }
      double rate = learningRate * group.learningRateScale();
      double weightDecay = group.weightDecayAt(steps - 1);
      for (String name : group.names()) {
        INDArray gradient = gradients.get(name);
        if (gradient != null) {
          moving.add(
              new Moving(
                  name, moved, rate, weightDecay, parameters.get(name), gradient, state.get(name)));
        }
      }
    }
    prepare(loop, moving);
    for (Moving one : moving) {
      update(
          loop,
          one.name,
          one.steps,
          one.rate,
          one.weightDecay,
          one.parameter,
          one.gradient,
          one.state);
    }
    loop.run();
    finish(loop);
  }

  /** What has to be known of all parameters before any moves; nothing by default. */
  void prepare(ElementLoop loop, List<Moving> moving) {}

  /** What is left to do when the loops of all parameters have run; nothing by default. */
  void finish(ElementLoop loop) {}

  /** Adds the loop that changes one parameter and its state; {@code steps} counts from 1. */
  abstract void update(
      ElementLoop loop,
      String name,
      long steps,
      double rate,
      double weightDecay,
      INDArray parameter,
      INDArray gradient,
      INDArray[] state);

  /** Arrays of state that belong to no single parameter, by name; none by default. */
  Map<String, INDArray> common() {
    return Map.of();
  }

  @Override
  public final Map<String, INDArray> state() {
    Map<String, INDArray> copy = new LinkedHashMap<>();
    copy.put(STEPS, Nd4j.scalar(DataType.INT64, steps));
    common().forEach((name, array) -> copy.put(name, array.dup()));
    state.forEach(
        (name, arrays) -> {
          for (int k = 0; k < arrays.length; k++) {
            copy.put(slots.get(k) + "." + name, arrays[k].dup());
          }
        });
    return copy;
  }

  @Override
  public final void restore(Map<String, INDArray> saved) {
    Map<String, INDArray> current = new LinkedHashMap<>();
    current.put(STEPS, Nd4j.scalar(DataType.INT64, steps));
    current.putAll(common());
    state.forEach(
        (name, arrays) -> {
          for (int k = 0; k < arrays.length; k++) {
            current.put(slots.get(k) + "." + name, arrays[k]);
          }
        });
    NamedArrays.requireSame("optimizer state", current, saved);
    current.forEach((name, array) -> array.assign(saved.get(name)));
    steps = saved.get(STEPS).getLong(0);
  }

  static double requireFraction(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new InputException(
          "%s is %s; expected a number from 0 to below 1".formatted(what, value));
    }
    return value;
  }
}
