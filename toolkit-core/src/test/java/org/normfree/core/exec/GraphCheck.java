package org.normfree.core.exec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;
import org.normfree.core.exec.RandomGraph.Built;
import org.normfree.core.exec.RandomGraph.Kink;
import org.normfree.core.exec.RandomGraph.Leaf;
import org.normfree.core.exec.RandomGraph.Source;
import org.normfree.core.exec.RandomGraph.Unfit;
import org.normfree.core.kernel.Kernel;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.task.Tensor;

/**
 * Compares the compiled executor with SameDiff's own session in DOUBLE with reference arithmetic:
 * several outputs and every gradient, over several calls with other values each, between which the
 * caller overwrites all arrays it was given.
 *
 * <p>Tolerance of a tensor: {@link #RELATIVE} of its largest entry, and {@link #ROUNDING} times
 * what the session itself errs in FLOAT, which is what the conditioning of the graph makes of
 * rounding.
 */
final class GraphCheck {
  /** Of the largest entry of a tensor. */
  private static final double RELATIVE = 1e-5;

  /** The same with bfloat16 operands, where an element may be rounded the other way. */
  private static final double RELATIVE_BFLOAT16 = 4e-3;

  /** How much more a sum in another order may err. */
  private static final double ROUNDING = 20;

  /**
   * Of the largest gradient or output of all: what cancels to nothing is as wrong as its terms are,
   * also where all gradients do, as those of a sum over a normalized batch.
   */
  private static final double OF_ALL = 1e-6;

  /** Of the largest entry: nearer to a kink rounding decides on which side an element is. */
  private static final double NEAR_A_KINK = 1e-5;

  /** Calls of each plan, with one set of values or the other. */
  private static final int CALLS = 4;

  private static final int ROUNDS = 2;

  private GraphCheck() {}

  /** A way to run a graph. */
  record Way(String name, int threads, Precision precision, List<Kernel> kernels) {}

  /** Something that is wrong. */
  record Failure(Way way, Kind kind, String what) {
    /** In the order in which they are told. */
    enum Kind {
      WRONG,
      THREW,
      WRONG_AFTER_OVERWRITING,
      CHANGED_A_VARIABLE,
      SHARED
    }

    @Override
    public String toString() {
      return kind + " " + way.name() + ": " + what;
    }
  }

  /** What was found over many graphs. */
  static final class Tally {
    int graphs;
    int skipped;
    int notCompiled;
    long comparisons;
    double worst;
    String worstWhere = "";
    final Set<String> ops = new TreeSet<>();

    private void compared(double error, String where) {
      comparisons++;
      if (error > worst) {
        worst = error;
        worstWhere = where;
      }
    }
  }

  /** All choices of kernels that there are here. */
  static List<Way> ways() {
    List<Way> ways = new ArrayList<>();
    way(ways, "auto", "auto", 2, Precision.FLOAT32);
    way(ways, "auto", "auto", 1, Precision.FLOAT32);
    way(ways, "onednn", "auto", 2, Precision.FLOAT32);
    way(ways, "java", "auto", 2, Precision.FLOAT32);
    way(ways, "nd4j", "auto", 1, Precision.FLOAT32);
    way(ways, "auto", "auto", 2, Precision.BF16);
    way(ways, "java", "off", 1, Precision.FLOAT32);
    way(ways, "auto", "off", 3, Precision.FLOAT32);
    way(ways, "onednn", "auto", 1, Precision.BF16);
    return ways;
  }

  /**
   * @param turn a graph's number
   * @param turns in every how many-th way a graph is run
   * @return the ways of that graph; other ones each turn, so that all come
   */
  static List<Way> ways(int turn, int turns) {
    List<Way> all = ways();
    return IntStream.range(0, all.size())
        .filter(way -> (way + turn) % turns == 0)
        .mapToObj(all::get)
        .toList();
  }

