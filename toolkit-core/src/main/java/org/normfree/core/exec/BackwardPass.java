package org.normfree.core.exec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.nd4j.autodiff.samediff.NameScope;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Adds the gradients of a graph's loss to the graph itself, by reverse-mode differentiation: each
 * op once, after all ops that use its outputs. No step looks at more than an op's own neighbours,
 * and none recurses, so thousands of layers are no more than many.
 */
final class BackwardPass {
  private final SameDiff graph;
  private final List<String> losses;
  private final Set<String> requested;
  private final Map<String, SDVariable> gradients = new HashMap<>();
  private final Map<DataType, SDVariable> seeds = new HashMap<>();
  private Set<String> needed = Set.of();

  /**
   * @param graph the graph to add to
   * @param losses its losses, floating-point, each once
   * @param requested variables whose gradients are wanted beside those of the trainable ones
   */
  BackwardPass(SameDiff graph, List<String> losses, Set<String> requested) {
    this.graph = graph;
    this.losses = losses;
    this.requested = requested;
  }

  /**
   * Differentiates, and sets the gradient of every variable that needs one.
   *
   * @return the gradient's name for each of them
   * @throws IllegalStateException if no variable needs one, or an op does not give one
   */
  Map<String, String> build() {
    needed = needed();
    if (needed.isEmpty()) {
      throw new IllegalStateException(
          "the loss %s depends on no floating-point VARIABLE, so there is nothing to train; declare"
                  .formatted(losses)
              + " parameters with SameDiff.var and keep the path to the loss floating-point");
    }
    Map<String, Integer> waiting = uses();
    // the order of SameDiff's queue, on which the order of the additions and so the bits depend
    Set<String> first = new LinkedHashSet<>();
    for (String loss : losses) {
      if (needed.contains(loss)) {
        gradients.put(loss, seed(variable(loss).getVariable().dataType()));
        SameDiffOp op = producer(loss);
        if (op != null && !waiting.containsKey(op.getName())) {
          first.add(op.getName());
        }
      }
    }
    Queue<String> ready = new ArrayDeque<>(first);
    while (!ready.isEmpty()) {
      SameDiffOp op = graph.getOps().get(ready.remove());
      differentiate(op);
      release(op, waiting, ready);
    }
    Map<String, String> names = new HashMap<>();
    for (String name : needed) {
      SDVariable gradient = gradientOf(name);
      graph.setGradientForVariableName(name, gradient);
      names.put(name, gradient.name());
    }
    return names;
  }

  /** The variables between the losses and what is to be trained: all that need a gradient. */
  private Set<String> needed() {
    Set<String> connected = connected();
    Deque<String> open = new ArrayDeque<>();
    Set<String> reached = new LinkedHashSet<>();
    for (String name : connected) {
      boolean trained = variable(name).getVariable().getVariableType() == VariableType.VARIABLE;
      if ((trained || requested.contains(name)) && reached.add(name)) {
        open.add(name);
      }
    }
    while (!open.isEmpty()) {
      for (SameDiffOp op : consumers(open.remove())) {
        for (String output : names(op.getOutputsOfOp())) {
          if (connected.contains(output) && reached.add(output)) {
            open.add(output);
          }
        }
      }
    }
    return reached;
  }

  /** The variables that a loss depends on by floating-point values alone. */
  private Set<String> connected() {
    Set<String> connected = new LinkedHashSet<>(losses);
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(losses);
    while (!open.isEmpty()) {
      SameDiffOp op = producer(open.remove());
      if (op == null || !seen.add(op.getName())) {
        continue;
      }
      for (String input : names(op.getInputsToOp())) {
        if (variable(input).getVariable().dataType().isFPType() && connected.add(input)) {
          open.add(input);
        }
      }
    }
    return connected;
  }

  /** For each op, how often its outputs are used by ops that are differentiated before it. */
  private Map<String, Integer> uses() {
    Map<String, Integer> uses = new HashMap<>();
    for (String name : needed) {
      SameDiffOp op = producer(name);
      if (op != null) {
        for (SameDiffOp user : consumers(name)) {
          if (names(user.getOutputsOfOp()).stream().anyMatch(needed::contains)) {
            uses.merge(op.getName(), 1, Integer::sum);
          }
        }
      }
    }
    return uses;
  }

