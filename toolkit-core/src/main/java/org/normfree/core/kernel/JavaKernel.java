package org.normfree.core.kernel;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.impl.reduce.bp.BaseReductionBp;
import org.nd4j.linalg.api.ops.impl.reduce.bp.MeanBp;
import org.nd4j.linalg.api.ops.impl.reduce.bp.SumBp;
import org.nd4j.linalg.api.ops.impl.reduce.floating.Mean;
import org.nd4j.linalg.api.ops.impl.reduce.same.Sum;
import org.nd4j.linalg.api.ops.impl.transforms.gradient.TanhDerivative;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.normfree.core.kernel.Preparations.Arrays;
import org.normfree.core.op.AffineTerms;
import org.normfree.core.op.Attention;
import org.normfree.core.op.AttentionGradient;
import org.normfree.core.op.BatchNorm;
import org.normfree.core.op.BatchNormGradient;
import org.normfree.core.op.BatchNormWith;
import org.normfree.core.op.ColumnSum;
import org.normfree.core.op.ContrastiveLoss;
import org.normfree.core.op.ContrastiveLossGradient;
import org.normfree.core.op.Convolution;
import org.normfree.core.op.ConvolutionGradient;
import org.normfree.core.op.CtcLoss;
import org.normfree.core.op.CtcLossGradient;
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
import org.normfree.core.op.GumbelQuantizer;
import org.normfree.core.op.GumbelQuantizerGradient;
import org.normfree.core.op.L2Normalize;
import org.normfree.core.op.L2NormalizeGradient;
import org.normfree.core.op.LayerNorm;
import org.normfree.core.op.LayerNormGradient;
import org.normfree.core.op.Linear;
import org.normfree.core.op.LinearGradient;
import org.normfree.core.op.LongConvolution;
import org.normfree.core.op.LongConvolutionGradient;
import org.normfree.core.op.MatrixProduct;
import org.normfree.core.op.MaxPool;
import org.normfree.core.op.MaxPoolGradient;
import org.normfree.core.op.Modulation;
import org.normfree.core.op.ModulationGradient;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.op.Rectifier;
import org.normfree.core.op.RectifierGradient;
import org.normfree.core.op.ReversedTaps;
import org.normfree.core.op.RmsNorm;
import org.normfree.core.op.RmsNormGradient;
import org.normfree.core.op.Rotary;
import org.normfree.core.op.ScatterRows;
import org.normfree.core.op.SelectiveScan;
import org.normfree.core.op.SelectiveScanGradient;
import org.normfree.core.op.Shareable;
import org.normfree.core.op.Silu;
import org.normfree.core.op.SiluGradient;
import org.normfree.core.op.SoftmaxCrossEntropy;
import org.normfree.core.op.SoftmaxCrossEntropyGradient;
import org.normfree.core.op.SparseCrossEntropy;
import org.normfree.core.op.SparseCrossEntropyGradient;
import org.normfree.core.op.Squash;
import org.normfree.core.op.TanhGelu;
import org.normfree.core.op.TanhGeluGradient;
import org.normfree.core.op.WeightNorm;
import org.normfree.core.op.WeightNormGradient;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * Fused loops in Java for row-major FLOAT arrays in CPU memory, rows divided among the threads;
 * products go to OpenBLAS. What it does not know it leaves to the reference arithmetic.
 *
 * <p>The results are the same bits every time, whatever the size of the team.
 */
public final class JavaKernel extends TaskKernel {
  /** Floats below which a part of rows is not worth its sums. */
  private static final long PART = 1 << 14;

  /** The same where each is a power or more. */
  private static final long WIDE_PART = 1 << 12;

  /** Parts of a scan at least; they need memory for the sums of an example that they share. */
  private static final long FEWEST_SCANS = 4;

  private final RowLoops loops;
  private final Preparations preparations;

  /** For service lookup. */
  public JavaKernel() {
    this(LoopChoice.OF_THIS_JVM);
  }

  /** With loops of one's own choice. */
  JavaKernel(RowLoops loops) {
    this.loops = loops;
    preparations = preparations();
  }

  @Override
  public String name() {
    return "java";
  }

  @Override
  public Kernel withVectors(String choice) {
    return choice.equals("auto") ? this : new JavaKernel(LoopChoice.of(choice));
  }

  @Override
  public Optional<Task> prepare(
      DifferentialFunction op, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    boolean suitable =
        Stream.concat(inputs.stream(), outputs.stream())
            .allMatch(t -> isKnown(t.type()) && t.length() <= Floats.MOST);
    return suitable
        ? preparations.prepare(op, new Arrays(inputs, outputs, threads))
        : Optional.empty();
  }

