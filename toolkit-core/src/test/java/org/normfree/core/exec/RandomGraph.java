package org.normfree.core.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.op.Ops;

/**
 * A graph as the list of decisions that made it, from which it can be built in any type, and made
 * smaller.
 *
 * @param steps what is computed; step i is the graph's variable {@code v<i>}
 * @param outputs steps whose values are wanted
 * @param losses steps that are differentiated, scalars
 */
record RandomGraph(List<Step> steps, List<Integer> outputs, List<Integer> losses) {
  /** Where an array comes from that no op computes. */
  enum Source {
    /** A placeholder, another value at each call. */
    PLACEHOLDER,
    /** A trainable variable, changed in place between calls. */
    VARIABLE,
    /** A constant, which may be folded. */
    CONSTANT,
    /** A constant that changes in place between calls, as the settings say. */
    MOVING
  }

  /**
   * What a leaf holds.
   *
   * @param kind of the values
   * @param scale of real numbers
   * @param bound of integers
   */
  record Fill(Kind kind, double scale, long bound) {
    enum Kind {
      NORMAL,
      POSITIVE,
      DISTRIBUTION,
      MASK,
      DROPOUT,
      IDS,
      IDS_OR_IGNORED
    }

    static Fill normal(double scale) {
      return new Fill(Kind.NORMAL, scale, 0);
    }

    static Fill of(Kind kind) {
      return new Fill(kind, 1, 0);
    }

    static Fill ids(long bound) {
      return new Fill(Kind.IDS, 1, bound);
    }

    boolean integer() {
      return kind == Kind.IDS || kind == Kind.IDS_OR_IGNORED;
    }
  }

  /** A leaf, or an op on earlier steps. */
  sealed interface Step {}

  record Leaf(Source source, Fill fill, List<Long> shape, long seed) implements Step {}

  record Apply(Draw draw, List<Integer> inputs, long seed) implements Step {}

  /** An op that can be drawn: how its inputs are chosen and how it is put into a graph. */
  record Draw(String name, Inputs inputs, Builder builder) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Chooses, or makes, the inputs of an op. */
  interface Inputs {
    List<Integer> choose(RandomGraphs.Drawing drawing);
  }

  /** Puts an op into a graph; attributes come from {@code random} alone. */
  interface Builder {
    Node build(Building graph, SplittableRandom random, List<Node> inputs);
  }

  /** A variable of a graph under construction with its shape. */
  record Node(SDVariable variable, long... shape) {
    int rank() {
      return shape.length;
    }

    long size(int axis) {
      return shape[axis < 0 ? shape.length + axis : axis];
    }

    long length() {
      return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }
  }

