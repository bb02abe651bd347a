package org.normfree.core.exec;

import java.util.List;
import java.util.Set;
import org.normfree.core.InputException;
import org.normfree.core.UnavailableException;
import org.normfree.core.kernel.Kernel;
import org.normfree.core.kernel.Kernels;

/**
 * How a graph is compiled.
 *
 * @param threads threads that share every step, at least 1
 * @param precision of the operands of products
 * @param kernels what is asked to prepare each op, first choice first; ND4J computes the rest
 * @param moving names of constants that change in place between calls, so that nothing computed
 *     from them is kept
 * @param profiled whether each step is timed, which costs a little
 */
public record CompilerSettings(
    int threads, Precision precision, List<Kernel> kernels, Set<String> moving, boolean profiled) {
  /**
   * Single precision, the kernels that there are, nothing moving, not profiled.
   *
   * @param threads threads that share every step, at least 1
   */
  public static CompilerSettings of(int threads) {
    return new CompilerSettings(threads, Precision.FLOAT32, Kernels.standard(), Set.of(), false);
  }

  /** Checks the settings. */
  public CompilerSettings {
    if (threads < 1) {
      throw new InputException(
          "threads is %s; expected at least 1, at most the number of cores is of use"
              .formatted(threads));
    }
    kernels = List.copyOf(kernels);
    if (precision == Precision.BF16) {
      requireBfloat16(kernels);
    }
    moving = Set.copyOf(moving);
  }

  private static void requireBfloat16(List<Kernel> kernels) {
    Kernel.missingForBfloat16(kernels)
        .ifPresent(
            missing -> {
              throw unavailable(missing);
            });
  }

  /**
   * What is said where bfloat16 cannot be had.
   *
   * @param missing what is missing, in a few words
   */
  public static UnavailableException unavailable(String missing) {
    return new UnavailableException(
        "precision=bf16 cannot run here: %s; use precision=float32".formatted(missing));
  }
}