  private static boolean isKnown(DataType type) {
    return type == DataType.FLOAT || type == DataType.INT32;
  }

  /** The ops it knows, by class. */
  private Preparations preparations() {
    Preparations known = new Preparations();
    known.add(
        DynamicActivation.class,
        (op, in) -> in.when(knows(op.squash()), () -> ActivationTask.forward(loops, op, in)));
    known.add(
        DynamicActivationGradient.class,
        (op, in) ->
            in.when(
                knows(op.squash()),
                () -> divided(in, parts -> ActivationTask.backward(loops, op, in, parts))));
    known.always(LayerNorm.class, (op, in) -> norm(op, true, 0, in, joined(in), 1));
    known.always(RmsNorm.class, (op, in) -> norm(op, false, 0, in, joined(in), 1));
    known.always(DeepNorm.class, (op, in) -> norm(op, true, 1, in, joined(op, in), 2));
    known.always(
        LayerNormGradient.class,
        (op, in) ->
            normGradient(
                op,
                true,
                0,
                in,
                joined(in),
                new NormGradientTask.Outputs(in.output(0), null, in.output(1), in.output(2))));
    known.always(
        RmsNormGradient.class,
        (op, in) ->
            normGradient(
                op,
                false,
                0,
                in,
                joined(in),
                new NormGradientTask.Outputs(in.output(0), null, in.output(1), null)));
    known.always(
        DeepNormGradient.class,
        (op, in) ->
            normGradient(
                op,
                true,
                1,
                in,
                joined(op, in),
                new NormGradientTask.Outputs(
                    in.output(0), in.output(1), in.output(2), in.output(3))));
    known.always(
        SoftmaxCrossEntropy.class,
        (op, in) -> CrossEntropyTask.forward(in.inputs(), in.outputs(), in.threads()));
    known.always(
        SoftmaxCrossEntropyGradient.class,
        (op, in) -> CrossEntropyTask.backward(in.inputs(), in.outputs(), in.threads()));
    known.always(
        SparseCrossEntropy.class,
        (op, in) ->
            new SparseCrossEntropyTask(op.attributes(), in.inputs(), in.output(0), in.threads()));
    known.always(
        SparseCrossEntropyGradient.class,
        (op, in) ->
            new SparseCrossEntropyTask(op.attributes(), in.inputs(), in.output(0), in.threads()));
    known.always(
        Embedding.class,
        (op, in) -> new EmbeddingTask(in.input(0), in.input(1), in.output(0), in.threads()));
    known.always(
        EmbeddingGradient.class,
        (op, in) ->
            new EmbeddingGradientTask(in.input(1), in.input(2), in.output(0), in.threads()));
    known.add(Convolution.class, (op, in) -> Winograd.forward(loops, op, in));
    known.add(ConvolutionGradient.class, (op, in) -> Winograd.backward(loops, op, in));
    known.first(
        ConvolutionGradient.class,
        (op, in) ->
            DepthwiseWeightTask.prepare(loops, op, in.inputs(), in.outputs(), in.threads()));
    known.always(ReversedTaps.class, (op, in) -> reversed(in.input(0), in.output(0)));
    known.always(
        Modulation.class,
        (op, in) -> ModulationTask.forward(loops, op, in.inputs(), in.output(0), in.threads()));
    known.always(
        ModulationGradient.class,
        (op, in) ->
            divided(
                in, parts -> ModulationTask.backward(loops, op, in.inputs(), in.outputs(), parts)));
    known.always(
        Rotary.class,
        (op, in) -> new RotaryTask(op, in.input(0), in.input(1), in.output(0), in.threads()));
    known.always(
        MaxPool.class,
        (op, in) -> MaxPoolTask.forward(op.plane(), in.input(0), in.output(0), in.threads()));
    known.always(
        MaxPoolGradient.class,
        (op, in) ->
            MaxPoolTask.backward(op.plane(), in.input(0), in.input(1), in.output(0), in.threads()));
    known.always(
        BatchNorm.class,
        (op, in) ->
            new GroupNormTask(
                loops,
                in.input(0),
                new GroupTask.Shape(1, in.input(0).columns()),
                new GroupNormTask.Terms(
                    op.terms().gain(in.inputs(), 1),
                    op.terms().bias(in.inputs(), 1),
                    op.addend() ? in.input(in.inputs().size() - 1) : null,
                    op.rectified()),
                op.getTArgument(0),
                new GroupNormTask.Outputs(
                    in.output(0), in.output(1), in.output(2), in.further(op.getNumOutputs())),
                in.threads()));
    known.always(
        BatchNormGradient.class,
        (op, in) ->
            new GroupNormGradientTask(
                loops,
                in.input(0),
                new GroupTask.Shape(1, in.input(0).columns()),
                op.getTArgument(0),
                new GroupNormGradientTask.Inputs(
                    op.terms().gain(in.inputs(), 1),
                    op.terms().bias(in.inputs(), 1),
                    in.input(op.upstream()),
                    in.input(op.upstream() + 1),
                    in.input(op.upstream() + 2),
                    op.saved() ? in.input(op.upstream() + 3) : null,
                    op.rectifiedAtOnce(),
                    op.rectified() ? in.input(op.upstream() + 4) : null),
                groupGradients(op.terms(), in, in.further(op.getNumOutputs())),
                in.threads()));
    known.always(
        BatchNormWith.class,
        (op, in) -> new GivenNormTask(loops, op, in.inputs(), in.output(0), in.threads()));
    known.always(
        GroupNorm.class,
        (op, in) ->
            new GroupNormTask(
                loops,
                in.input(0),
                groups(in, op.groups()),
                new GroupNormTask.Terms(
                    op.terms().gain(in.inputs(), 1), op.terms().bias(in.inputs(), 1), null, false),
                op.getTArgument(0),
                new GroupNormTask.Outputs(in.output(0), null, null, null),
                in.threads()));
    known.always(
        GroupNormGradient.class,
        (op, in) ->
            new GroupNormGradientTask(
                loops,
                in.input(0),
                groups(in, op.groups()),
                op.getTArgument(0),
                new GroupNormGradientTask.Inputs(
                    op.terms().gain(in.inputs(), 1),
                    null,
                    in.input(in.inputs().size() - 1),
                    null,
                    null,
                    null,
                    false,
                    null),
                groupGradients(op.terms(), in, null),
                in.threads()));
    known.always(
        WeightNorm.class,
        (op, in) ->
            DirectionTask.forward(
                DirectionTask.WEIGHT_NORM,
                new DirectionTask.Vectors(in.input(0), op.axis(in.input(0).shape().length)),
                in.input(1),
                in.output(0),
                in.threads()));
    known.always(
        WeightNormGradient.class,
        (op, in) ->
            DirectionTask.backward(
                DirectionTask.WEIGHT_NORM,
                new DirectionTask.Vectors(in.input(0), op.axis(in.input(0).shape().length)),
                in.input(1),
                in.input(2),
                in.output(0),
                in.output(1),
                in.threads()));
    known.always(
        L2Normalize.class,
        (op, in) ->
            DirectionTask.forward(
                DirectionTask.atLeast(op.getTArgument(0)),
                new DirectionTask.Vectors(in.input(0), null),
                null,
                in.output(0),
                in.threads()));
    known.always(
        L2NormalizeGradient.class,
        (op, in) ->
            DirectionTask.backward(
                DirectionTask.atLeast(op.getTArgument(0)),
                new DirectionTask.Vectors(in.input(0), null),
                null,
                in.input(1),
                in.output(0),
                null,
                in.threads()));
    known.always(
        GatherRows.class,
        (op, in) -> new GatherRowsTask(in.input(0), in.input(1), in.output(0), in.threads()));
    known.always(
        GatherRowsGradient.class,
        (op, in) -> new ScatterRowsTask(in.input(2), in.input(1), in.output(0), in.threads()));
    known.always(
        ScatterRows.class,
        (op, in) -> new ScatterRowsTask(in.input(0), in.input(1), in.output(0), in.threads()));
    known.always(
        SelectiveScan.class,
        (op, in) ->
            new ScanForwardTask(op.terms(), loops, in.inputs(), in.outputs(), in.threads()));
    known.always(
        SelectiveScanGradient.class,
        (op, in) ->
            DividedTask.of(
                DividedTask.parts(Math.max(FEWEST_SCANS, in.input(0).shape()[0]), 1),
                in.threads(),
                parts ->
                    new ScanGradientTask(op.terms(), loops, in.inputs(), in.outputs(), parts)));
    known.always(
        LongConvolution.class,
        (op, in) ->
            LongConvolutionTask.forward(
                loops, op.skips(), in.inputs(), in.outputs(), in.threads()));
    known.always(
        LongConvolutionGradient.class,
        (op, in) ->
            LongConvolutionTask.backward(
                loops, op.skips(), in.inputs(), in.outputs(), in.threads()));
    sharedInParts(known, GumbelQuantizer.class);
    sharedInParts(known, GumbelQuantizerGradient.class);
    shared(known, ContrastiveLoss.class);
    shared(known, ContrastiveLossGradient.class);
    shared(known, CtcLoss.class);
    shared(known, CtcLossGradient.class);
    elements(known, Silu.class, (own, a, n) -> own.silu(a[0], n));
    elements(known, SiluGradient.class, (own, a, n) -> own.siluGradient(a[0], a[1], n));
    elements(known, ExactGelu.class, (own, a, n) -> own.gelu(a[0], n));
    elements(known, ExactGeluGradient.class, (own, a, n) -> own.geluGradient(a[0], a[1], n));
    elements(known, TanhGelu.class, (own, a, n) -> own.tanhGelu(a[0], n));
    elements(known, TanhGeluGradient.class, (own, a, n) -> own.tanhGeluGradient(a[0], a[1], n));
    elementwise(known);
    withSlope(known, Silu.class, (own, a, n) -> own.siluWithSlope(a[0], a[1], n));
    withSlope(known, ExactGelu.class, (own, a, n) -> own.geluWithSlope(a[0], a[1], n));
    withSlope(known, TanhGelu.class, (own, a, n) -> own.tanhGeluWithSlope(a[0], a[1], n));
    known.always(
        Linear.class,
        (op, in) ->
            BlasProduct.task(
                false,
                false,
                in.input(0),
                in.input(1),
                in.output(0),
                in.inputs().size() > 2 ? in.input(2) : null,
                null,
                in.threads()));
    known.always(LinearGradient.class, (op, in) -> linearGradient(in));
    known.always(
        MatrixProduct.class,
        (op, in) ->
            BlasProduct.task(
                op.transposeA(),
                op.transposeB(),
                in.input(0),
                in.input(1),
                in.output(0),
                op.bias() ? in.input(2) : null,
                op.addend() ? in.input(in.inputs().size() - 1) : null,
                in.threads()));
    known.always(
        ColumnSum.class, (op, in) -> new ColumnSumTask(in.input(0), in.output(0), in.threads()));
    sums(known, Mean.class, MeanBp.class, true);
    sums(known, Sum.class, SumBp.class, false);
    known.add(Attention.class, (op, in) -> AttentionLoops.forward(loops, op.terms(), in));
    known.add(AttentionGradient.class, (op, in) -> AttentionLoops.backward(loops, op.terms(), in));
    return known;
  }

