package org.normfree.core.train;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.Precision;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.nn.Network;

/** Makes executors for two threads, and closes them after each test. */
public final class CompiledExecutors implements AfterEachCallback {
  private final List<GraphExecutor> open = new ArrayList<>();

  /** Runs the network's graph, and knows what moves in it. */
  public GraphExecutor of(Network network) {
    CompilerSettings settings =
        new CompilerSettings(2, Precision.FLOAT32, Kernels.standard(), network.moving(), false);
    GraphExecutor executor = new CompiledExecutor(network.graph(), settings);
    open.add(executor);
    return executor;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    open.forEach(GraphExecutor::close);
    open.clear();
  }
}
