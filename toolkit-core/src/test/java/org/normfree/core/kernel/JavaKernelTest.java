package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.op.Attention;
import org.normfree.core.op.AttentionGradient;
import org.normfree.core.op.BatchNorm;
import org.normfree.core.op.BatchNormGradient;
import org.normfree.core.op.BatchNormWith;
import org.normfree.core.op.ColumnSum;
import org.normfree.core.op.DeepNorm;
import org.normfree.core.op.DeepNormGradient;
import org.normfree.core.op.DynamicActivation;
import org.normfree.core.op.DynamicActivationGradient;
import org.normfree.core.op.Embedding;
import org.normfree.core.op.EmbeddingGradient;
import org.normfree.core.op.ExactGelu;
import org.normfree.core.op.ExactGeluGradient;
import org.normfree.core.op.GatherRows;
import org.normfree.core.op.GatherRowsGradient;
import org.normfree.core.op.GroupNorm;
import org.normfree.core.op.GroupNormGradient;
import org.normfree.core.op.L2Normalize;
import org.normfree.core.op.L2NormalizeGradient;
import org.normfree.core.op.LayerNorm;
import org.normfree.core.op.LayerNormGradient;
import org.normfree.core.op.Linear;
import org.normfree.core.op.LinearGradient;
import org.normfree.core.op.MatrixProduct;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.op.Rectifier;
import org.normfree.core.op.RectifierGradient;
import org.normfree.core.op.RmsNorm;
import org.normfree.core.op.RmsNormGradient;
import org.normfree.core.op.Rotary;
import org.normfree.core.op.ScatterRows;
import org.normfree.core.op.Silu;
import org.normfree.core.op.SiluGradient;
import org.normfree.core.op.SparseCrossEntropy;
import org.normfree.core.op.SparseCrossEntropyGradient;
import org.normfree.core.op.Squash;
import org.normfree.core.op.TanhGelu;
import org.normfree.core.op.TanhGeluGradient;
import org.normfree.core.op.WeightNorm;
import org.normfree.core.op.WeightNormGradient;
import org.normfree.core.task.ScratchMemory;
import org.normfree.core.task.Task;
import org.normfree.core.task.Team;
import org.normfree.core.task.Tensor;

/**
 * Every op the Java kernel prepares, by either implementation of the loops, on teams of one to
 * three threads, at odd and prime shapes, in place where that is allowed, against the reference
 * arithmetic in DOUBLE.
 */
class JavaKernelTest {
  /** Of one, two and three; thousands of calls share them. */
  private static final List<Team> TEAMS = List.of(new Team(1), new Team(2), new Team(3));

  /** One task at a time is prepared and run. */
  private static final ScratchMemory SCRATCH = new ScratchMemory();

  private static final double TOLERANCE = 1e-5;
  private static final long[][] SHAPES = {
    {1, 1},
    {1, 5},
    {7, 1},
    {3, 17},
    {2, 1, 31},
    {13, 64},
    {67, 32},
    {5, 3, 61},
    {67, 127},
    {3, 5003}
  };

  /**
   * An op on arrays, and which output may be the same memory as which input.
   *
   * @param inputs FLOAT arrays
   * @param shapes shapes of the outputs
   * @param inPlace index of an input whose memory output 0 may be; -1 for none
   */
  record Call(
      String name,
      Supplier<NormfreeOp> op,
      List<INDArray> inputs,
      List<long[]> shapes,
      int... inPlace) {
    List<INDArray> reference() {
      NormfreeOp reference = op.get();
      inputs.forEach(input -> reference.addInputArgument(wide(input)));
      OpContext context = Nd4j.getExecutioner().buildContext();
      context.setInputArrays(reference.inputArguments());
      context.setOutputArrays(
          shapes.stream().map(s -> Nd4j.create(DataType.DOUBLE, s)).toArray(INDArray[]::new));
      return List.of(reference.execute(context, NormfreeOp.Shortcut.NONE));
    }

    private static INDArray wide(INDArray input) {
      return input.dataType() == DataType.FLOAT ? input.castTo(DataType.DOUBLE) : input;
    }

    List<INDArray> prepared(RowLoops loops, int threads, int place) {
      List<INDArray> in = new ArrayList<>(inputs.stream().map(INDArray::dup).toList());
      List<INDArray> out =
          new ArrayList<>(
              shapes.stream().map(s -> Nd4j.valueArrayOf(s, 7f, DataType.FLOAT)).toList());
      if (place >= 0) {
        out.set(0, in.get(place));
      }
      List<INDArray> inBefore = in.stream().map(INDArray::dup).toList();
      Task task =
          new JavaKernel(loops)
              .prepare(
                  op.get(),
                  in.stream().map(Tensor::of).toList(),
                  out.stream().map(Tensor::of).toList(),
                  threads)
              .orElseThrow();
      SCRATCH.place(task, 0);
      Team team = TEAMS.get(threads - 1);
      team.run(List.of(task));
      if (place < 0) {
        // a task may be run again, and leaves its inputs as they are
        out.forEach(array -> array.assign(9));
        team.run(List.of(task));
        assertThat(in).as("inputs").isEqualTo(inBefore);
      }
      return out;
    }
  }