  /** The rows of a small array in reverse order. */
  private static Task reversed(Tensor from, Tensor to) {
    Floats source = new Floats(from);
    Floats destination = new Floats(to);
    float[] row = new float[source.columns];
    return Task.serial(
        () -> {
          for (int i = 0; i < source.rows; i++) {
            source.read(i * row.length, row, 0, row.length);
            destination.write((source.rows - 1 - i) * row.length, row, 0, row.length);
          }
        });
  }

  /** The rectifier, tanh, their gradients, products with a number a row; of ND4J but the first. */
  private void elementwise(Preparations known) {
    known.add(
        MulOp.class,
        (op, in) -> RowScalingTask.prepare(loops, in.inputs(), in.output(0), in.threads()));
    known.add(
        Rectifier.class,
        (op, in) ->
            in.when(isFloat(in.input(0)), () -> elements((own, a, n) -> own.relu(a[0], n), in)));
    known.add(
        RectifierGradient.class,
        (op, in) ->
            in.when(
                isFloat(in.input(0)),
                () -> elements((own, a, n) -> own.reluGradient(a[0], a[1], n), in)));
    known.add(
        Tanh.class,
        (op, in) ->
            in.when(
                in.inputs().size() == 1 && isFloat(in.input(0)),
                () -> elements((own, a, n) -> own.tanh(a[0], n), in)));
    known.add(
        TanhDerivative.class,
        (op, in) ->
            in.when(
                in.inputs().size() == 2 && isFloat(in.input(0)),
                () -> elements((own, a, n) -> own.tanhGradient(a[0], a[1], n), in)));
  }

