package org.normfree.core.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.imports.converters.ImportClassMapping;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.exec.RandomGraph.Source;
import org.normfree.core.kernel.Kernel;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.op.BatchNorm;
import org.normfree.core.op.BatchNormGradient;
import org.normfree.core.op.DynamicActivation;
import org.normfree.core.op.DynamicActivationGradient;
import org.normfree.core.op.MatrixProduct;
import org.normfree.core.op.Nd4jTraits;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.op.Rectifier;
import org.normfree.core.op.RectifierGradient;
import org.normfree.core.op.Registration;
import org.normfree.core.op.Squash;
import org.normfree.core.op.Traits;
import org.normfree.core.op.Traits.Overwrite;
import org.normfree.core.task.ScratchMemory;
import org.normfree.core.task.Task;
import org.normfree.core.task.Team;
import org.normfree.core.task.Tensor;

/**
 * Where an op declares that an output may lie over an input, every kernel gives the same bits there
 * as on memory of its own. The ops, forward and gradient, their attributes, shapes and values are
 * those of random graphs.
 */
class InPlaceTest {
  private static final int GRAPHS = 160;
  private static final ScratchMemory SCRATCH = new ScratchMemory();
  private static final Map<Integer, Team> TEAMS = Map.of(1, new Team(1), 2, new Team(2));

  private final Set<String> pairs = new TreeSet<>();
  private final Set<String> declared = new TreeSet<>();

  @AfterAll
  static void end() {
    TEAMS.values().forEach(Team::close);
    SCRATCH.close();
  }

  private static List<Kernel> kernels() {
    List<Kernel> kernels = new ArrayList<>();
    for (String choice : List.of("onednn", "java")) {
      for (String vectors : List.of("auto", "off")) {
        try {
          kernels.addAll(Kernels.load(choice, vectors));
        } catch (InputException notHere) {
          // nothing to compare
        }
      }
    }
    return kernels;
  }