  static INDArray random(long seed, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double[] values = random.doubles(length, -2.5, 2.5).toArray();
    return Nd4j.createFromArray(values).castTo(DataType.FLOAT).reshape(shape);
  }

  private static Stream<Call> rowCalls(long[] shape) {
    long columns = shape[shape.length - 1];
    INDArray x = random(1, shape);
    INDArray branch = random(2, shape);
    INDArray g = random(3, shape);
    INDArray gain = random(4, columns);
    INDArray bias = random(5, columns);
    long[] c = {columns};
    List<Call> calls = new ArrayList<>();
    calls.add(
        new Call(
            "layerNorm", norm(LayerNorm::new, 1e-5), List.of(x, gain, bias), List.of(shape), 0));
    calls.add(
        new Call(
            "layerNormGradient",
            norm(LayerNormGradient::new, 1e-5),
            List.of(x, gain, g),
            List.of(shape, c, c),
            0,
            2));
    calls.add(new Call("rmsNorm", norm(RmsNorm::new, 1e-6), List.of(x, gain), List.of(shape), 0));
    calls.add(
        new Call(
            "rmsNormGradient",
            norm(RmsNormGradient::new, 1e-6),
            List.of(x, gain, g),
            List.of(shape, c),
            0,
            2));
    calls.add(
        new Call(
            "deepNorm",
            norm(DeepNorm::new, 1.7, 1e-5),
            List.of(x, branch, gain, bias),
            List.of(shape),
            0,
            1));
    calls.add(
        new Call(
            "deepNormGradient",
            norm(DeepNormGradient::new, 1.7, 1e-5),
            List.of(x, branch, gain, g),
            List.of(shape, shape, c, c),
            0,
            1,
            3));
    calls.add(new Call("gelu", ExactGelu::new, List.of(x), List.of(shape), 0));
    calls.add(
        new Call("geluGradient", ExactGeluGradient::new, List.of(x, g), List.of(shape), 0, 1));
    calls.add(new Call("geluWithSlope", ExactGelu::new, List.of(x), List.of(shape, shape), 0));
    calls.add(new Call("tanhGelu", TanhGelu::new, List.of(x), List.of(shape), 0));
    calls.add(
        new Call("tanhGeluGradient", TanhGeluGradient::new, List.of(x, g), List.of(shape), 0, 1));
    calls.add(new Call("tanhGeluWithSlope", TanhGelu::new, List.of(x), List.of(shape, shape), 0));
    calls.add(new Call("silu", Silu::new, List.of(x), List.of(shape), 0));
    calls.add(new Call("siluWithSlope", Silu::new, List.of(x), List.of(shape, shape), 0));
    calls.add(new Call("siluGradient", SiluGradient::new, List.of(x, g), List.of(shape), 0, 1));
    calls.add(new Call("columnSum", ColumnSum::new, List.of(x), List.of(c)));
    for (Squash squash : Squash.values()) {
      if (squash == Squash.ARCTAN) {
        continue;
      }
      for (int mask = 0; mask < 16; mask += squash == Squash.TANH ? 1 : 15) {
        for (long alphas : new long[] {1, columns}) {
          activation(calls, squash, mask, alphas, x, g);
        }
      }
    }
    return calls.stream();
  }

  private static INDArray ids(int below, long... shape) {
    int length = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    int[] ids = new SplittableRandom(9).ints(length, 0, below).toArray();
    return Nd4j.createFromArray(ids).reshape(shape);
  }

