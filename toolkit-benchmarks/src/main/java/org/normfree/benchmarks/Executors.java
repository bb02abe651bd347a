package org.normfree.benchmarks;

import java.util.Optional;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.normfree.core.InputException;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.Precision;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.kernel.Kernels;

/** Executors by the names that the benches give them; the one place where they are made. */
final class Executors {
  private Executors() {}

  /**
   * @param name {@code compiled}, {@code compiled-bf16} or {@code stock}
   * @param graph what it runs
   * @param threads how many threads it may use
   * @throws InputException if this build has no such executor
   */
  static GraphExecutor create(String name, SameDiff graph, int threads) {
    return switch (name) {
      case "stock", "samediff" -> new StockExecutor(graph);
      case "compiled" -> compiled(graph, threads, Precision.FLOAT32);
      case "compiled-bf16" -> compiled(graph, threads, Precision.BF16);
      default ->
          throw new InputException(
              "there is no executor '%s', expected compiled, compiled-bf16 or stock"
                  .formatted(name));
    };
  }

  private static GraphExecutor compiled(SameDiff graph, int threads, Precision precision) {
    return new CompiledExecutor(
        graph, new CompilerSettings(threads, precision, Kernels.standard(), Set.of(), false));
  }

  /**
   * Memory of a plan.
   *
   * @param planned bytes of its arena
   * @param separate bytes that a buffer of its own for every tensor would take
   */
  record Bytes(long planned, long separate) {}

  /** The memory of an executor's plan; empty for one that does not plan. */
  static Optional<Bytes> bytes(GraphExecutor executor) {
    return executor instanceof CompiledExecutor compiled
        ? Optional.of(new Bytes(compiled.memory().arena(), compiled.memory().separate()))
        : Optional.empty();
  }
}