  @Test
  void anOutputOverAnInputHasTheSameBits() {
    List<Kernel> kernels = kernels();
    Set<String> seen = new LinkedHashSet<>();
    for (long seed = 1; seed <= GRAPHS; seed++) {
      RandomGraph graph = RandomGraphs.graph(seed);
      Optional<SameDiff> gradient = gradient(graph);
      if (gradient.isEmpty()) {
        continue;
      }
      SameDiff function = gradient.get();
      List<SameDiffOp> ops =
          function.getOps().values().stream()
              .filter(
                  op -> !Nd4jTraits.of(op.getOp()).overwrites(op.getInputsToOp().size()).isEmpty())
              .filter(op -> seen.add(key(op)))
              .toList();
      if (ops.isEmpty()) {
        continue;
      }
      Map<String, INDArray> values = values(graph, function, ops);
      for (SameDiffOp op : ops) {
        List<INDArray> inputs = op.getInputsToOp().stream().map(values::get).toList();
        List<INDArray> outputs = op.getOutputsOfOp().stream().map(values::get).toList();
        check(kernels, op.getOp(), inputs, outputs);
      }
    }
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 30; i++) {
      product(kernels, random, i);
    }
    for (int columns : new int[] {1, 3, 16, 37}) {
      block(kernels, random, random.nextLong(2, 900), columns);
    }
    assertThat(pairs).as("pairs that some kernel was tried with").containsAll(declared);
    assertThat(declared)
        .extracting(pair -> pair.replaceFirst(":.*", ""))
        .as("ops that declare something")
        .containsAll(declaring());
  }

  /** Empty where an activation left out the only term that is a variable. */
  private static Optional<SameDiff> gradient(RandomGraph graph) {
    try {
      return Optional.of(GradientGraph.of(graph.build(DataType.FLOAT, false).sd()).function());
    } catch (IllegalStateException nothingToTrain) {
      return Optional.empty();
    }
  }

  /** The project's ops that declare something. */
  private static Set<String> declaring() {
    Set<String> names = new TreeSet<>();
    for (String name : Registration.names()) {
      DifferentialFunction op = ImportClassMapping.getOpNameMapping().get(name);
      if (declares(op)) {
        names.add(name);
      }
    }
    return names;
  }

  private static boolean declares(DifferentialFunction op) {
    try {
      return !Nd4jTraits.of(op).overwrites(5).isEmpty();
    } catch (IndexOutOfBoundsException needsItsAttributes) {
      return true; // which input it is depends on them, and the op that is cloned has none
    }
  }

  /** Each op with each set of attributes and number of axes a few times at most. */
  private static String key(SameDiffOp op) {
    NormfreeOp ours = op.getOp() instanceof NormfreeOp n ? n : null;
    String attributes = ours == null ? "" : Arrays.toString(ours.iArgs());
    return op.getOp().opName() + attributes + op.getName().length() % 3;
  }

  private static Map<String, INDArray> values(
      RandomGraph graph, SameDiff function, List<SameDiffOp> ops) {
    Set<String> wanted = new LinkedHashSet<>();
    ops.forEach(op -> wanted.addAll(op.getInputsToOp()));
    ops.forEach(op -> wanted.addAll(op.getOutputsOfOp()));
    Map<String, INDArray> given = graph.values(Source.PLACEHOLDER, 0, DataType.FLOAT);
    Map<String, INDArray> values = new LinkedHashMap<>();
    List<String> computed = new ArrayList<>();
    for (String name : wanted) {
      if (function.getVariables().get(name).getOutputOfOp() != null) {
        computed.add(name);
      } else {
        INDArray array =
            given.containsKey(name) ? given.get(name) : function.getArrForVarName(name);
        values.put(name, array.dup('c'));
      }
    }
    try (StockExecutor session = new StockExecutor(function, List.of())) {
      session.output(given, computed).forEach((name, array) -> values.put(name, array.dup('c')));
    }
    return values;
  }

  private void product(List<Kernel> kernels, SplittableRandom random, int i) {
    long m = random.nextLong(1, 70);
    long k = random.nextLong(1, 70);
    long n = random.nextLong(1, 70);
    boolean turnedA = i % 2 == 1;
    boolean turnedB = i / 2 % 2 == 1;
    boolean biased = i / 4 % 2 == 1;
    List<INDArray> inputs = new ArrayList<>();
    inputs.add(numbers(random, turnedA ? k : m, turnedA ? m : k));
    inputs.add(numbers(random, turnedB ? n : k, turnedB ? k : n));
    if (biased) {
      inputs.add(numbers(random, n));
    }
    inputs.add(numbers(random, m, n));
    check(
        kernels,
        new MatrixProduct(turnedA, turnedB, biased, true),
        inputs,
        List.of(Nd4j.create(DataType.FLOAT, m, n)));
  }

  /** What plans make of batch norm, an addend and a rectifier, and of their gradients. */
  private void block(List<Kernel> kernels, SplittableRandom random, long rows, long columns) {
    INDArray x = numbers(random, rows, columns);
    INDArray other = numbers(random, rows, columns);
    INDArray vector = numbers(random, columns);
    INDArray saved = numbers(random, 3, columns);
    check(kernels, new Rectifier(), List.of(x), List.of(x));
    check(kernels, new RectifierGradient(), List.of(x, other), List.of(x));
    NormfreeOp norm = affine(new BatchNorm());
    NormfreeOp added = norm.withAddend().orElseThrow();
    NormfreeOp cut = added.followedBy(new Rectifier()).orElseThrow();
    for (NormfreeOp op : List.of(added, cut)) {
      check(kernels, op, List.of(x, vector, vector, other), List.of(x, vector, vector));
    }
    int upstream = 3;
    NormfreeOp gradient =
        (NormfreeOp) affine(new BatchNormGradient()).fromSaved().orElseThrow().op();
    NormfreeOp behind = gradient.precededBy(upstream, new RectifierGradient()).orElseThrow().op();
    List<INDArray> inputs = List.of(x, vector, vector, other, vector, vector, saved);
    List<INDArray> outputs = List.of(x, vector, vector);
    List<INDArray> more = List.of(x, vector, vector, x);
    check(kernels, gradient, inputs, outputs);
    check(kernels, behind.without().orElseThrow().op(), inputs, more);
    List<INDArray> withOutput = new ArrayList<>(inputs);
    withOutput.add(numbers(random, rows, columns));
    check(kernels, behind, withOutput, more);
    activation(kernels, List.of(x, vector, other, withOutput.get(withOutput.size() - 1)));
  }

  /** The same of DyT, on x, a vector, and two more like x. */
  private void activation(List<Kernel> kernels, List<INDArray> arrays) {
    INDArray x = arrays.get(0);
    INDArray vector = arrays.get(1);
    INDArray other = arrays.get(2);
    NormfreeOp dyt = new DynamicActivation(Squash.TANH, x, vector, null, vector, vector);
    NormfreeOp added = dyt.withAddend().orElseThrow();
    for (NormfreeOp op : List.of(added, added.followedBy(new Rectifier()).orElseThrow())) {
      check(kernels, op, List.of(x, vector, vector, vector, other), List.of(x));
    }
    DynamicActivationGradient gradient = new DynamicActivationGradient();
    gradient.addIArgument(dyt.iArgs());
    check(
        kernels,
        gradient.precededBy(gradient.upstream(), new RectifierGradient()).orElseThrow().op(),
        List.of(x, vector, vector, vector, other, arrays.get(3)),
        List.of(x, vector, vector, vector, x));
  }

  private static NormfreeOp affine(NormfreeOp norm) {
    norm.addBArgument(true, true);
    norm.addTArgument(1e-5);
    return norm;
  }

  private static INDArray numbers(SplittableRandom random, long... shape) {
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return Nd4j.createFromArray(random.doubles(length, -1, 1).toArray())
        .castTo(DataType.FLOAT)
        .reshape(shape);
  }

  private void check(
      List<Kernel> kernels, DifferentialFunction op, List<INDArray> inputs, List<INDArray> like) {
    Traits traits = Nd4jTraits.of(op);
    List<Overwrite> overwrites =
        traits.overwrites(inputs.size()).stream()
            .filter(o -> inputs.get(o.input()).length() == like.get(o.output()).length())
            .toList();
    List<INDArray> outputs = new ArrayList<>(like);
    traits
        .savedShapes(inputs.stream().map(INDArray::shape).toList())
        .forEach(shape -> outputs.add(Nd4j.create(DataType.FLOAT, shape)));
    for (Kernel kernel : kernels) {
      for (int threads : new int[] {1, 2}) {
        for (List<INDArray> results :
            like.size() == outputs.size() ? List.of(like) : List.of(like, outputs)) {
          Run run = new Run(kernel, op, threads, results);
          List<float[]> apart = run.on(inputs, Map.of(), Map.of());
          if (apart == null) {
            continue; // this kernel does not know the op
          }
          overwrites.forEach(overwrite -> declared.add(pair(op, overwrite)));
          for (Overwrite overwrite : overwrites) {
            String pair = pair(op, overwrite);
            same(
                run,
                pair,
                apart,
                run.on(inputs, Map.of(overwrite.output(), overwrite.input()), Map.of()));
            pairs.add(pair);
            // the same array as two inputs that may both be overwritten
            for (Overwrite other : overwrites) {
              boolean twice =
                  other.output() == overwrite.output()
                      && other.input() != overwrite.input()
                      && Arrays.equals(
                          inputs.get(other.input()).shape(), inputs.get(overwrite.input()).shape());
              if (twice) {
                Map<Integer, Integer> alias = Map.of(other.input(), overwrite.input());
                same(
                    run,
                    pair + " twice",
                    run.on(inputs, Map.of(), alias),
                    run.on(inputs, Map.of(overwrite.output(), overwrite.input()), alias));
              }
            }
          }
          Map<Integer, Integer> all = new LinkedHashMap<>();
          for (Overwrite overwrite : overwrites) {
            if (!all.containsValue(overwrite.input())) {
              all.putIfAbsent(overwrite.output(), overwrite.input());
            }
          }
          if (all.size() > 1) {
            same(run, op.opName() + " " + all, apart, run.on(inputs, all, Map.of()));
          }
        }
      }
    }
  }

  private static String pair(DifferentialFunction op, Overwrite overwrite) {
    return "%s: output %s over input %s"
        .formatted(op.opName(), overwrite.output(), overwrite.input());
  }

  private static void same(Run run, String what, List<float[]> expected, List<float[]> actual) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i))
          .as(
              "%s %s, %d threads, output %d of %s",
              run.kernel().name(), what, run.threads(), i, run.outputs().get(i).shapeInfoToString())
          .isEqualTo(expected.get(i));
    }
  }

  /** An op run by a kernel. */
  private record Run(Kernel kernel, DifferentialFunction op, int threads, List<INDArray> outputs) {
    /**
     * @param over number of the input that an output lies over
     * @param alias number of the input that an input is
     * @return the outputs; null if the kernel does not know the op
     */
    List<float[]> on(
        List<INDArray> inputs, Map<Integer, Integer> over, Map<Integer, Integer> alias) {
      List<INDArray> in = new ArrayList<>(inputs.stream().map(a -> a.dup('c')).toList());
      alias.forEach((input, other) -> in.set(input, in.get(other)));
      List<INDArray> out = new ArrayList<>();
      List<Tensor> places = new ArrayList<>();
      for (int i = 0; i < outputs.size(); i++) {
        INDArray own = Nd4j.valueArrayOf(outputs.get(i).shape(), 7f, DataType.FLOAT);
        INDArray array = over.containsKey(i) ? in.get(over.get(i)) : own;
        out.add(array);
        places.add(Tensor.of(array).reshaped(outputs.get(i).shape()));
      }
      Task task =
          kernel.prepare(op, in.stream().map(Tensor::of).toList(), places, threads).orElse(null);
      if (task == null) {
        return null;
      }
      SCRATCH.place(task, 0);
      try {
        TEAMS.get(threads).run(List.of(task));
      } finally {
        Reference.reachabilityFence(in); // the task knows addresses alone
      }
      return out.stream().map(a -> a.data().asFloat()).toList();
    }
  }
}
