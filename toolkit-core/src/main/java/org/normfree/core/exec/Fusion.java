package org.normfree.core.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.op.Nd4jTraits;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.op.Traits;

/**
 * Rewrites a program so that it gives the same numbers with fewer passes over memory. What can be
 * fused with what, the ops say themselves.
 */
final class Fusion {
  private Fusion() {}

  /** Without the nodes that no output depends on. */
  static Program withoutDeadNodes(Program program) {
    Set<Value> alive = new HashSet<>();
    program.outputs().values().forEach(output -> alive.add(output.value()));
    List<Node> kept = new ArrayList<>();
    for (int i = program.nodes().size() - 1; i >= 0; i--) {
      Node node = program.nodes().get(i);
      if (node.outputs().stream().anyMatch(output -> alive.contains(output.value()))) {
        node.inputs().forEach(input -> alive.add(input.value()));
        kept.add(node);
      }
    }
    Collections.reverse(kept);
    return with(program, kept);
  }

  /**
   * What is handed out gets an array of its own: not the memory of a variable or a constant, nor
   * that of another result or a part of it.
   */
  static Program resultsApart(Program program) {
    List<Node> nodes = new ArrayList<>(program.nodes());
    Map<String, Operand> outputs = new LinkedHashMap<>();
    Set<Value> taken = new HashSet<>();
    program
        .outputs()
        .forEach(
            (name, operand) -> {
              boolean apart =
                  operand.value().kind() == Value.Kind.COMPUTED
                      && operand.whole()
                      && taken.add(operand.value());
              if (apart) {
                outputs.put(name, operand);
              } else {
                Value copy = Value.computed(name, operand.type(), operand.shape());
                nodes.add(new Node(Nd4jTraits.copy(), List.of(operand), List.of(Operand.of(copy))));
                outputs.put(name, Operand.of(copy));
              }
            });
    return new Program(nodes, program.placeholders(), outputs, program.tensorBytes());
  }