  @Test
  void opsWithIdsAgreeWithTheReference() {
    for (int[] size : new int[][] {{1, 1, 2}, {3, 5, 17}, {2, 31, 64}}) {
      long[] tokens = {size[0], size[1]};
      int classes = size[2];
      INDArray table = random(1, classes, 13);
      INDArray ids = ids(classes, tokens);
      INDArray rows = random(2, tokens[0], tokens[1], 13);
      agrees(new Call("embedding", Embedding::new, List.of(table, ids), List.of(rows.shape())));
      agrees(
          new Call(
              "embeddingGradient",
              EmbeddingGradient::new,
              List.of(table, ids, rows),
              List.of(table.shape())));
      INDArray logits = random(3, tokens[0], tokens[1], classes);
      INDArray g = random(4, tokens);
      for (double smoothing : new double[] {0, 0.1}) {
        Supplier<NormfreeOp> loss = norm(() -> with(new SparseCrossEntropy(), 1), smoothing);
        agrees(new Call("sparseCrossEntropy", loss, List.of(logits, ids), List.of(tokens)));
        agrees(
            new Call(
                "sparseCrossEntropyGradient",
                norm(() -> with(new SparseCrossEntropyGradient(), 1), smoothing),
                List.of(logits, ids, g),
                List.of(logits.shape())));
      }
      INDArray x = random(5, tokens[0], tokens[1], 24);
      for (long back : new long[] {0, 1}) {
        agrees(
            new Call(
                "rotary",
                norm(() -> with(new Rotary(), 3, back), 100),
                List.of(x, ids(99, tokens[1])),
                List.of(x.shape()),
                0));
      }
    }
  }

  /** An op with a gain and a bias if they are there. */
  private static Supplier<NormfreeOp> affine(
      Supplier<NormfreeOp> op, boolean gain, boolean bias, long... integers) {
    return () -> {
      NormfreeOp made = with(op.get(), integers);
      made.addBArgument(gain, bias);
      made.addTArgument(1e-5);
      return made;
    };
  }

  static List<INDArray> present(Object... arrays) {
    return Stream.of(arrays).filter(Objects::nonNull).map(INDArray.class::cast).toList();
  }

  static List<long[]> shapes(List<INDArray> arrays) {
    return arrays.stream().map(INDArray::shape).toList();
  }

  @Test
  void batchNormAgreesWithTheReference() {
    long[][] sizes = {
      {5, 1}, {7, 5}, {3, 2, 7}, {67, 32}, {131, 127}, {4001, 3}, {1303, 16}, {5, 5003}
    };
    for (long[] shape : sizes) {
      long[] c = {shape[shape.length - 1]};
      INDArray x = random(1, shape).addi(5);
      INDArray g = random(2, shape);
      INDArray mean = random(3, c);
      INDArray variance = random(4, c).addi(3);
      for (int terms = 0; terms < 4; terms++) {
        boolean gained = terms % 2 == 1;
        boolean biased = terms > 1;
        INDArray gain = gained ? random(5, c) : null;
        INDArray bias = biased ? random(6, c) : null;
        String name = "batchNorm %s %s".formatted(gained, biased);
        agrees(
            new Call(
                name,
                affine(BatchNorm::new, gained, biased),
                present(x, gain, bias),
                List.of(shape, c, c),
                0));
        List<INDArray> inputs = present(x, gain, bias, g, mean, variance);
        agrees(
            new Call(
                name + ", gradient",
                affine(BatchNormGradient::new, gained, biased),
                inputs,
                shapes(present(x, gain, bias)),
                0,
                inputs.size() - 3));
        agrees(
            new Call(
                name + ", given",
                affine(BatchNormWith::new, gained, biased),
                present(x, mean, variance, gain, bias),
                List.of(shape),
                0));
      }
    }
  }