  private Task elements(ElementTask.Body body, Arrays in) {
    return new ElementTask(loops, body, in.inputs(), in.outputs(), in.threads());
  }

  /** Ops whose reference arithmetic threads may share. */
  private static <O extends NormfreeOp & Shareable> void shared(Preparations known, Class<O> type) {
    known.always(type, (op, in) -> new WideTask(op, in.inputs(), in.outputs(), in.threads()));
  }

  /** The same where there are sums over all rows. */
  private static <O extends NormfreeOp & Shareable> void sharedInParts(
      Preparations known, Class<O> type) {
    known.always(
        type,
        (op, in) ->
            DividedTask.of(
                DividedTask.parts(in.input(0).length(), WIDE_PART),
                in.threads(),
                parts -> new WideTask(op, in.inputs(), in.outputs(), parts)));
  }

  /** ND4J's sums, whose axes are an attribute or, where they are not known here, an input. */
  private static void sums(
      Preparations known,
      Class<? extends BaseReduceOp> forward,
      Class<? extends BaseReductionBp> backward,
      boolean mean) {
    known.add(
        forward,
        (op, in) ->
            in.inputs().size() == 1 && isFloat(in.input(0))
                ? AxisSumTask.forward(
                    mean, axes(op.getDimensions()), in.input(0), in.output(0), in.threads())
                : Optional.empty());
    known.add(
        backward,
        (op, in) ->
            in.inputs().size() == 2 && isFloat(in.input(0))
                ? AxisSumTask.backward(
                    mean,
                    LongStream.of(op.iArgs()).mapToInt(Math::toIntExact).toArray(),
                    in.inputs(),
                    in.output(0),
                    in.threads())
                : Optional.empty());
  }

