package org.normfree.core.kernel;

import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.op.Attention;
import org.normfree.core.op.AttentionGradient;
import org.normfree.core.op.Kernel;
import org.normfree.core.op.Linear;
import org.normfree.core.op.LinearGradient;
import org.normfree.core.op.NormfreeOp;

/**
 * Linear maps, attention and their gradients by oneDNN, for row-major FLOAT arrays in CPU memory.
 *
 * <p>What oneDNN prepares for a shape is kept for the calling thread, so a call only hands over
 * addresses. It runs on as many threads as OpenMP allows the calling thread; for a fixed number the
 * results are the same bits every time.
 */
public final class OneDnnKernel implements Kernel {
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

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public boolean compute(NormfreeOp op, List<INDArray> inputs, List<INDArray> outputs) {
    boolean known =
        op instanceof Linear
            || op instanceof LinearGradient
            || op instanceof Attention
            || op instanceof AttentionGradient;
    if (!known || !Floats.suit(inputs, outputs)) {
      return false;
    }
    if (op instanceof Linear) {
      OneDnnLinear.forward(inputs, outputs.get(0));
    } else if (op instanceof LinearGradient) {
      OneDnnLinearGradient.backward(inputs, outputs);
    } else if (op instanceof Attention attention) {
      OneDnnAttention.forward(inputs, outputs.get(0), attention.heads());
    } else if (op instanceof AttentionGradient gradient) {
      OneDnnAttention.backward(inputs, outputs, gradient.heads());
    }
    return true;
  }
}