  /** What a plan makes of a block: an addend, a rectifier, and what is saved for the gradient. */
  @Test
  void batchNormWithWhatAPlanAddsAgreesWithTheReference() {
    long[][] sizes = {{7, 5}, {67, 32}, {131, 127}, {4001, 3}, {1303, 16}};
    for (long[] shape : sizes) {
      long[] c = {shape[1]};
      INDArray x = random(1, shape).addi(5);
      INDArray g = random(2, shape);
      INDArray addend = random(7, shape);
      for (int terms = 0; terms < 4; terms++) {
        boolean gained = terms % 2 == 1;
        boolean biased = terms > 1;
        INDArray gain = gained ? random(5, c) : null;
        INDArray bias = biased ? random(6, c) : null;
        Supplier<NormfreeOp> norm = affine(BatchNorm::new, gained, biased);
        Supplier<NormfreeOp> added = () -> norm.get().withAddend().orElseThrow();
        List<INDArray> in = present(x, gain, bias);
        List<long[]> out = List.of(shape, c, c);
        List<long[]> all = List.of(shape, c, c, new long[] {3, shape[1]});
        agrees(new Call("added", added, present(x, gain, bias, addend), out, 0));
        agrees(new Call("rectified", rectified(norm), in, out, 0));
        Call both = new Call("both", rectified(added), present(x, gain, bias, addend), out, 0);
        agrees(both);
        INDArray y = both.reference().get(0).castTo(DataType.FLOAT);
        INDArray saved =
            new Call("saving", norm, in, all).reference().get(3).castTo(DataType.FLOAT);

        Supplier<NormfreeOp> gradient = affine(BatchNormGradient::new, gained, biased);
        int upstream = in.size();
        Supplier<NormfreeOp> fromSaved =
            () -> (NormfreeOp) gradient.get().fromSaved().orElseThrow().op();
        Supplier<NormfreeOp> behind =
            () -> fromSaved.get().precededBy(upstream, new RectifierGradient()).orElseThrow().op();
        Supplier<NormfreeOp> atOnce = () -> behind.get().without().orElseThrow().op();
        List<INDArray> inputs = present(x, gain, bias, g, random(3, c), random(4, c), saved);
        List<long[]> gradients = shapes(in);
        agrees(new Call("from saved", fromSaved, inputs, gradients, 0, upstream));
        agrees(new Call("at once", atOnce, inputs, gradients, 0, upstream));
        List<long[]> more = new ArrayList<>(gradients);
        more.add(shape);
        agrees(new Call("at once, wanted", atOnce, inputs, more, 0, upstream));
        List<INDArray> withOutput = new ArrayList<>(inputs);
        withOutput.add(y);
        agrees(new Call("behind", behind, withOutput, gradients, 0, upstream, upstream + 4));
        agrees(new Call("behind, wanted", behind, withOutput, more, 0, upstream, upstream + 4));
      }
    }
  }

  /** The same of dynamic activations. */
  @Test
  void dynamicActivationWithWhatAPlanAddsAgreesWithTheReference() {
    for (long[] shape : new long[][] {{7, 5}, {67, 32}, {4001, 3}, {1303, 16}}) {
      INDArray x = random(1, shape);
      INDArray g = random(2, shape);
      INDArray addend = random(3, shape);
      INDArray alpha = random(4, 1);
      INDArray gamma = random(5, shape[1]);
      Supplier<NormfreeOp> dyt =
          () -> new DynamicActivation(Squash.TANH, x, alpha, null, gamma, null);
      Supplier<NormfreeOp> added =
          () -> {
            NormfreeOp op = dyt.get().withAddend().orElseThrow();
            return op.followedBy(new Rectifier()).orElseThrow();
          };
      Call both = new Call("dyt", added, List.of(x, alpha, gamma, addend), List.of(shape), 0, 3);
      agrees(both);
      INDArray y = both.reference().get(0).castTo(DataType.FLOAT);
      Supplier<NormfreeOp> gradient =
          () -> {
            DynamicActivationGradient op = new DynamicActivationGradient();
            op.addIArgument(dyt.get().iArgs());
            return op.precededBy(3, new RectifierGradient()).orElseThrow().op();
          };
      List<INDArray> inputs = List.of(x, alpha, gamma, g, y);
      List<long[]> gradients = shapes(List.of(x, alpha, gamma));
      agrees(new Call("dyt, gradient", gradient, inputs, gradients, 0, 3, 4));
      List<long[]> more = new ArrayList<>(gradients);
      more.add(shape);
      agrees(new Call("dyt, gradient, wanted", gradient, inputs, more, 0, 3, 4));
    }
  }

  private static Supplier<NormfreeOp> rectified(Supplier<NormfreeOp> norm) {
    return () -> norm.get().followedBy(new Rectifier()).orElseThrow();
  }

