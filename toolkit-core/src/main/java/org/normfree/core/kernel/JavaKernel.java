package org.normfree.core.kernel;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.op.Attention;
import org.normfree.core.op.AttentionGradient;
import org.normfree.core.op.ColumnSum;
import org.normfree.core.op.DeepNorm;
import org.normfree.core.op.DeepNormGradient;
import org.normfree.core.op.DynamicActivation;
import org.normfree.core.op.DynamicActivationGradient;
import org.normfree.core.op.Embedding;
import org.normfree.core.op.EmbeddingGradient;
import org.normfree.core.op.ExactGelu;
import org.normfree.core.op.ExactGeluGradient;
import org.normfree.core.op.LayerNorm;
import org.normfree.core.op.LayerNormGradient;
import org.normfree.core.op.Linear;
import org.normfree.core.op.LinearGradient;
import org.normfree.core.op.MatrixProduct;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.op.RmsNorm;
import org.normfree.core.op.RmsNormGradient;
import org.normfree.core.op.Rotary;
import org.normfree.core.op.Silu;
import org.normfree.core.op.SiluGradient;
import org.normfree.core.op.SoftmaxCrossEntropy;
import org.normfree.core.op.SoftmaxCrossEntropyGradient;
import org.normfree.core.op.SparseCrossEntropy;
import org.normfree.core.op.SparseCrossEntropyGradient;
import org.normfree.core.op.Squash;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * Fused loops in Java for row-major FLOAT arrays in CPU memory, rows divided among the threads;
 * products go to OpenBLAS. What it does not know it leaves to the reference arithmetic.
 *
 * <p>For a fixed size of the team the results are the same bits every time.
 */
public final class JavaKernel extends TaskKernel {
  /** Longest sequence whose attention is computed by loops; longer ones are ND4J's business. */
  private static final long LONGEST_SEQUENCE = 128;

  private final RowLoops loops;

  /** For service lookup. */
  public JavaKernel() {
    this(LoopChoice.OF_THIS_JVM);
  }

  /** With loops of one's own choice. */
  JavaKernel(RowLoops loops) {
    this.loops = loops;
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
        op instanceof NormfreeOp
            && Stream.concat(inputs.stream(), outputs.stream())
                .allMatch(t -> isKnown(t.type()) && t.length() <= Floats.MOST);
    if (!suitable) {
      return Optional.empty();
    }
    Task task = rows((NormfreeOp) op, inputs, outputs, threads);
    return Optional.ofNullable(
        task == null ? products((NormfreeOp) op, inputs, outputs, threads) : task);
  }

  private static boolean isKnown(DataType type) {
    return type == DataType.FLOAT || type == DataType.INT32;
  }

