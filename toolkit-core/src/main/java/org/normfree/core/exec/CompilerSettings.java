package org.normfree.core.exec;

import java.util.Set;
import org.normfree.core.InputException;

/**
 * How a graph is compiled.
 *
 * @param threads threads that share every step, at least 1
 * @param precision of the operands of products
 * @param moving names of constants that change in place between calls, so that nothing computed
 *     from them is kept
 * @param profiled whether each step is timed, which costs a little
 */
public record CompilerSettings(
    int threads, Precision precision, Set<String> moving, boolean profiled) {
  /** Checks the settings. */
  public CompilerSettings {
    if (threads < 1) {
      throw new InputException(
          "threads is %d; expected at least 1, at most the number of cores is of use"
              .formatted(threads));
    }
    moving = Set.copyOf(moving);
  }
}
