package org.normfree.core.op;

import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A faster way to the numbers of some ops. The executioner asks the kernels it finds by service
 * lookup before it falls back to an op's reference arithmetic.
 */
public interface Kernel {
  /** What the kernel is called in the property {@code normfree.kernels} and in the log. */
  String name();

  /**
   * Looks whether the kernel can run on this machine; called before the first {@link #compute}.
   *
   * @return what is missing and what to do about it, in a few words; empty if nothing is
   */
  default Optional<String> missing() {
    return Optional.empty();
  }

  /**
   * Computes an op's outputs if this kernel can.
   *
   * @param op the op, with its attributes
   * @param inputs the op's inputs; not to be changed
   * @param outputs arrays of the right shapes to write to
   * @return whether the outputs were computed; if not, nothing was written
   */
  boolean compute(NormfreeOp op, List<INDArray> inputs, List<INDArray> outputs);
}