  /** Statistics are taken relative to the mean of a few rows first; here that leads astray. */
  @Test
  void batchNormAgreesWhereTheRowsItSamplesLieFarOff() {
    int rows = 4001;
    for (int columns : new int[] {16, 5}) {
      INDArray x = random(1, rows, columns).addi(5);
      for (int i = 0; i < 16; i++) {
        x.getRow(Task.share(rows, i, 16)).addi(300);
      }
      INDArray g = random(2, rows, columns);
      long[] c = {columns};
      INDArray gain = random(5, c);
      INDArray bias = random(6, c);
      agrees(
          new Call(
              "batchNorm",
              affine(BatchNorm::new, true, true),
              List.of(x, gain, bias),
              List.of(new long[] {rows, columns}, c, c),
              0));
      agrees(
          new Call(
              "batchNorm, gradient",
              affine(BatchNormGradient::new, true, true),
              List.of(x, gain, bias, g, random(3, c), random(4, c)),
              List.of(new long[] {rows, columns}, c, c),
              0,
              3));
    }
  }

  @Test
  void groupNormAgreesWithTheReference() {
    long[][] sizes = {
      {2, 7, 6, 3}, {1, 1, 31, 1}, {3, 5, 12, 12}, {5, 67, 8, 4}, {2, 3001, 3, 3}, {4, 5, 1034, 2}
    };
    for (long[] size : sizes) {
      long[] shape = {size[0], size[1], size[2]};
      INDArray x = random(1, shape).addi(5);
      INDArray g = random(2, shape);
      for (int terms = 0; terms < 4; terms++) {
        boolean gained = terms % 2 == 1;
        boolean biased = terms > 1;
        INDArray gain = gained ? random(5, size[2]) : null;
        INDArray bias = biased ? random(6, size[2]) : null;
        String name = "groupNorm %s %s".formatted(gained, biased);
        agrees(
            new Call(
                name,
                affine(GroupNorm::new, gained, biased, size[3]),
                present(x, gain, bias),
                List.of(shape),
                0));
        List<INDArray> inputs = present(x, gain, g);
        agrees(
            new Call(
                name + ", gradient",
                affine(GroupNormGradient::new, gained, biased, size[3]),
                inputs,
                shapes(present(x, gain, bias)),
                0,
                inputs.size() - 1));
      }
    }
  }

  @Test
  void lengthsAgreeWithTheReference() {
    long[][] sizes = {{1, 1}, {5, 7}, {31, 3}, {2, 13, 5}, {3, 5003}, {4999, 2}, {3, 5, 7, 2}};
    for (long[] shape : sizes) {
      INDArray v = random(1, shape);
      INDArray g = random(2, shape);
      for (double epsilon : new double[] {1e-12, 1.5, 1e3}) {
        agrees(new Call("l2", norm(L2Normalize::new, epsilon), List.of(v), List.of(shape), 0));
        agrees(
            new Call(
                "l2Gradient",
                norm(L2NormalizeGradient::new, epsilon),
                List.of(v, g),
                List.of(shape),
                0,
                1));
      }
      for (int axis = -1; axis < shape.length; axis++) {
        int kept = axis;
        INDArray factors = random(3, shape[axis < 0 ? shape.length - 1 : axis]);
        agrees(
            new Call(
                "weightNorm",
                () -> with(new WeightNorm(), kept),
                List.of(v, factors),
                List.of(shape),
                0));
        agrees(
            new Call(
                "weightNormGradient",
                () -> with(new WeightNormGradient(), kept),
                List.of(v, factors, g),
                List.of(shape, factors.shape()),
                0,
                2));
      }
    }
  }

  @Test
  void rowsAreGatheredAndScattered() {
    for (long[] size : new long[][] {{1, 1, 1, 1}, {3, 7, 5, 13}, {2, 5, 31, 3}, {7, 64, 17, 61}}) {
      INDArray x = random(1, size[0], size[1], size[3]);
      INDArray taken = random(2, size[0], size[2], size[3]);
      INDArray ids = ids((int) size[1], size[0], size[2]);
      agrees(new Call("gatherRows", GatherRows::new, List.of(x, ids), List.of(taken.shape())));
      agrees(
          new Call(
              "gatherRowsGradient",
              GatherRowsGradient::new,
              List.of(x, ids, taken),
              List.of(x.shape())));
      agrees(
          new Call(
              "scatterRows",
              () -> with(new ScatterRows(), size[1]),
              List.of(taken, ids),
              List.of(x.shape())));
    }
  }

