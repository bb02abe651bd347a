package org.normfree.core.kernel;

import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.op.NormfreeOp;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * A faster way to the numbers of some ops, found by service lookup. A compiled plan lets it prepare
 * each op once, for arrays at fixed places; where SameDiff's own session runs an op, it computes it
 * at once.
 */
public interface Kernel {
  /** What the kernel is called in the property {@code normfree.kernels} and in the log. */
  String name();

  /**
   * Looks whether the kernel can run on this machine; called before anything else.
   *
   * @return what is missing and what to do about it, in a few words; empty if nothing is
   */
  default Optional<String> missing() {
    return Optional.empty();
  }

  /**
   * Looks whether products may have bfloat16 operands on this machine.
   *
   * @return what is missing, in a few words; empty if nothing is
   */
  default Optional<String> missingForBfloat16() {
    return Optional.of("the kernel " + name() + " has no bfloat16 products");
  }

  /**
   * Looks whether products may have bfloat16 operands with the first of some kernels that has them.
   *
   * @param kernels the kernels
   * @return what each lacks, in a few words; empty if one lacks nothing
   */
  static Optional<String> missingForBfloat16(List<Kernel> kernels) {
    List<String> missing =
        kernels.stream().map(Kernel::missingForBfloat16).flatMap(Optional::stream).toList();
    if (missing.size() < kernels.size()) {
      return Optional.empty();
    }
    return Optional.of(
        missing.isEmpty() ? "ND4J has no bfloat16 products" : String.join(", ", missing));
  }

  /**
   * This kernel with another choice about the Vector API, for kernels that have one.
   *
   * @param choice {@code auto}, {@code on} or {@code off}
   * @return the kernel to use
   * @throws org.normfree.core.InputException if the choice cannot be met
   */
  default Kernel withVectors(String choice) {
    return this;
  }

  /**
   * Prepares an op for arrays at fixed places, if this kernel can.
   *
   * @param op the op with its attributes, the project's own or one of ND4J's
   * @param inputs the op's inputs; not to be changed
   * @param outputs where the outputs go; an output may lie over an input where the op says so
   *     ({@link org.normfree.core.op.Traits#overwrites})
   * @param threads size of the team that will run the task
   * @return what computes the outputs; empty if the kernel does not know the op, a type or a shape
   */
  default Optional<Task> prepare(
      DifferentialFunction op, List<Tensor> inputs, List<Tensor> outputs, int threads) {
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
