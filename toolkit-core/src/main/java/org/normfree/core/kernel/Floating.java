package org.normfree.core.kernel;

import java.util.List;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.task.Tensor;

/** The element type that kernels of this package know. */
final class Floating {
  private Floating() {}

  /** Whether all arrays hold FLOAT, and something. */
  static boolean all(List<Tensor> inputs, List<Tensor> outputs) {
    return Stream.concat(inputs.stream(), outputs.stream())
        .allMatch(tensor -> tensor.type() == DataType.FLOAT && tensor.length() > 0);
  }
}