  /** Thrown where an op does not fit its inputs; another is drawn then. */
  static final class Unfit extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unfit(String message) {
      super(message);
    }
  }

  /** A variable and a number at which an op of it has no derivative. */
  record Kink(String variable, double at) {}

  /** A graph under construction. */
  static final class Building {
    final SameDiff sd = SameDiff.create();
    final Ops ops = Ops.of(sd);
    final DataType type;
    final boolean bfloat16;
    final List<Kink> kinks = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    String note = "";

    /** Whether all inputs of the op under construction are known before any call. */
    boolean folds;

    Building(DataType type, boolean bfloat16) {
      this.type = type;
      this.bfloat16 = bfloat16;
    }

    /** Remembers an attribute for the text of the graph. */
    <T> T note(String name, T value) {
      String text =
          value instanceof long[] a
              ? Arrays.toString(a)
              : value instanceof int[] b ? Arrays.toString(b) : String.valueOf(value);
      note += (note.isEmpty() ? "" : ", ") + name + " " + text;
      return value;
    }

    /** Says that an op bends where a variable has a certain value. */
    void kink(SDVariable variable, double at) {
      kinks.add(new Kink(variable.name(), at));
    }

    SDVariable constant(double value) {
      return sd.constant(Nd4j.scalar(type, value));
    }
  }

  /**
   * A finished graph.
   *
   * @param sd the graph
   * @param nodes variable and shape of each step
   * @param notes attributes of each step
   * @param kinks where it has no derivative
   */
  record Built(SameDiff sd, List<Node> nodes, List<String> notes, List<Kink> kinks) {}

  static String name(int step) {
    return "v" + step;
  }

  /**
   * Builds the graph.
   *
   * @param type of its real numbers
   * @param bfloat16 whether the operands of products are rounded to bfloat16
   * @throws Unfit if an op does not fit its inputs
   */
  Built build(DataType type, boolean bfloat16) {
    if (losses.stream().anyMatch(i -> steps.get(i) instanceof Leaf)) {
      throw new Unfit("SameDiff wants a loss to be computed");
    }
    Building graph = new Building(type, bfloat16);
    List<Node> nodes = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      nodes.add(add(graph, steps.get(i), nodes, name(i)));
      notes.add(graph.note);
    }
    graph.sd.setLossVariables(losses.stream().map(RandomGraph::name).toArray(String[]::new));
    return new Built(graph.sd, nodes, notes, graph.kinks);
  }

  /** Adds a step to a graph. */
  static Node add(Building graph, Step step, List<Node> before, String name) {
    graph.note = "";
    if (step instanceof Leaf leaf) {
      long[] shape = shape(leaf);
      DataType type = leaf.fill().integer() ? DataType.INT32 : graph.type;
      SDVariable variable =
          switch (leaf.source()) {
            case PLACEHOLDER -> graph.sd.placeHolder(name, type, shape);
            case VARIABLE -> graph.sd.var(name, value(leaf, 0, graph.type));
            case CONSTANT, MOVING -> graph.sd.constant(name, value(leaf, 0, graph.type));
          };
      if (leaf.source() == Source.CONSTANT) {
        graph.known.add(name);
      }
      return new Node(variable, shape);
    }
    Apply apply = (Apply) step;
    List<Node> inputs = apply.inputs().stream().map(before::get).toList();
    graph.folds = inputs.stream().allMatch(in -> graph.known.contains(in.variable().name()));
    if (graph.folds) {
      graph.known.add(name);
    }
    Node node = apply.draw().builder().build(graph, new SplittableRandom(apply.seed()), inputs);
    SDVariable named = graph.sd.updateVariableNameAndReference(node.variable(), name);
    return new Node(named, node.shape());
  }

  static long[] shape(Leaf leaf) {
    return leaf.shape().stream().mapToLong(Long::longValue).toArray();
  }

  /**
   * What a leaf holds at a call. Real numbers are floats in every type.
   *
   * @param round number of the call; constants that do not move hold the same at each
   */
  static INDArray value(Leaf leaf, int round, DataType type) {
    boolean fixed = leaf.source() == Source.CONSTANT;
    SplittableRandom random = new SplittableRandom(leaf.seed() * 1000 + (fixed ? 0 : round));
    long[] shape = shape(leaf);
    int length = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    Fill fill = leaf.fill();
    if (fill.integer()) {
      int[] ids = new int[length];
      boolean ignored = fill.kind() == Fill.Kind.IDS_OR_IGNORED;
      for (int i = 0; i < length; i++) {
        ids[i] = ignored && random.nextInt(4) == 0 ? -1 : (int) random.nextLong(fill.bound());
      }
      return shape.length == 0 ? Nd4j.scalar(ids[0]) : Nd4j.createFromArray(ids).reshape(shape);
    }
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) real(fill, random);
    }
    if (fill.kind() == Fill.Kind.DISTRIBUTION) {
      distribute(values, (int) shape[shape.length - 1]);
    }
    INDArray array =
        shape.length == 0 ? Nd4j.scalar(values[0]) : Nd4j.createFromArray(values).reshape(shape);
    return array.castTo(type);
  }

  private static double real(Fill fill, SplittableRandom random) {
    return switch (fill.kind()) {
      case POSITIVE -> 0.5 + random.nextDouble();
      case DISTRIBUTION -> 0.05 + random.nextDouble();
      case MASK -> random.nextInt(4) == 0 ? 0 : 1;
      case DROPOUT -> random.nextInt(4) == 0 ? 0 : 4.0 / 3;
      default -> {
        // Irwin-Hall: bounded, and much like a normal distribution
        double sum = -3;
        for (int i = 0; i < 6; i++) {
          sum += random.nextDouble();
        }
        yield fill.scale() * Math.sqrt(2) * sum;
      }
    };
  }

  private static void distribute(float[] values, int columns) {
    for (int start = 0; start < values.length; start += columns) {
      float sum = 0;
      for (int j = 0; j < columns; j++) {
        sum += values[start + j];
      }
      for (int j = 0; j < columns; j++) {
        values[start + j] /= sum;
      }
    }
  }

  /** Values of all leaves of some kind at a call, by the names of their variables. */
  Map<String, INDArray> values(Source source, int round, DataType type) {
    Map<String, INDArray> values = new LinkedHashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) instanceof Leaf leaf && leaf.source() == source) {
        values.put(name(i), value(leaf, round, type));
      }
    }
    return values;
  }

  /** The same graph without what neither outputs nor losses need. */
  RandomGraph withoutDeadSteps() {
    Set<Integer> alive = new LinkedHashSet<>(outputs);
    alive.addAll(losses);
    for (int i = steps.size() - 1; i >= 0; i--) {
      if (alive.contains(i) && steps.get(i) instanceof Apply apply) {
        alive.addAll(apply.inputs());
      }
    }
    Map<Integer, Integer> moved = new HashMap<>();
    List<Step> kept = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      if (alive.contains(i)) {
        moved.put(i, kept.size());
        kept.add(redirected(steps.get(i), moved));
      }
    }
    return new RandomGraph(
        kept,
        outputs.stream().map(moved::get).distinct().toList(),
        losses.stream().map(moved::get).distinct().toList());
  }

  private static Step redirected(Step step, Map<Integer, Integer> moved) {
    return step instanceof Apply apply
        ? new Apply(
            apply.draw(),
            apply.inputs().stream().map(i -> moved.getOrDefault(i, i)).toList(),
            apply.seed())
        : step;
  }

  /** The same graph with another step at a place. */
  RandomGraph with(int place, Step step) {
    List<Step> changed = new ArrayList<>(steps);
    changed.set(place, step);
    return new RandomGraph(changed, outputs, losses);
  }

  /** The same graph with one step in the place of another. */
  RandomGraph redirected(int from, int to) {
    Map<Integer, Integer> moved = Map.of(from, to);
    return new RandomGraph(
        steps.stream().map(step -> redirected(step, moved)).toList(),
        outputs.stream().map(i -> i == from ? to : i).distinct().toList(),
        losses.stream().map(i -> i == from ? to : i).distinct().toList());
  }

  /** The same graph with leaves of another size wherever they have a certain one. */
  RandomGraph resized(long from, long to) {
    List<Step> changed = new ArrayList<>();
    for (Step step : steps) {
      if (step instanceof Leaf leaf) {
        Fill fill = leaf.fill();
        changed.add(
            new Leaf(
                leaf.source(),
                new Fill(fill.kind(), fill.scale(), fill.bound() == from ? to : fill.bound()),
                leaf.shape().stream().map(size -> size == from ? (Long) to : size).toList(),
                leaf.seed()));
      } else {
        changed.add(step);
      }
    }
    return new RandomGraph(changed, outputs, losses);
  }

  /** A line a step. */
  String text() {
    Built built = build(DataType.DOUBLE, false);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < steps.size(); i++) {
      String shape = Arrays.toString(built.nodes().get(i).shape());
      text.append("  ").append(name(i)).append(" = ");
      if (steps.get(i) instanceof Leaf leaf) {
        text.append(leaf.source().name().toLowerCase(java.util.Locale.ROOT))
            .append(' ')
            .append(leaf.fill().kind().name().toLowerCase(java.util.Locale.ROOT));
      } else if (steps.get(i) instanceof Apply apply) {
        text.append(apply.draw().name())
            .append(apply.inputs().stream().map(RandomGraph::name).toList());
        String note = built.notes().get(i);
        text.append(note.isEmpty() ? "" : " {" + note + "}");
      }
      text.append(' ').append(shape).append('\n');
    }
    return text
        + "  outputs "
        + outputs.stream().map(RandomGraph::name).toList()
        + ", loss "
        + losses.stream().map(RandomGraph::name).toList();
  }
}