  private static Supplier<NormfreeOp> norm(Supplier<NormfreeOp> op, double... arguments) {
    return () -> {
      NormfreeOp made = op.get();
      made.addTArgument(arguments);
      return made;
    };
  }

  private static void activation(
      List<Call> calls, Squash squash, int mask, long alphas, INDArray x, INDArray g) {
    long columns = x.size(x.rank() - 1);
    List<INDArray> inputs = new ArrayList<>(List.of(x));
    List<long[]> shapes = new ArrayList<>(List.of(x.shape()));
    long[] lengths = {alphas, 1, columns, columns};
    INDArray[] terms = new INDArray[4];
    for (int i = 0; i < 4; i++) {
      if ((mask & 1 << i) != 0) {
        terms[i] = random(10 + i, lengths[i]);
        inputs.add(terms[i]);
        shapes.add(terms[i].shape());
      }
    }
    long[] attributes =
        new DynamicActivation(squash, x, terms[0], terms[1], terms[2], terms[3]).iArgs();
    String name = squash + " with terms " + Integer.toBinaryString(mask) + ", α of " + alphas;
    calls.add(
        new Call(
            name, () -> with(new DynamicActivation(), attributes), inputs, List.of(x.shape()), 0));
    List<INDArray> withUpstream = new ArrayList<>(inputs);
    withUpstream.add(g);
    calls.add(
        new Call(
            name + ", gradient",
            () -> with(new DynamicActivationGradient(), attributes),
            withUpstream,
            shapes,
            0,
            inputs.size()));
  }

  private static NormfreeOp with(NormfreeOp op, long... attributes) {
    op.addIArgument(attributes);
    return op;
  }

  private static Stream<RowLoops> loops() {
    return Stream.of(new PlainLoops(), LoopChoice.vectors());
  }

  @TestFactory
  Stream<DynamicTest> rowsAgreeWithTheReference() {
    return Arrays.stream(SHAPES)
        .map(
            shape ->
                DynamicTest.dynamicTest(
                    Arrays.toString(shape), () -> rowCalls(shape).forEach(JavaKernelTest::agrees)));
  }

  static void agrees(Call call) {
    List<INDArray> expected = call.reference();
    loops()
        .forEach(
            loops -> {
              for (int threads : new int[] {1, 3}) {
                String what = "%s, %s, %s threads".formatted(call.name, loops.name(), threads);
                List<INDArray> actual = call.prepared(loops, threads, -1);
                close(what, call, actual, expected);
                for (int place : call.inPlace) {
                  assertThat(call.prepared(loops, threads, place))
                      .as(what + ", in the place of input " + place)
                      .isEqualTo(actual);
                }
              }
            });
  }

