package org.normfree.benchmarks;

import java.util.Optional;
import org.nd4j.autodiff.samediff.SameDiff;
import org.normfree.core.InputException;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.StockExecutor;

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
      case "stock" -> new StockExecutor(graph);
      // until there is a compiled executor
      case "compiled" -> new StockExecutor(graph);
      default ->
          throw new InputException(
              "this build has no executor '%s', expected compiled or stock".formatted(name));
    };
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
    return Optional.empty();
  }
}