  private static void way(
      List<Way> ways, String choice, String vectors, int threads, Precision precision) {
    try {
      List<Kernel> kernels = Kernels.load(choice, vectors);
      CompilerSettings settings =
          new CompilerSettings(threads, precision, kernels, Set.of(), false);
      String name = "%s, vectors %s, %s threads, %s".formatted(choice, vectors, threads, precision);
      ways.add(new Way(name, settings.threads(), precision, kernels));
    } catch (InputException notHere) {
      // the ways that are there are many enough
    }
  }

  /** Expected numbers of one call. */
  private record Expected(Map<String, double[]> outputs, Map<String, double[]> gradients) {}

  /**
   * What the numbers should be, and how far the session is off in FLOAT.
   *
   * @param calls for each call
   * @param rounding error of the session in FLOAT, one number an output or gradient
   */
  private record Reference(List<Expected> calls, List<Expected> rounding) {}

  /**
   * Checks a graph.
   *
   * @param graph the graph
   * @param ways to run it
   * @param tally where it is counted
   * @return the first thing that is wrong
   * @throws Unfit if the reference itself cannot be computed well enough to compare with
   */
  static Optional<Failure> check(RandomGraph graph, Collection<Way> ways, Tally tally) {
    Built built = graph.build(DataType.FLOAT, false);
    requireTrainable(built.sd());
    Reference exact = reference(graph, built, false);
    boolean kinks =
        !built.kinks().isEmpty()
            || built.sd().getOps().values().stream()
                .anyMatch(op -> op.getOp().opName().startsWith("maxpool"));
    Reference rounded = null;
    List<Failure> failures = new ArrayList<>();
    Arrays own = Arrays.of(graph, built.sd());
    for (Way way : ways) {
      Reference reference = exact;
      if (way.precision() == Precision.BF16) {
        if (kinks || !multiplies(graph)) {
          continue;
        }
        rounded = rounded == null ? rounded(graph) : rounded;
        reference = rounded;
      }
      try {
        run(graph, own, way, reference, tally, failures);
      } catch (RuntimeException e) {
        failures.add(new Failure(way, Failure.Kind.THREW, String.valueOf(e)));
        e.printStackTrace();
      }
    }
    tally.graphs++;
    built.sd().getOps().values().forEach(op -> tally.ops.add(op.getOp().opName()));
    if (built.sd().getFunction("grad") != null) {
      built
          .sd()
          .getFunction("grad")
          .getOps()
          .values()
          .forEach(op -> tally.ops.add(op.getOp().opName()));
    }
    return failures.stream().min((a, b) -> a.kind().compareTo(b.kind()));
  }

  private static void requireTrainable(SameDiff sd) {
    try {
      GradientGraph.of(sd);
    } catch (IllegalStateException nothingToTrain) {
      // an activation may leave out the only term that is a variable
      throw new Unfit(nothingToTrain.getMessage());
    }
  }

  private static boolean multiplies(RandomGraph graph) {
    return graph.steps().stream()
        .anyMatch(s -> s instanceof RandomGraph.Apply a && a.draw().name().equals("linear"));
  }

  // ---------------------------------------------------------------- the reference

  private static Reference rounded(RandomGraph graph) {
    return reference(graph, graph.build(DataType.FLOAT, true), true);
  }

