package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.shape.Permute;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.SubOp;
import org.normfree.core.op.Attention;
import org.normfree.core.op.AttentionGradient;
import org.normfree.core.op.ColumnSum;
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
 * the team. For a fixed size of the team the results are the same bits every time.
 */
public final class OneDnnKernel extends TaskKernel {
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
    return OneDnn.hasBfloat16()
        ? Optional.empty()
        : Optional.of("this processor has no bfloat16 instructions that oneDNN may use");
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
    if (outputs.get(0).type() == DataType.DOUBLE) {
      return Optional.empty();
    }
    if (op instanceof MatrixProduct product) {
      return Optional.of(product(product, inputs, outputs.get(0)).task(threads));
    }
    if (op instanceof ToBfloat16) {
      View from = View.matrix(inputs.get(0));
      return Optional.of(OneDnnCopies.copy(from, View.matrix(outputs.get(0)), threads));
    }
    boolean floats =
        Stream.concat(inputs.stream(), outputs.stream()).allMatch(t -> t.type() == DataType.FLOAT);
    return floats
        ? Optional.ofNullable(prepareFloats(op, inputs, outputs, threads))
        : Optional.empty();
  }

  private static Task prepareFloats(
      DifferentialFunction op, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    if (op instanceof Linear) {
      return linear(inputs, outputs.get(0)).task(threads);
    } else if (op instanceof LinearGradient) {
      return linearGradient(inputs, outputs, threads);
    } else if (op instanceof ColumnSum) {
      return OneDnnProduct.columnSum(inputs.get(0), outputs.get(0), threads);
    } else if (op instanceof Attention attention) {
      return OneDnnAttention.forward(attention.terms(), inputs, outputs, threads);
    } else if (op instanceof AttentionGradient gradient) {
      return OneDnnAttention.backward(gradient.terms(), inputs, outputs, threads);
    } else if (op instanceof AddOp) {
      return binary(dnnl.algorithm.binary_add, inputs, outputs.get(0), threads);
    } else if (op instanceof SubOp) {
      return binary(dnnl.algorithm.binary_sub, inputs, outputs.get(0), threads);
    } else if (op instanceof MulOp) {
      return binary(dnnl.algorithm.binary_mul, inputs, outputs.get(0), threads);
    } else if (op instanceof Permute) {
      return permute(op, inputs, outputs.get(0), threads);
    }
    return Stream.<Supplier<Optional<Task>>>of(
            () -> OneDnnConvolution.prepare(op, inputs, outputs, threads),
            () -> OneDnnPooling.prepare(op, inputs, outputs, threads),
            () -> OneDnnSoftmax.prepare(op, inputs, outputs, threads))
        .map(Supplier::get)
        .flatMap(Optional::stream)
        .findFirst()
        .orElse(null);
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

  private static OneDnnProduct linear(List<Tensor> inputs, Tensor output) {
    return new OneDnnProduct(
        View.matrix(inputs.get(0)),
        View.matrix(inputs.get(1)),
        View.matrix(output),
        inputs.size() > 2 ? row(inputs.get(2)) : null,
        null);
  }

  private static Task linearGradient(List<Tensor> inputs, List<Tensor> outputs, int threads) {
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
  private static Task binary(
      dnnl.algorithm operation, List<Tensor> inputs, Tensor output, int threads) {
    Tensor a = inputs.get(0);
    Tensor b = inputs.get(1);
    long[] sizes = output.shape();
    int rank = sizes.length;
    if (rank == 0 || rank > 6 || !Arrays.equals(a.shape(), sizes) || b.shape().length > rank) {
      return null;
    }
    if (Arrays.equals(a.shape(), b.shape())) {
      // parts of a matrix' rows are one run of memory, parts of another axis are not
      return OneDnnCopies.binary(
          operation, View.matrix(a), View.matrix(b), View.matrix(output), threads);
    }
    long[] broadcast = new long[rank];
    Arrays.fill(broadcast, 1);
    System.arraycopy(b.shape(), 0, broadcast, rank - b.shape().length, b.shape().length);
    return OneDnnCopies.binary(
        operation, View.of(a), View.of(b.address(), b.type(), broadcast), View.of(output), threads);
  }

  private static Task permute(
      DifferentialFunction op, List<Tensor> inputs, Tensor output, int threads) {
    View from = View.of(inputs.get(0));
    int rank = from.sizes().length;
    long[] order = ((Permute) op).iArgs();
    if (inputs.size() > 1 || order.length != rank) {
      return null;
    }
    long[] sizes = new long[rank];
    long[] strides = new long[rank];
    for (int axis = 0; axis < rank; axis++) {
      sizes[axis] = from.sizes()[(int) order[axis]];
      strides[axis] = from.strides()[(int) order[axis]];
    }
    View permuted = new View(from.address(), from.type(), sizes, strides);
    return OneDnnCopies.copy(permuted, View.of(output), threads);
  }
}
