package org.normfree.core.kernel;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.op.Attention;
import org.normfree.core.op.AttentionGradient;
import org.normfree.core.op.DeepNorm;
import org.normfree.core.op.DeepNormGradient;
import org.normfree.core.op.DynamicActivation;
import org.normfree.core.op.DynamicActivationGradient;
import org.normfree.core.op.ExactGelu;
import org.normfree.core.op.ExactGeluGradient;
import org.normfree.core.op.Kernel;
import org.normfree.core.op.LayerNorm;
import org.normfree.core.op.LayerNormGradient;
import org.normfree.core.op.Linear;
import org.normfree.core.op.LinearGradient;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.op.RmsNorm;
import org.normfree.core.op.RmsNormGradient;

/**
 * Fused loops in Java for row-major FLOAT arrays in CPU memory, on the calling thread; products go
 * to OpenBLAS. What it does not know it leaves to the reference arithmetic.
 */
public final class JavaKernel implements Kernel {
  /** Longest sequence whose attention is computed by loops; longer ones are ND4J's business. */
  private static final long LONGEST_SEQUENCE = 128;

  /** For service lookup. */
  public JavaKernel() {}

  @Override
  public String name() {
    return "java";
  }

  @Override
  public boolean compute(NormfreeOp op, List<INDArray> inputs, List<INDArray> outputs) {
    if (!Floats.suit(inputs, outputs)) {
      return false;
    }
    INDArray x = inputs.get(0);
    INDArray y = outputs.get(0);
    if (op instanceof DynamicActivation activation && ActivationLoops.knows(activation.squash())) {
      ActivationLoops.forward(activation, inputs, y);
    } else if (op instanceof DynamicActivationGradient gradient
        && ActivationLoops.knows(gradient.squash())) {
      ActivationLoops.backward(gradient, inputs, outputs);
    } else if (op instanceof LayerNorm) {
      layerNorm(op, x).forward(inputs.get(1), inputs.get(2), y);
    } else if (op instanceof LayerNormGradient) {
      layerNorm(op, x)
          .backward(inputs.get(1), inputs.get(2), y, null, outputs.get(1), outputs.get(2));
    } else if (op instanceof RmsNorm) {
      rmsNorm(op, x).forward(inputs.get(1), null, y);
    } else if (op instanceof RmsNormGradient) {
      rmsNorm(op, x).backward(inputs.get(1), inputs.get(2), y, null, outputs.get(1), null);
    } else if (op instanceof DeepNorm) {
      deepNorm(op, inputs).forward(inputs.get(2), inputs.get(3), y);
    } else if (op instanceof DeepNormGradient) {
      deepNorm(op, inputs)
          .backward(
              inputs.get(2), inputs.get(3), y, outputs.get(1), outputs.get(2), outputs.get(3));
    } else if (op instanceof ExactGelu) {
      GeluLoops.forward(x, y);
    } else if (op instanceof ExactGeluGradient) {
      GeluLoops.backward(x, inputs.get(1), y);
    } else if (op instanceof Linear) {
      LinearCalls.forward(inputs, y);
    } else if (op instanceof LinearGradient) {
      LinearCalls.backward(inputs, outputs);
    } else if (op instanceof Attention attention && isShort(inputs)) {
      AttentionLoops.forward(inputs, y, attention.heads());
    } else if (op instanceof AttentionGradient gradient && isShort(inputs)) {
      AttentionLoops.backward(inputs, outputs, gradient.heads());
    } else {
      return false;
    }
    return true;
  }

  private static boolean isShort(List<INDArray> inputs) {
    return inputs.get(0).size(1) <= LONGEST_SEQUENCE && inputs.get(1).size(1) <= LONGEST_SEQUENCE;
  }

  private static RowNormLoops layerNorm(NormfreeOp op, INDArray x) {
    return new RowNormLoops(true, op.getTArgument(0), x);
  }

  private static RowNormLoops rmsNorm(NormfreeOp op, INDArray x) {
    return new RowNormLoops(false, op.getTArgument(0), x);
  }

  private static RowNormLoops deepNorm(NormfreeOp op, List<INDArray> inputs) {
    return new RowNormLoops(op.getTArgument(1), inputs.get(0), inputs.get(1), op.getTArgument(0));
  }
}