  private static void close(
      String what, Call call, List<INDArray> actual, List<INDArray> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      INDArray wide = expected.get(i).castTo(DataType.DOUBLE);
      // what is summed over everything may cancel: n terms of size 1 leave about √n
      double terms = wide.length() == 1 ? call.inputs.get(0).length() : 1;
      double scale = Math.max(wide.amaxNumber().doubleValue(), Math.sqrt(terms));
      INDArray difference = actual.get(i).castTo(DataType.DOUBLE).sub(wide);
      assertThat(difference.amaxNumber().doubleValue() / scale)
          .as("%s: output %d, shape %s", what, i, Arrays.toString(wide.shape()))
          .isLessThanOrEqualTo(TOLERANCE);
    }
  }

  @Test
  void productsAgreeWithTheReference() {
    long[][] sizes = {{1, 1, 1}, {1, 7, 1}, {5, 3, 1}, {31, 13, 17}, {2, 61, 3}, {67, 5, 131}};
    for (long[] size : sizes) {
      long m = size[0];
      long k = size[1];
      long n = size[2];
      INDArray x = random(1, m, k);
      INDArray w = random(2, k, n);
      INDArray bias = random(3, n);
      INDArray g = random(4, m, n);
      long[] c = {m, n};
      agrees(new Call("linear", Linear::new, List.of(x, w), List.of(c)));
      agrees(new Call("linear, bias", Linear::new, List.of(x, w, bias), List.of(c)));
      for (boolean biased : new boolean[] {false, true}) {
        List<long[]> shapes =
            List.of(x.shape(), w.shape(), bias.shape()).subList(0, biased ? 3 : 2);
        agrees(
            new Call(
                "linearGradient",
                () -> {
                  NormfreeOp op = new LinearGradient();
                  op.addBArgument(biased);
                  return op;
                },
                List.of(x, w, g),
                shapes));
      }
      for (int i = 0; i < 4; i++) {
        boolean a = i % 2 == 1;
        boolean b = i > 1;
        INDArray left = random(5, a ? k : m, a ? m : k);
        INDArray right = random(6, b ? n : k, b ? k : n);
        String name = "product %s %s %s".formatted(Arrays.toString(size), a, b);
        agrees(product(name, a, b, false, false, List.of(left, right), c));
        agrees(product(name, a, b, true, false, List.of(left, right, bias), c));
        agrees(product(name, a, b, false, true, List.of(left, right, g), c, 2));
        agrees(product(name, a, b, true, true, List.of(left, right, bias, g), c, 3));
      }
    }
  }

  private static Call product(
      String name,
      boolean a,
      boolean b,
      boolean bias,
      boolean addend,
      List<INDArray> inputs,
      long[] shape,
      int... inPlace) {
    return new Call(
        name, () -> new MatrixProduct(a, b, bias, addend), inputs, List.of(shape), inPlace);
  }

  @Test
  void attentionAgreesWithTheReference() {
    long[][] sizes = {
      {1, 1, 1, 1, 1},
      {2, 3, 5, 7, 11},
      {3, 1, 17, 2, 5},
      {1, 5, 2, 31, 3},
      {2, 2, 49, 65, 20},
      {1, 3, 71, 103, 16},
      {1, 2, 67, 70, 3}
    };
    for (long[] size : sizes) {
      for (int options = 0; options < 8; options++) {
        attention(size, (options & 1) > 0, (options & 2) > 0, (options & 4) > 0);
      }
    }
  }

  private static void attention(long[] size, boolean causal, boolean masked, boolean noisy) {
    long[] query = {size[0], size[2], size[1] * size[4]};
    long[] key = {size[0], size[3], size[1] * size[4]};
    List<INDArray> inputs = new ArrayList<>(List.of(random(1, query), random(2, key)));
    inputs.add(random(3, key));
    if (masked) {
      INDArray mask = random(5, size[0], size[3]).gt(0).castTo(DataType.FLOAT);
      mask.slice(0).assign(0);
      inputs.add(mask);
    }
    if (noisy) {
      INDArray noise = random(6, size[0], size[1], size[2], size[3]);
      inputs.add(noise.gt(-0.5).castTo(DataType.FLOAT).muli(1.5));
    }
    List<INDArray> withUpstream = new ArrayList<>(inputs);
    withUpstream.add(random(4, query));
    String name = "attention %s%s%s".formatted(causal, masked, noisy);
    agrees(
        new Call(
            name,
            () -> attention(new Attention(), size[1], causal, masked, noisy),
            inputs,
            List.of(query)));
    agrees(
        new Call(
            name + " gradient",
            () -> attention(new AttentionGradient(), size[1], causal, masked, noisy),
            withUpstream,
            List.of(query, key, key)));
  }

  private static NormfreeOp attention(
      NormfreeOp op, long heads, boolean causal, boolean masked, boolean noisy) {
    op.addIArgument(heads);
    op.addBArgument(causal, masked, noisy);
    return op;
  }

  @Test
  void attentionGivesTheSameBitsToAnyNumberOfThreads() {
    long[] shape = {3, 37, 40};
    List<INDArray> inputs =
        List.of(random(1, shape), random(2, shape), random(3, shape), random(4, shape));
    Call call =
        new Call(
            "attention",
            () -> attention(new AttentionGradient(), 5, true, false, false),
            inputs,
            List.of(shape, shape, shape));
    loops()
        .forEach(
            loops -> {
              List<INDArray> alone = call.prepared(loops, 1, -1);
              for (int threads : new int[] {2, 3}) {
                assertThat(call.prepared(loops, threads, -1))
                    .as("%s threads", threads)
                    .isEqualTo(alone);
              }
            });
  }
}