  /** Moves on the ops that have waited for {@code op} last, in the order of its inputs. */
  private void release(SameDiffOp op, Map<String, Integer> waiting, Queue<String> ready) {
    Set<String> producers = new LinkedHashSet<>();
    for (String input : neededInputs(op)) {
      SameDiffOp producer = producer(input);
      if (producer != null) {
        waiting.merge(producer.getName(), -1, Integer::sum);
        producers.add(producer.getName());
      }
    }
    for (String producer : producers) {
      if (waiting.get(producer) == 0) {
        ready.add(producer);
      }
    }
  }

  private void differentiate(SameDiffOp op) {
    String scope = op.getName() + "-bp";
    // In a scope of its own an op's name is free at once. Without, SameDiff tries add, add_1,
    // add_2, … for each op, and that alone would be quadratic.
    Map<String, SDVariable> fresh = new HashMap<>();
    NameScope names = graph.withNameScope(scope);
    try {
      List<SDVariable> upstream = new ArrayList<>();
      for (String output : names(op.getOutputsOfOp())) {
        upstream.add(upstream(output));
      }
      List<SDVariable> downstream = op.getOp().doDiff(upstream);
      List<String> inputs = names(op.getInputsToOp());
      for (int i = 0; i < Math.min(inputs.size(), downstream.size()); i++) {
        String input = inputs.get(i);
        if (needed.contains(input)) {
          add(input, requireGradient(input, downstream.get(i)), fresh);
        }
      }
    } finally {
      names.close();
    }
    fresh.forEach((input, gradient) -> rename(gradient, scope, input + "-grad"));
  }

  private SDVariable upstream(String output) {
    if (needed.contains(output)) {
      return gradientOf(output);
    }
    // an output that no loss uses, beside one that does
    SDVariable variable = variable(output).getVariable();
    return variable.dataType().isFPType() ? graph.zerosLike(variable) : null;
  }

  private void add(String input, SDVariable share, Map<String, SDVariable> fresh) {
    SDVariable sum = gradients.get(input);
    if (sum == null) {
      gradients.put(input, share);
      fresh.put(input, share);
    } else {
      gradients.put(input, graph.math.add(sum, share));
    }
  }

  /** Names a gradient after its variable, unless it is a value that has its own name. */
  private void rename(SDVariable gradient, String scope, String name) {
    if (gradient.name().startsWith(scope + "/") && !graph.hasVariable(name)) {
      graph.updateVariableNameAndReference(gradient, name, true);
    }
  }

  private SDVariable gradientOf(String name) {
    return requireGradient(name, gradients.get(name));
  }

  private SDVariable requireGradient(String name, SDVariable gradient) {
    if (gradient == null) {
      throw new IllegalStateException(
          "%s needs a gradient, but the ops that use it (%s) give none; make it a constant, or build"
                  .formatted(name, variable(name).getInputsForOp())
              + " that part of the graph from other ops");
    }
    return gradient;
  }

  /** The derivative of a loss with respect to itself. */
  private SDVariable seed(DataType type) {
    return seeds.computeIfAbsent(
        type,
        t ->
            graph.constant(
                graph.generateDistinctCustomVariableName("one-var"), Nd4j.scalar(t, 1.0)));
  }

  private Set<String> neededInputs(SameDiffOp op) {
    Set<String> inputs = new LinkedHashSet<>(names(op.getInputsToOp()));
    inputs.retainAll(needed);
    return inputs;
  }

  private Variable variable(String name) {
    return graph.getVariables().get(name);
  }

  private SameDiffOp producer(String name) {
    String op = variable(name).getOutputOfOp();
    return op == null ? null : graph.getOps().get(op);
  }

  private List<SameDiffOp> consumers(String name) {
    return names(variable(name).getInputsForOp()).stream()
        .map(op -> graph.getOps().get(op))
        .toList();
  }

  private static List<String> names(List<String> names) {
    return names == null ? List.of() : names;
  }
}
