package org.normfree.core.train;

import java.util.function.Function;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Network;

/**
 * A network and what runs its graphs.
 *
 * @param network the network
 * @param training runs its graph
 * @param evaluation runs the graph of its twin; the same as {@code training} where it has none
 */
public record Runner(Network network, GraphExecutor training, GraphExecutor evaluation)
    implements AutoCloseable {
  /**
   * @param network the network
   * @param executors makes what runs the graph of a network
   * @return one executor, or two where the network has a twin
   */
  public static Runner of(Network network, Function<Network, GraphExecutor> executors) {
    GraphExecutor training = executors.apply(network);
    return new Runner(network, training, network.twin().map(executors).orElse(training));
  }

  /** What runs the graph of a mode. */
  GraphExecutor executor(Mode mode) {
    return mode == Mode.TRAINING ? training : evaluation;
  }

  /** The network whose graph that is. */
  Network network(Mode mode) {
    return mode == Mode.TRAINING ? network : network.evaluation();
  }

  /** Closes the executors. */
  @Override
  public void close() {
    training.close();
    evaluation.close();
  }
}
