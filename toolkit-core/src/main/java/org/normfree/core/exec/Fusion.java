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
import java.util.function.Function;
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
   * What is made of an op's result, if nobody else wants that, is made by the op: a sum of it and
   * something else if it takes an addend, as in residual connections and where gradients meet, and
   * what it may be followed by.
   */
  static Program readersIntoOps(Program program) {
    return new Readers(program).taken();
  }

  /** Ops in their order, of which some take up what reads their results. */
  private static final class Readers {
    private final Program program;
    private final Map<Value, Integer> uses;
    private final List<Node> nodes = new ArrayList<>();

    /** Number of the node that writes a value. */
    private final Map<Value, Integer> writers = new HashMap<>();

    Readers(Program program) {
      this.program = program;
      uses = uses(program);
    }

    Program taken() {
      for (Node node : program.nodes()) {
        if (!isTaken(node)) {
          add(node);
        }
      }
      return withoutDeadNodes(with(program, nodes));
    }

    private void add(Node node) {
      node.outputs().forEach(output -> writers.put(output.value(), nodes.size()));
      nodes.add(node);
    }

    private boolean isTaken(Node reader) {
      List<Operand> inputs = reader.inputs();
      if (reader.traits().isSum()) {
        for (int i = inputs.size() - 1; i >= 0; i--) {
          if (isTaken(reader, i, Traits::withAddend, List.of(inputs.get(1 - i)))) {
            return true;
          }
        }
      }
      return inputs.size() == 1
          && isTaken(reader, 0, traits -> traits.followedBy(reader.op()), List.of());
    }

    /**
     * @param input number of the reader's input that the other node's first output is
     * @param with the op that does both
     * @param others what that reads besides
     */
    private boolean isTaken(
        Node reader, int input, Function<Traits, Optional<NormfreeOp>> with, List<Operand> others) {
      Operand read = reader.inputs().get(input);
      Operand result = reader.outputs().get(0);
      Integer writer = writers.get(read.value());
      if (writer == null || uses.get(read.value()) != 1 || !read.whole()) {
        return false;
      }
      Node node = nodes.get(writer);
      boolean fits =
          node.outputs().get(0).value() == read.value()
              && read.sameShape(result)
              && others.stream().allMatch(o -> o.sameShape(result) && o.type() == result.type());
      // somebody may read its further outputs on the way to this reader
      boolean stays = node.outputs().size() > 1 || others.isEmpty();
      boolean there = others.stream().allMatch(o -> writers.getOrDefault(o.value(), -1) < writer);
      Optional<NormfreeOp> op =
          fits && (there || !stays) ? with.apply(node.traits()) : Optional.empty();
      if (op.isEmpty()) {
        return false;
      }
      long[] shape = node.outputs().get(0).shape();
      List<Operand> inputs = new ArrayList<>(node.inputs());
      others.forEach(other -> inputs.add(other.reshaped(shape)));
      List<Operand> outputs = new ArrayList<>(node.outputs());
      outputs.set(0, result.reshaped(shape));
      Node both = new Node(op.get(), inputs, outputs);
      if (stays) {
        nodes.set(writer, both);
        writers.put(result.value(), writer);
      } else {
        add(both); // in the reader's place; the node is left without readers
      }
      return true;
    }
  }

  private static Map<Value, Integer> uses(Program program) {
    Map<Value, Integer> uses = new HashMap<>();
    program.outputs().values().forEach(o -> uses.merge(o.value(), 1, Integer::sum));
    program
        .nodes()
        .forEach(n -> n.inputs().forEach(input -> uses.merge(input.value(), 1, Integer::sum)));
    return uses;
  }

  /**
   * An op that can compute one of its inputs itself does, as early as that was computed, if all
   * else that it reads is there by then. Where others want that input, too, they get it from the
   * op.
   */
  static Program inputsIntoReaders(Program program) {
    Map<Value, Integer> uses = uses(program);
    Map<Value, Integer> writers = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : program.nodes()) {
      Optional<Node> both = Optional.empty();
      for (int i = 0; i < node.inputs().size() && both.isEmpty(); i++) {
        Operand input = node.inputs().get(i);
        Integer writer = writers.get(input.value());
        if (writer != null && input.whole()) {
          both = withInput(node, i, nodes.get(writer), uses.get(input.value()) > 1);
          boolean there =
              both.stream()
                  .flatMap(b -> b.inputs().stream())
                  .allMatch(o -> writers.getOrDefault(o.value(), -1) < writer);
          both = both.filter(b -> there);
          both.ifPresent(b -> nodes.set(writer, b));
          both.ifPresent(b -> b.outputs().forEach(o -> writers.put(o.value(), writer)));
        }
      }
      if (both.isEmpty()) {
        node.outputs().forEach(output -> writers.put(output.value(), nodes.size()));
        nodes.add(node);
      }
    }
    return with(program, nodes);
  }

  /** Inputs that an op knows from others are left out. */
  static Program withoutKnownInputs(Program program) {
    Map<Value, Call> makers = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : program.nodes()) {
      if (node.op() instanceof NormfreeOp op) {
        makers.put(node.outputs().get(0).value(), Call.of(op, node.inputs()));
      }
      nodes.add(
          node.traits()
              .without()
              .filter(w -> isKnown(node, w, makers.get(node.inputs().get(w.input()).value())))
              .map(
                  w -> {
                    List<Operand> inputs = new ArrayList<>(node.inputs());
                    inputs.remove(w.input());
                    return new Node(w.op(), inputs, node.outputs());
                  })
              .orElse(node));
    }
    return with(program, nodes);
  }

  private static boolean isKnown(Node node, Traits.Without without, Call maker) {
    List<Operand> inputs = node.inputs();
    return inputs.get(without.input()).whole()
        && Call.of(without.forward(), inputs.subList(0, without.forwardInputs())).equals(maker);
  }

  /** A node that computes its input of that number itself. */
  private static Optional<Node> withInput(Node node, int number, Node before, boolean wanted) {
    Operand input = node.inputs().get(number);
    boolean fits = before.outputs().size() == 1 && input.sameShape(before.outputs().get(0));
    return fits
        ? node.traits()
            .precededBy(number, before.op())
            .map(
                preceded -> {
                  List<Operand> all = new ArrayList<>(node.inputs());
                  all.addAll(before.inputs());
                  List<Operand> outputs = new ArrayList<>(node.outputs());
                  if (wanted) {
                    outputs.addAll(before.outputs());
                  }
                  return new Node(
                      preceded.op(),
                      Arrays.stream(preceded.inputs()).mapToObj(all::get).toList(),
                      outputs);
                })
        : Optional.empty();
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
   * Where the gradient of an op is computed too, the op gives it what it has computed already: its
   * result, or further outputs. The slope of an activation, for example, takes the place in memory
   * that its input would have.
   */
  static Program gradientsUseWhatWasSaved(Program program) {
    Set<Call> wanted = new HashSet<>();
    for (Node node : program.nodes()) {
      node.traits().fromSaved().ifPresent(from -> wanted.add(forward(node, from)));
    }
    Map<Call, Saved> saved = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : program.nodes()) {
      Optional<Traits.FromSaved> from = node.traits().fromSaved();
      Optional<List<Operand>> inputs =
          from.flatMap(f -> inputs(f, node, Optional.ofNullable(saved.get(forward(node, f)))));
      if (inputs.isPresent()) {
        nodes.add(new Node(from.get().op(), inputs.get(), node.outputs()));
        continue;
      }
      List<Operand> more = saving(node, wanted, saved);
      List<Operand> outputs = new ArrayList<>(node.outputs());
      outputs.addAll(more);
      nodes.add(more.isEmpty() ? node : new Node(node.op(), node.inputs(), outputs));
    }
    return with(program, nodes);
  }

  /**
   * What a forward op has for its gradient.
   *
   * @param output its first output
   * @param more what it saves
   */
  private record Saved(Operand output, List<Operand> more) {}

  /** What a gradient is computed from; empty where the forward op did not save it. */
  private static Optional<List<Operand>> inputs(
      Traits.FromSaved from, Node gradient, Optional<Saved> saved) {
    List<Operand> all = new ArrayList<>(gradient.inputs());
    saved.ifPresent(s -> all.addAll(s.more()));
    return saved
        .filter(s -> Arrays.stream(from.inputs()).allMatch(i -> i < all.size()))
        .map(
            s ->
                Arrays.stream(from.inputs())
                    .mapToObj(i -> i == Traits.FromSaved.OUTPUT ? s.output() : all.get(i))
                    .toList());
  }

  private static Call forward(Node gradient, Traits.FromSaved from) {
    return Call.of(from.forward(), gradient.inputs().subList(0, from.forwardInputs()));
  }

  /** What a node is to save; nothing where an equal node has saved it before. */
  private static List<Operand> saving(Node node, Set<Call> wanted, Map<Call, Saved> saved) {
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
    saved.put(call, new Saved(node.outputs().get(0), more));
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