  private static int[] axes(int... dimensions) {
    return dimensions == null ? new int[0] : dimensions;
  }

  private static boolean isFloat(Tensor tensor) {
    return tensor.type() == DataType.FLOAT;
  }

  private static GroupTask.Shape groups(Arrays in, int groups) {
    return new GroupTask.Shape(Math.toIntExact(in.input(0).shape()[0]), groups);
  }

  private static GroupNormGradientTask.Outputs groupGradients(
      AffineTerms terms, Arrays in, Tensor counts) {
    return new GroupNormGradientTask.Outputs(
        in.output(0), terms.gain(in.outputs(), 1), terms.bias(in.outputs(), 1), counts);
  }

  private static boolean knows(Squash squash) {
    return squash != Squash.ARCTAN;
  }

  private static NormTask.Joined joined(Arrays in) {
    return NormTask.Joined.of(in.input(0));
  }

  private static NormTask.Joined joined(NormfreeOp op, Arrays in) {
    return NormTask.Joined.of(in.input(0), in.input(1), op.getTArgument(0));
  }

  /**
   * @param epsilon number of the attribute that is ε
   * @param gain number of the input that is the gain; the bias, if there is one, comes next
   */
  private Task norm(
      NormfreeOp op, boolean centred, int epsilon, Arrays in, NormTask.Joined joined, int gain) {
    Tensor bias = in.inputs().size() > gain + 1 ? in.input(gain + 1) : null;
    return new NormTask(
        loops,
        centred,
        op.getTArgument(epsilon),
        joined,
        in.input(gain),
        bias,
        in.output(0),
        in.threads());
  }

  /** The upstream gradient is the last input, and the gain the one before it. */
  private Task normGradient(
      NormfreeOp op,
      boolean centred,
      int epsilon,
      Arrays in,
      NormTask.Joined joined,
      NormGradientTask.Outputs outputs) {
    int last = in.inputs().size() - 1;
    return divided(
        in,
        parts ->
            new NormGradientTask(
                loops,
                centred,
                op.getTArgument(epsilon),
                joined,
                in.input(last - 1),
                in.input(last),
                outputs,
                parts));
  }

  /** A task with sums over the first input. */
  private static Task divided(Arrays in, IntFunction<Task> task) {
    return DividedTask.of(DividedTask.parts(in.input(0).length(), PART), in.threads(), task);
  }

  private void elements(
      Preparations known, Class<? extends NormfreeOp> type, ElementTask.Body body) {
    known.always(type, (op, in) -> elements(body, in));
  }

  /** What is done instead where a function's slope is wanted, too. */
  private void withSlope(
      Preparations known, Class<? extends NormfreeOp> type, ElementTask.Body body) {
    known.first(type, (op, in) -> in.when(in.outputs().size() > 1, () -> elements(body, in)));
  }

  private static Task linearGradient(Arrays in) {
    Tensor x = in.input(0);
    Tensor upstream = in.input(2);
    int threads = in.threads();
    Task dx =
        BlasProduct.task(false, true, upstream, in.input(1), in.output(0), null, null, threads);
    Task dw = BlasProduct.task(true, false, x, upstream, in.output(1), null, null, threads);
    return in.outputs().size() == 2
        ? Task.together(dx, dw)
        : Task.together(dx, dw, new ColumnSumTask(upstream, in.output(2), threads));
  }
}
