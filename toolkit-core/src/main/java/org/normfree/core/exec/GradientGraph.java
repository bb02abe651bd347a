package org.normfree.core.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph together with the gradients of its loss: what {@link SameDiff#createGradFunction()}
 * makes, in time linear in the number of ops.
 *
 * <p>The gradients are those of the ops' own {@code doDiff}, added up in SameDiff's order, so they
 * have SameDiff's bits. Two differences: backward ops that no wanted gradient needs are left out,
 * and where one loss is computed from another both shares reach the parameters (SameDiff drops
 * one).
 *
 * @param function a copy of the graph with the backward ops added; it computes with the arrays of
 *     the graph's own variables and constants
 * @param losses names of the losses
 * @param gradientNames name of the gradient in {@code function} for each variable that has one, by
 *     the variable's name
 */
public record GradientGraph(
    SameDiff function, List<String> losses, Map<String, String> gradientNames) {
  /** Name under which a SameDiff keeps its gradient function. */
  private static final String FUNCTION = "grad";

  /** Copies, and keeps the order of the names. */
  public GradientGraph {
    losses = List.copyOf(losses);
    gradientNames = Collections.unmodifiableMap(new LinkedHashMap<>(gradientNames));
  }

  /**
   * Differentiates the loss with respect to every floating-point {@code VARIABLE} that it depends
   * on. The function is kept in {@code graph}, where {@link SameDiff#getFunction} and {@link
   * SDVariable#getGradient} find it; a function that is there already, whoever made it, is taken as
   * it is, unless it lacks a gradient that is asked for: then a new one is made, which is not kept
   * in the graph. The graph must not be changed afterwards.
   *
   * @param graph the graph, its loss marked
   * @param others further variables whose gradients are wanted, for example placeholders
   * @return the graph's gradients; a variable that the loss does not depend on has none
   * @throws IllegalArgumentException if one of {@code others} does not exist or is not of a
   *     floating-point type
   * @throws IllegalStateException if the graph has no loss, or the loss depends on no variable, or
   *     an op does not say what the gradient of an input is
   * @throws UnsupportedOperationException if an op on the way from a wanted variable to the loss
   *     has no gradient, as ND4J's control flow has none
   */
  public static GradientGraph of(SameDiff graph, String... others) {
    for (String name : others) {
      requireFloating(graph, name);
    }
    List<String> losses = losses(graph);
    Set<String> requested = Set.of(others);
    if (!graph.hasGradientFunction()) {
      graph.putSubFunction(FUNCTION, differentiated(graph, losses, requested));
    }
    SameDiff function = graph.getFunction(FUNCTION);
    if (!requested.stream().allMatch(name -> hasGradient(function, name))) {
      // SameDiff keeps the first function for good; one with more gradients is the caller's
      SameDiff more = differentiated(graph, losses, requested);
      return new GradientGraph(more, losses, names(graph, more, requested));
    }
    return new GradientGraph(function, losses, names(graph, function, requested));
  }

  /**
   * Differentiates each of several losses with respect to every floating-point {@code VARIABLE}
   * that it depends on, in one function: what the losses have in common is computed once, and a
   * backward pass goes over it for each. The function is not kept in {@code graph}.
   *
   * @param graph the graph; which of its variables are marked as losses does not matter
   * @param losses names of scalars of it
   * @return the gradients of each loss, in their order, all with the same function
   * @throws IllegalArgumentException if there is no loss, or one does not exist or is not of a
   *     floating-point type
   * @throws IllegalStateException if a loss depends on no variable, or an op does not say what the
   *     gradient of an input is
   * @throws UnsupportedOperationException as {@link #of}
   */
  public static List<GradientGraph> ofEach(SameDiff graph, List<String> losses) {
    if (losses.isEmpty()) {
      throw new IllegalArgumentException("no loss is named to differentiate; name at least one");
    }
    losses.forEach(loss -> requireFloating(graph, loss));
    SameDiff function = GraphCopy.of(graph);
    List<GradientGraph> each = new ArrayList<>();
    for (String loss : losses) {
      Map<String, String> all = new BackwardPass(function, List.of(loss), Set.of()).build();
      Map<String, String> wanted = new LinkedHashMap<>();
      for (SDVariable variable : graph.variables()) {
        String name = variable.name();
        if (variable.getVariableType() == VariableType.VARIABLE && all.containsKey(name)) {
          wanted.put(name, all.get(name));
        }
      }
      each.add(new GradientGraph(function, List.of(loss), wanted));
    }
    return each;
  }

  private static SameDiff differentiated(
      SameDiff graph, List<String> losses, Set<String> requested) {
    SameDiff function = GraphCopy.of(graph);
    new BackwardPass(function, losses, requested).build();
    return function;
  }

  private static boolean hasGradient(SameDiff function, String name) {
    return function.hasVariable(name) && function.getVariables().get(name).getGradient() != null;
  }

  /** The variables of the function that a pass needs for some outputs and all gradients. */
  static List<String> wanted(List<String> outputs, List<GradientGraph> each) {
    Set<String> wanted = new LinkedHashSet<>(outputs);
    each.forEach(graph -> wanted.addAll(graph.gradientNames.values()));
    return List.copyOf(wanted);
  }

  /** What passes yield, from the values of the function's variables; no array twice. */
  static GraphExecutor.Passes passes(
      List<String> outputs, List<GradientGraph> each, Map<String, INDArray> values) {
    Set<String> taken = new HashSet<>(outputs);
    Map<String, INDArray> outputValues = new LinkedHashMap<>();
    outputs.forEach(name -> outputValues.put(name, values.get(name)));
    List<Map<String, INDArray>> gradients = new ArrayList<>();
    for (GradientGraph graph : each) {
      Map<String, INDArray> own = new LinkedHashMap<>();
      graph.gradientNames.forEach(
          (name, gradient) -> {
            INDArray value = values.get(gradient);
            own.put(name, taken.add(gradient) ? value : value.dup());
          });
      gradients.add(own);
    }
    return new GraphExecutor.Passes(outputValues, gradients);
  }

  /**
   * Refuses a loss that is not one number.
   *
   * @throws IllegalArgumentException if it has more than one element
   */
  static void requireScalar(String loss, long... shape) {
    if (Arrays.stream(shape).reduce(1, (a, b) -> a * b) != 1) {
      throw new IllegalArgumentException(
          "the loss %s has shape %s, expected one number; reduce it with sum or mean first"
              .formatted(loss, Arrays.toString(shape)));
    }
  }

  private static void requireFloating(SameDiff graph, String name) {
    SDVariable variable = graph.getVariable(name);
    if (variable == null) {
      throw new IllegalArgumentException(
          "a gradient is wanted for %s, but the graph has no variable of that name"
              .formatted(name));
    }
    if (!variable.dataType().isFPType()) {
      throw new IllegalArgumentException(
          "a gradient is wanted for %s of type %s; only floating-point variables have one"
              .formatted(name, variable.dataType()));
    }
  }

  private static List<String> losses(SameDiff graph) {
    List<String> losses = graph.getLossVariables();
    TrainingConfig config = graph.getTrainingConfig();
    if (losses.isEmpty() && config != null && config.getLossVariables() != null) {
      losses = config.getLossVariables();
    }
    if (losses.isEmpty()) {
      throw new IllegalStateException(
          "the graph has no loss to differentiate; mark it with SameDiff.setLossVariables");
    }
    for (String loss : losses) {
      requireFloating(graph, loss);
    }
    return losses.stream().distinct().toList();
  }

  private static Map<String, String> names(SameDiff graph, SameDiff function, Set<String> others) {
    Map<String, String> names = new LinkedHashMap<>();
    for (SDVariable variable : graph.variables()) {
      boolean wanted =
          variable.getVariableType() == VariableType.VARIABLE || others.contains(variable.name());
      if (wanted && variable.dataType().isFPType()) {
        if (!function.hasVariable(variable.name())) {
          throw new IllegalStateException(
              "%s was added to the graph after it was differentiated; build the whole graph first"
                  .formatted(variable.name()));
        }
        SDVariable gradient = function.getVariables().get(variable.name()).getGradient();
        if (gradient != null) {
          names.put(variable.name(), gradient.name());
        }
      }
    }
    return names;
  }
}