  /**
   * A sum of something that takes an addend and something else becomes the former with an addend,
   * if nobody else wants it: residual connections, and gradients that meet.
   */
  static Program sumsIntoProducts(Program program) {
    Map<Value, Integer> uses = new HashMap<>();
    program.outputs().values().forEach(o -> uses.merge(o.value(), 1, Integer::sum));
    program
        .nodes()
        .forEach(n -> n.inputs().forEach(input -> uses.merge(input.value(), 1, Integer::sum)));
    Map<Value, Node> open = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : program.nodes()) {
      Node result = node.traits().isSum() ? fused(node, open, uses).orElse(node) : node;
      if (result.traits().withAddend().isPresent()) {
        open.put(result.outputs().get(0).value(), result);
      }
      nodes.add(result);
    }
    // what was taken up has no reader left
    return withoutDeadNodes(with(program, nodes));
  }

  private static Optional<Node> fused(Node sum, Map<Value, Node> open, Map<Value, Integer> uses) {
    Operand output = sum.outputs().get(0);
    for (int i = sum.inputs().size() - 1; i >= 0; i--) {
      Operand input = sum.inputs().get(i);
      Operand other = sum.inputs().get(1 - i);
      Node taken = open.get(input.value());
      boolean fits =
          taken != null
              && uses.get(input.value()) == 1
              && input.whole()
              && input.sameShape(output)
              && other.sameShape(output)
              && other.type() == output.type();
      if (fits) {
        long[] shape = taken.outputs().get(0).shape();
        List<Operand> inputs = new ArrayList<>(taken.inputs());
        inputs.add(other.reshaped(shape));
        NormfreeOp op = taken.traits().withAddend().orElseThrow();
        return Optional.of(new Node(op, inputs, List.of(output.reshaped(shape))));
      }
    }
    return Optional.empty();
  }

  /** An op with its attributes on given operands: the same numbers each time it is computed. */
  private record Call(String op, List<List<Object>> attributes, List<Operand> inputs) {
    static Call of(NormfreeOp op, List<Operand> inputs) {
      List<Object> flags = new ArrayList<>();
      for (boolean flag : op.bArgs()) {
        flags.add(flag);
      }
      return new Call(
          op.opName(),
          List.of(
              List.copyOf(Arrays.stream(op.iArgs()).boxed().toList()),
              List.copyOf(Arrays.stream(op.tArgs()).boxed().toList()),
              flags),
          List.copyOf(inputs));
    }
  }

  /**
   * Where the gradient of an op is computed too, the op gives it what it has computed already, as
   * further outputs. The slope of an activation, for example, takes the place in memory that its
   * input would have.
   */
  static Program gradientsUseWhatWasSaved(Program program) {
    Set<Call> wanted = new HashSet<>();
    for (Node node : program.nodes()) {
      node.traits().fromSaved().ifPresent(from -> wanted.add(forward(node, from)));
    }
    Map<Call, List<Operand>> saved = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : program.nodes()) {
      Optional<Traits.FromSaved> from = node.traits().fromSaved();
      if (from.isPresent() && saved.containsKey(forward(node, from.get()))) {
        List<Operand> all = new ArrayList<>(node.inputs());
        all.addAll(saved.get(forward(node, from.get())));
        List<Operand> inputs = Arrays.stream(from.get().inputs()).mapToObj(all::get).toList();
        nodes.add(new Node(from.get().op(), inputs, node.outputs()));
        continue;
      }
      List<Operand> more = saving(node, wanted, saved);
      List<Operand> outputs = new ArrayList<>(node.outputs());
      outputs.addAll(more);
      nodes.add(more.isEmpty() ? node : new Node(node.op(), node.inputs(), outputs));
    }
    return with(program, nodes);
  }

  private static Call forward(Node gradient, Traits.FromSaved from) {
    return Call.of(from.forward(), gradient.inputs().subList(0, from.forwardInputs()));
  }

  /** What a node is to save; nothing where an equal node has saved it before. */
  private static List<Operand> saving(Node node, Set<Call> wanted, Map<Call, List<Operand>> saved) {
    if (!(node.op() instanceof NormfreeOp op) || node.inputs().get(0).type() != DataType.FLOAT) {
      return List.of();
    }
    Call call = Call.of(op, node.inputs());
    if (!wanted.contains(call) || saved.containsKey(call)) {
      return List.of();
    }
    String name = node.outputs().get(0).value().name() + " saved";
    List<Operand> more =
        op.savedShapes(node.inputs().stream().map(Operand::shape).toList()).stream()
            .map(shape -> Operand.of(Value.computed(name, DataType.FLOAT, shape)))
            .toList();
    if (!more.isEmpty()) {
      saved.put(call, more);
    }
    return more;
  }

  /** Operands become bfloat16 where an op allows it; what several nodes read is rounded once. */
  static Program withBfloat16(Program program) {
    Map<Value, Value> rounded = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : program.nodes()) {
      Optional<Traits.Rounding> rounding = node.traits().toBfloat16();
      if (rounding.isPresent() && node.inputs().get(0).type() == DataType.FLOAT) {
        List<Operand> inputs = new ArrayList<>(node.inputs());
        for (int i : rounding.get().inputs()) {
          inputs.set(i, rounded(inputs.get(i), rounding.get().by(), rounded, nodes));
        }
        nodes.add(new Node(node.op(), inputs, node.outputs()));
      } else {
        nodes.add(node);
      }
    }
    return with(program, nodes);
  }

  private static Operand rounded(
      Operand from, DifferentialFunction by, Map<Value, Value> known, List<Node> nodes) {
    Value to = known.get(from.value());
    if (to == null) {
      Value value = from.value();
      to = Value.computed(value.name() + " as bfloat16", DataType.BFLOAT16, value.shape());
      known.put(value, to);
      nodes.add(new Node(by, List.of(Operand.of(value)), List.of(Operand.of(to))));
    }
    return new Operand(to, from.first(), from.shape());
  }

  private static Program with(Program program, List<Node> nodes) {
    return new Program(nodes, program.placeholders(), program.outputs(), program.tensorBytes());
  }
}