  private static Reference reference(RandomGraph graph, Built inFloat, boolean bfloat16) {
    List<Expected> calls = session(graph, graph.build(DataType.DOUBLE, bfloat16), DataType.DOUBLE);
    List<Expected> single = session(graph, inFloat, DataType.FLOAT);
    List<Expected> rounding = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      rounding.add(
          new Expected(
              errors(calls.get(i).outputs(), single.get(i).outputs()),
              errors(calls.get(i).gradients(), single.get(i).gradients())));
    }
    return new Reference(calls, rounding);
  }

  private static Map<String, double[]> errors(
      Map<String, double[]> exact, Map<String, double[]> single) {
    Map<String, double[]> errors = new HashMap<>();
    exact.forEach(
        (name, values) -> {
          double error = difference(values, single.get(name));
          if (!(error <= 1e-3 * largest(values) + 1e-6)) {
            throw new Unfit(
                "%s errs by %s of %s in FLOAT already".formatted(name, error, largest(values)));
          }
          errors.put(name, new double[] {error});
        });
    return errors;
  }

  private static List<Expected> session(RandomGraph graph, Built built, DataType type) {
    List<String> computed = new ArrayList<>();
    graph.outputs().stream()
        .filter(i -> !(graph.steps().get(i) instanceof Leaf))
        .forEach(i -> computed.add(RandomGraph.name(i)));
    int outputs = computed.size();
    built.kinks().stream().map(Kink::variable).distinct().forEach(computed::add);
    List<Expected> expected = new ArrayList<>();
    try (StockExecutor session = new StockExecutor(built.sd(), List.of())) {
      for (int call = 0; call < ROUNDS; call++) {
        set(graph, built.sd(), call, type);
        GraphExecutor.Pass pass =
            session.gradients(graph.values(Source.PLACEHOLDER, call, type), computed);
        Map<String, double[]> values = numbers(pass.outputs());
        if (type == DataType.DOUBLE) {
          requireNoKink(built.kinks(), values);
        }
        values.keySet().retainAll(computed.subList(0, outputs));
        for (int i : graph.outputs()) {
          if (graph.steps().get(i) instanceof Leaf leaf) {
            values.put(RandomGraph.name(i), RandomGraph.value(leaf, call, type).data().asDouble());
          }
        }
        expected.add(new Expected(values, numbers(pass.gradients())));
      }
    }
    for (Expected one : expected) {
      for (Map<String, double[]> map : List.of(one.outputs(), one.gradients())) {
        map.forEach(
            (name, values) -> {
              for (double value : values) {
                if (!(Math.abs(value) < 1e6)) {
                  throw new Unfit("%s is %s".formatted(name, value));
                }
              }
            });
      }
    }
    return expected;
  }

  private static void requireNoKink(List<Kink> kinks, Map<String, double[]> values) {
    for (Kink kink : kinks) {
      double[] near = values.get(kink.variable());
      double scale = Math.max(1, largest(near));
      for (double value : near) {
        if (Math.abs(value - kink.at()) < NEAR_A_KINK * scale) {
          throw new Unfit("%s is at a kink".formatted(kink.variable()));
        }
      }
    }
  }

  private static Map<String, double[]> numbers(Map<String, INDArray> arrays) {
    Map<String, double[]> numbers = new LinkedHashMap<>();
    arrays.forEach((name, array) -> numbers.put(name, numbers(array)));
    return numbers;
  }

  private static double[] numbers(INDArray array) {
    return array.dup('c').data().asDouble();
  }

  /** Gives variables, and constants that move, their values of a call, in place. */
  private static void set(RandomGraph graph, SameDiff sd, int call, DataType type) {
    for (Source source : List.of(Source.VARIABLE, Source.MOVING)) {
      graph
          .values(source, call, type)
          .forEach((name, value) -> sd.getArrForVarName(name).assign(value));
    }
  }

  // ---------------------------------------------------------------- the compiled executor

  private static void run(
      RandomGraph graph,
      Arrays own,
      Way way,
      Reference reference,
      Tally tally,
      List<Failure> failures) {
    SameDiff sd = own.sd();
    CompilerSettings settings =
        new CompilerSettings(
            way.threads(),
            way.precision(),
            way.kernels(),
            graph.values(Source.MOVING, 0, DataType.FLOAT).keySet(),
            false);
    List<String> outputs = graph.outputs().stream().map(RandomGraph::name).toList();
    List<INDArray> held = new ArrayList<>();
    try (CompiledExecutor executor = new CompiledExecutor(sd, settings)) {
      for (int call = 0; call < CALLS; call++) {
        int round = call % ROUNDS;
        set(graph, sd, round, DataType.FLOAT);
        Map<String, INDArray> in = graph.values(Source.PLACEHOLDER, round, DataType.FLOAT);
        Comparison comparison = new Comparison(way, call, reference, round, tally, failures);
        GraphExecutor.Pass pass = executor.gradients(in, outputs);
        comparison.outputs("", pass.outputs());
        comparison.gradients(pass.gradients());
        own.apart(way, in, pass.outputs(), pass.gradients(), failures);
        own.unchanged(way, round, in, failures);
        held.addAll(pass.outputs().values());
        held.addAll(pass.gradients().values());
        overwrite(call, pass.outputs());
        overwrite(call, pass.gradients());
        own.unchanged(way, round, in, failures);
        Map<String, INDArray> alone = executor.output(in, outputs);
        comparison.outputs("without gradients ", alone);
        own.apart(way, in, alone, Map.of(), failures);
        overwrite(call, alone);
        own.unchanged(way, round, in, failures);
        if (!failures.isEmpty()) {
          return; // what comes after is a consequence
        }
      }
      try {
        executor.explain();
      } catch (IllegalStateException notCompiled) {
        tally.notCompiled++;
      }
    }
    // what is held can be read after the executor is closed, whatever is in it
    held.forEach(GraphCheck::numbers);
  }

  /** What clipping does to gradients, and worse. */
  private static void overwrite(int call, Map<String, INDArray> given) {
    for (INDArray array : given.values()) {
      if (!array.dataType().isFPType()) {
        array.assign(77);
      } else if (call % 2 == 0) {
        array.muli(-3);
      } else {
        array.assign(Double.NaN);
      }
    }
  }

  private record Comparison(
      Way way, int call, Reference reference, int round, Tally tally, List<Failure> failures) {
    void outputs(String how, Map<String, INDArray> actual) {
      Expected expected = reference.calls().get(round);
      expected
          .outputs()
          .forEach(
              (name, values) ->
                  compare(
                      "%soutput %s".formatted(how, name),
                      actual.get(name),
                      values,
                      1e-3,
                      tolerance(values, reference.rounding().get(round).outputs().get(name)[0])));
    }

    void gradients(Map<String, INDArray> actual) {
      Expected expected = reference.calls().get(round);
      if (!actual.keySet().equals(expected.gradients().keySet())) {
        fail(
            "gradients of %s, expected those of %s"
                .formatted(actual.keySet(), expected.gradients().keySet()));
        return;
      }
      double most =
          Stream.concat(
                  expected.gradients().values().stream(), expected.outputs().values().stream())
              .mapToDouble(GraphCheck::largest)
              .max()
              .orElse(0);
      expected
          .gradients()
          .forEach(
              (name, values) ->
                  compare(
                      "gradient of " + name,
                      actual.get(name),
                      values,
                      1e-3 * most,
                      OF_ALL * most
                          + tolerance(
                              values, reference.rounding().get(round).gradients().get(name)[0])));
    }

    private double tolerance(double[] values, double rounding) {
      double relative = way.precision() == Precision.BF16 ? RELATIVE_BFLOAT16 : RELATIVE;
      return relative * largest(values) + ROUNDING * rounding + Float.MIN_NORMAL;
    }

    private void compare(
        String what, INDArray actual, double[] expected, double floor, double tolerance) {
      if (actual == null) {
        fail(what + " is missing");
        return;
      }
      double[] numbers = numbers(actual);
      if (numbers.length != expected.length) {
        fail("%s has %s elements, not %s".formatted(what, numbers.length, expected.length));
        return;
      }
      double error = difference(expected, numbers);
      double relative = error / Math.max(largest(expected), 1e-30);
      if (error <= tolerance) {
        if (way.precision() == Precision.FLOAT32) {
          tally.compared(error / Math.max(largest(expected), floor), what);
        } else {
          tally.comparisons++;
        }
      } else {
        fail(
            String.format(
                Locale.ROOT,
                "%s at call %d is off by %.3g, relative %.3g, allowed %.3g; largest %.3g",
                what,
                call,
                error,
                relative,
                tolerance,
                largest(expected)));
      }
    }

    private void fail(String what) {
      Failure.Kind kind =
          call == 0 && !what.startsWith("without")
              ? Failure.Kind.WRONG
              : Failure.Kind.WRONG_AFTER_OVERWRITING;
      failures.add(new Failure(way, kind, what));
    }
  }

  /**
   * The arrays of a graph, which nobody but their owner may change.
   *
   * @param graph what it was built from
   * @param sd the graph
   * @param others arrays of its gradient function that belong to no step, such as the loss's own
   *     derivative
   * @param values what those hold
   */
  private record Arrays(
      RandomGraph graph, SameDiff sd, Map<String, INDArray> others, Map<String, INDArray> values) {
    static Arrays of(RandomGraph graph, SameDiff sd) {
      SameDiff function = GradientGraph.of(sd).function();
      Map<String, INDArray> others = new LinkedHashMap<>();
      for (SDVariable variable : function.variables()) {
        INDArray array = variable.isConstant() ? function.getArrForVarName(variable.name()) : null;
        if (array != null && !array.isEmpty() && !variable.name().matches("v\\d+")) {
          others.put(variable.name(), array);
        }
      }
      Map<String, INDArray> values = new LinkedHashMap<>();
      others.forEach((name, array) -> values.put(name, array.dup()));
      return new Arrays(graph, sd, others, values);
    }

    private INDArray array(int step, Map<String, INDArray> placeholders) {
      String name = RandomGraph.name(step);
      boolean given = ((Leaf) graph.steps().get(step)).source() == Source.PLACEHOLDER;
      return given ? placeholders.get(name) : sd.getArrForVarName(name);
    }

    /** Requires all that was given out to lie apart, from each other and from these. */
    void apart(
        Way way,
        Map<String, INDArray> placeholders,
        Map<String, INDArray> outputs,
        Map<String, INDArray> gradients,
        List<Failure> failures) {
      Map<String, Tensor> given = new LinkedHashMap<>();
      outputs.forEach((name, array) -> given.put("output " + name, Tensor.of(array)));
      gradients.forEach((name, array) -> given.put("gradient of " + name, Tensor.of(array)));
      Map<String, Tensor> all = new LinkedHashMap<>(given);
      others.forEach((name, array) -> all.put("constant " + name, Tensor.of(array)));
      for (int i = 0; i < graph.steps().size(); i++) {
        if (graph.steps().get(i) instanceof Leaf) {
          all.put(RandomGraph.name(i), Tensor.of(array(i, placeholders)));
        }
      }
      given.forEach(
          (name, tensor) ->
              all.forEach(
                  (other, there) -> {
                    boolean apart =
                        tensor.address() + tensor.bytes() <= there.address()
                            || there.address() + there.bytes() <= tensor.address();
                    if (!name.equals(other) && !apart) {
                      failures.add(
                          new Failure(
                              way, Failure.Kind.SHARED, name + " shares memory with " + other));
                    }
                  }));
    }

    /** Requires these to be as they were; puts them right if they are not. */
    void unchanged(Way way, int round, Map<String, INDArray> placeholders, List<Failure> failures) {
      for (int i = 0; i < graph.steps().size(); i++) {
        if (graph.steps().get(i) instanceof Leaf leaf) {
          unchanged(
              way,
              leaf.source() + " " + RandomGraph.name(i),
              array(i, placeholders),
              RandomGraph.value(leaf, round, DataType.FLOAT),
              failures);
        }
      }
      others.forEach((name, array) -> unchanged(way, name, array, values.get(name), failures));
    }

    private static void unchanged(
        Way way, String what, INDArray array, INDArray value, List<Failure> failures) {
      if (difference(numbers(value), numbers(array)) > 0) {
        failures.add(new Failure(way, Failure.Kind.CHANGED_A_VARIABLE, what + " is changed"));
        array.assign(value);
      }
    }
  }

  private static double difference(double[] a, double[] b) {
    double most = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = Math.abs(a[i] - b[i]);
      if (!(difference <= most)) {
        most = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
      }
    }
    return most;
  }

  private static double largest(double[] values) {
    double most = 0;
    for (double value : values) {
      most = Math.max(most, Math.abs(value));
    }
    return most;
  }
}
