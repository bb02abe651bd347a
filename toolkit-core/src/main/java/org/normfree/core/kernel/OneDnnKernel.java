package org.normfree.core.kernel;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.shape.Permute;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.SubOp;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;
import org.normfree.core.kernel.Preparations.Arrays;
import org.normfree.core.op.Attention;
import org.normfree.core.op.AttentionGradient;
import org.normfree.core.op.ColumnSum;
import org.normfree.core.op.Convolution;
import org.normfree.core.op.ConvolutionGradient;
import org.normfree.core.op.Linear;
import org.normfree.core.op.LinearGradient;
import org.normfree.core.op.MatrixProduct;
import org.normfree.core.op.ToBfloat16;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * Products, attention, sums, copies and their like by oneDNN, for row-major FLOAT arrays in CPU
 * memory; the operands of products may be BFLOAT16.
 *
 * <p>oneDNN gets one thread only, the one that calls it; the work is divided among the threads of
 * the team. The results are the same bits every time, whatever the size of the team.
 */
public final class OneDnnKernel extends TaskKernel {
  /** Not before the first op, so that the kernel can say that the library is missing. */
  private static final class Known {
    static final Preparations OPS = preparations();
  }

  /** For service lookup; loads nothing yet. */
  public OneDnnKernel() {}

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public Optional<String> missing() {
    try {
      return OneDnn.isFast()
          ? Optional.empty()
          : Optional.of("oneDNN has no fast single-precision product for this processor");
    } catch (LinkageError e) {
      return Optional.of(
          "oneDNN does not load (%s); put org.bytedeco:dnnl and org.bytedeco:opencl for %s on the class path"
              .formatted(rootMessage(e), Loader.getPlatform()));
    }
  }