  private Task rows(NormfreeOp op, List<Tensor> in, List<Tensor> out, int threads) {
    Tensor x = in.get(0);
    Tensor y = out.get(0);
    if (op instanceof DynamicActivation activation && knows(activation.squash())) {
      return ActivationTask.forward(
          loops, activation.squash(), activation.mask(), in, out, threads);
    } else if (op instanceof DynamicActivationGradient gradient && knows(gradient.squash())) {
      return ActivationTask.backward(loops, gradient.squash(), gradient.mask(), in, out, threads);
    } else if (op instanceof LayerNorm) {
      return norm(true, op.getTArgument(0), NormTask.Joined.of(x), in.subList(1, 3), y, threads);
    } else if (op instanceof RmsNorm) {
      return norm(false, op.getTArgument(0), NormTask.Joined.of(x), in.subList(1, 2), y, threads);
    } else if (op instanceof DeepNorm) {
      return norm(true, op.getTArgument(1), joined(op, in), in.subList(2, 4), y, threads);
    } else if (op instanceof LayerNormGradient) {
      return new NormGradientTask(
          loops,
          true,
          op.getTArgument(0),
          NormTask.Joined.of(x),
          in.get(1),
          in.get(2),
          new NormGradientTask.Outputs(y, null, out.get(1), out.get(2)),
          threads);
    } else if (op instanceof RmsNormGradient) {
      return new NormGradientTask(
          loops,
          false,
          op.getTArgument(0),
          NormTask.Joined.of(x),
          in.get(1),
          in.get(2),
          new NormGradientTask.Outputs(y, null, out.get(1), null),
          threads);
    } else if (op instanceof DeepNormGradient) {
      return new NormGradientTask(
          loops,
          true,
          op.getTArgument(1),
          joined(op, in),
          in.get(2),
          in.get(3),
          new NormGradientTask.Outputs(y, out.get(1), out.get(2), out.get(3)),
          threads);
    } else if (op instanceof SoftmaxCrossEntropy) {
      return CrossEntropyTask.forward(in, out, threads);
    } else if (op instanceof SoftmaxCrossEntropyGradient) {
      return CrossEntropyTask.backward(in, out, threads);
    } else if (op instanceof SparseCrossEntropy loss) {
      return new SparseCrossEntropyTask(loss.attributes(), in, y, threads);
    } else if (op instanceof SparseCrossEntropyGradient loss) {
      return new SparseCrossEntropyTask(loss.attributes(), in, y, threads);
    } else if (op instanceof Embedding) {
      return new EmbeddingTask(x, in.get(1), y, threads);
    } else if (op instanceof EmbeddingGradient) {
      return new EmbeddingGradientTask(in.get(1), in.get(2), y, threads);
    } else if (op instanceof Rotary rotary) {
      return new RotaryTask(rotary, x, in.get(1), y, threads);
    } else if (op instanceof Silu) {
      ElementTask.Body body =
          out.size() == 1
              ? (own, a, n) -> own.silu(a[0], n)
              : (own, a, n) -> own.siluWithSlope(a[0], a[1], n);
      return new ElementTask(loops, body, in, out, threads);
    } else if (op instanceof SiluGradient) {
      return new ElementTask(
          loops, (own, a, n) -> own.siluGradient(a[0], a[1], n), in, out, threads);
    } else if (op instanceof ExactGelu) {
      ElementTask.Body body =
          out.size() == 1
              ? (own, a, n) -> own.gelu(a[0], n)
              : (own, a, n) -> own.geluWithSlope(a[0], a[1], n);
      return new ElementTask(loops, body, in, out, threads);
    } else if (op instanceof ExactGeluGradient) {
      return new ElementTask(
          loops, (own, a, n) -> own.geluGradient(a[0], a[1], n), in, out, threads);
    }
    return null;
  }

  private static boolean knows(Squash squash) {
    return squash != Squash.ARCTAN;
  }

  private static NormTask.Joined joined(NormfreeOp op, List<Tensor> in) {
    return NormTask.Joined.of(in.get(0), in.get(1), op.getTArgument(0));
  }

  private Task norm(
      boolean centred,
      double epsilon,
      NormTask.Joined in,
      List<Tensor> affine,
      Tensor y,
      int threads) {
    Tensor bias = affine.size() > 1 ? affine.get(1) : null;
    return new NormTask(loops, centred, epsilon, in, affine.get(0), bias, y, threads);
  }

  private static Task products(NormfreeOp op, List<Tensor> in, List<Tensor> out, int threads) {
    Tensor first = in.get(0);
    Tensor result = out.get(0);
    if (op instanceof Linear) {
      Tensor bias = in.size() > 2 ? in.get(2) : null;
      return new BlasProduct(false, false, first, in.get(1), result, bias, null, threads);
    } else if (op instanceof LinearGradient) {
      Tensor upstream = in.get(2);
      Task dx = new BlasProduct(false, true, upstream, in.get(1), result, null, null, threads);
      Task dw = new BlasProduct(true, false, first, upstream, out.get(1), null, null, threads);
      return out.size() == 2
          ? Task.together(dx, dw)
          : Task.together(dx, dw, new ColumnSumTask(upstream, out.get(2), threads));
    } else if (op instanceof MatrixProduct product) {
      return new BlasProduct(
          product.transposeA(),
          product.transposeB(),
          first,
          in.get(1),
          result,
          product.bias() ? in.get(2) : null,
          product.addend() ? in.get(in.size() - 1) : null,
          threads);
    } else if (op instanceof ColumnSum) {
      return new ColumnSumTask(first, result, threads);
    } else if (op instanceof Attention attention && attention.terms().isPlain() && isShort(in)) {
      return AttentionLoops.forward(attention.heads(), in, out, threads);
    } else if (op instanceof AttentionGradient gradient
        && gradient.terms().isPlain()
        && isShort(in)) {
      return AttentionLoops.backward(gradient.heads(), in, out, threads);
    }
    return null;
  }

  private static boolean isShort(List<Tensor> inputs) {
    return inputs.get(0).shape()[1] <= LONGEST_SEQUENCE
        && inputs.get(1).shape()[1] <= LONGEST_SEQUENCE;
  }
}