  @Override
  public Optional<String> missingForBfloat16() {
    return OneDnn.hasBfloat16() ? Optional.empty() : Optional.of(Bfloat16.MISSING);
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public Optional<Task> prepare(
      DifferentialFunction op, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    boolean known =
        Stream.concat(inputs.stream(), outputs.stream())
            .allMatch(t -> t.type() == DataType.FLOAT || t.type() == DataType.BFLOAT16);
    return known ? Known.OPS.prepare(op, new Arrays(inputs, outputs, threads)) : Optional.empty();
  }

  /** The ops it knows, by class. */
  private static Preparations preparations() {
    Preparations known = new Preparations();
    known.always(
        MatrixProduct.class, (op, in) -> product(op, in.inputs(), in.output(0)).task(in.threads()));
    known.always(
        ToBfloat16.class,
        (op, in) ->
            OneDnnCopies.copy(View.matrix(in.input(0)), View.matrix(in.output(0)), in.threads()));
    floats(known, Linear.class, (op, in) -> Optional.of(linear(in)));
    floats(known, LinearGradient.class, (op, in) -> Optional.of(linearGradient(in)));
    floats(
        known,
        ColumnSum.class,
        (op, in) -> Optional.of(OneDnnProduct.columnSum(in.input(0), in.output(0), in.threads())));
    floats(
        known,
        Attention.class,
        (op, in) ->
            Optional.ofNullable(
                OneDnnAttention.forward(op.terms(), in.inputs(), in.outputs(), in.threads())));
    floats(
        known,
        AttentionGradient.class,
        (op, in) ->
            Optional.ofNullable(
                OneDnnAttention.backward(op.terms(), in.inputs(), in.outputs(), in.threads())));
    RowLoops loops = LoopChoice.OF_THIS_JVM;
    known.first(
        Attention.class,
        (op, in) ->
            AttentionLoops.areFaster(loops, op.terms(), in)
                ? AttentionLoops.forward(loops, op.terms(), in)
                : Optional.empty());
    known.first(
        AttentionGradient.class,
        (op, in) ->
            AttentionLoops.areFaster(loops, op.terms(), in)
                ? AttentionLoops.backward(loops, op.terms(), in)
                : Optional.empty());
    floats(known, AddOp.class, (op, in) -> binary(dnnl.algorithm.binary_add, in));
    floats(known, SubOp.class, (op, in) -> binary(dnnl.algorithm.binary_sub, in));
    floats(known, MulOp.class, (op, in) -> binary(dnnl.algorithm.binary_mul, in));
    known.first(
        MulOp.class,
        (op, in) ->
            RowScalingTask.prepare(
                LoopChoice.OF_THIS_JVM, in.inputs(), in.output(0), in.threads()));
    floats(known, Identity.class, (op, in) -> Optional.of(copy(in)));
    floats(known, Permute.class, OneDnnKernel::permute);
    for (Class<? extends DynamicCustomOp> type : OneDnnConvolution.OPS) {
      floats(
          known,
          type,
          (op, in) -> OneDnnConvolution.prepare(op, in.inputs(), in.outputs(), in.threads()));
    }
    known.first(
        ConvolutionGradient.class,
        (op, in) ->
            DepthwiseWeightTask.prepare(
                LoopChoice.OF_THIS_JVM, op, in.inputs(), in.outputs(), in.threads()));
    known.first(Convolution.class, (op, in) -> Winograd.forward(loops, op, in));
    known.first(ConvolutionGradient.class, (op, in) -> Winograd.backward(loops, op, in));
    known.first(
        ConvolutionGradient.class,
        (op, in) -> SummedProduct.ofPatches(op, in.inputs(), in.outputs(), in.threads()));
    for (Class<? extends DynamicCustomOp> type : OneDnnPooling.OPS) {
      floats(
          known,
          type,
          (op, in) -> OneDnnPooling.prepare(op, in.inputs(), in.outputs(), in.threads()));
    }
    for (Class<? extends DynamicCustomOp> type : OneDnnSoftmax.OPS) {
      floats(
          known,
          type,
          (op, in) -> OneDnnSoftmax.prepare(op, in.inputs(), in.outputs(), in.threads()));
    }
    return known;
  }

  /** An op that is known for FLOAT only. */
  private static <O extends DifferentialFunction> void floats(
      Preparations known, Class<O> type, Preparations.Preparation<? super O> preparation) {
    known.add(
        type,
        (op, in) ->
            Floating.all(in.inputs(), in.outputs())
                ? preparation.prepare(op, in)
                : Optional.empty());
  }

  private static OneDnnProduct product(MatrixProduct op, List<Tensor> inputs, Tensor output) {
    View a = View.matrix(inputs.get(0));
    View b = View.matrix(inputs.get(1));
    return new OneDnnProduct(
        op.transposeA() ? a.transposed() : a,
        op.transposeB() ? b.transposed() : b,
        View.matrix(output),
        op.bias() ? row(inputs.get(2)) : null,
        op.addend() ? View.matrix(inputs.get(inputs.size() - 1)) : null);
  }

  private static Task linear(Arrays in) {
    return new OneDnnProduct(
            View.matrix(in.input(0)),
            View.matrix(in.input(1)),
            View.matrix(in.output(0)),
            in.inputs().size() > 2 ? row(in.input(2)) : null,
            null)
        .task(in.threads());
  }

  private static Task linearGradient(Arrays in) {
    List<Tensor> inputs = in.inputs();
    List<Tensor> outputs = in.outputs();
    int threads = in.threads();
    View x = View.matrix(inputs.get(0));
    View weight = View.matrix(inputs.get(1));
    View upstream = View.matrix(inputs.get(2));
    View dx = View.matrix(outputs.get(0));
    View dw = View.matrix(outputs.get(1));
    Task toInput = new OneDnnProduct(upstream, weight.transposed(), dx, null, null).task(threads);
    Task toWeight = new OneDnnProduct(x.transposed(), upstream, dw, null, null).task(threads);
    return outputs.size() == 2
        ? Task.together(toInput, toWeight)
        : Task.together(
            toInput, toWeight, OneDnnProduct.columnSum(inputs.get(2), outputs.get(2), threads));
  }

  private static View row(Tensor vector) {
    return View.of(vector.address(), vector.type(), 1, vector.length());
  }

  /** Element-wise arithmetic; the second input may broadcast over the first, not the reverse. */
  private static Optional<Task> binary(dnnl.algorithm operation, Arrays in) {
    Tensor a = in.input(0);
    Tensor b = in.input(1);
    Tensor output = in.output(0);
    int threads = in.threads();
    long[] sizes = output.shape();
    int rank = sizes.length;
    if (rank == 0
        || rank > 6
        || !java.util.Arrays.equals(a.shape(), sizes)
        || b.shape().length > rank) {
      return Optional.empty();
    }
    if (java.util.Arrays.equals(a.shape(), b.shape())) {
      // parts of a matrix' rows are one run of memory, parts of another axis are not
      return Optional.of(
          OneDnnCopies.binary(
              operation, View.matrix(a), View.matrix(b), View.matrix(output), threads));
    }
    long[] broadcast = new long[rank];
    java.util.Arrays.fill(broadcast, 1);
    System.arraycopy(b.shape(), 0, broadcast, rank - b.shape().length, b.shape().length);
    return Optional.of(
        OneDnnCopies.binary(
            operation,
            View.of(a),
            View.of(b.address(), b.type(), broadcast),
            View.of(output),
            threads));
  }

  private static Task copy(Arrays in) {
    return OneDnnCopies.copy(View.matrix(in.input(0)), View.matrix(in.output(0)), in.threads());
  }

  private static Optional<Task> permute(Permute op, Arrays in) {
    View from = View.of(in.input(0));
    int rank = from.sizes().length;
    long[] order = op.iArgs();
    if (in.inputs().size() > 1 || order.length != rank) {
      return Optional.empty();
    }
    long[] sizes = new long[rank];
    long[] strides = new long[rank];
    for (int axis = 0; axis < rank; axis++) {
      int source = (int) (order[axis] < 0 ? order[axis] + rank : order[axis]);
      sizes[axis] = from.sizes()[source];
      strides[axis] = from.strides()[source];
    }
    View permuted = new View(from.address(), from.type(), sizes, strides);
    return Optional.of(OneDnnCopies.copy(permuted, View.of(in.output(0)), in.threads()));
  }
}
