package org.normfree.core.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.Precision;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;

/**
 * A part of a model between an input x and {@code Σ upstream·y}, run by compiled plans in both
 * modes, images NCHW in the file and NHWC here.
 */
final class GoldenBlock implements AutoCloseable {
  private static final int[] TO_LAST = {0, 2, 3, 1};
  private static final int[] TO_FIRST = {0, 3, 1, 2};
  private static final String X = "x";
  private static final String Y = "y";

  private final Network network;
  private final GraphExecutor training;
  private final Optional<GraphExecutor> evaluation;

  /**
   * @param golden the case, or a step of it, for type and shapes
   * @param block computes y of x in the root scope
   */
  GoldenBlock(GoldenCase golden, BiFunction<Scope, SDVariable, SDVariable> block) {
    INDArray input = last(golden.tensor(X));
    network =
        Scope.build(
            golden.type(),
            1,
            root -> {
              SDVariable x = root.graph().var(X, input.dup('c'));
              SDVariable y = root.graph().identity(Y, block.apply(root, x));
              SDVariable upstream = root.graph().placeHolder("upstream", golden.type());
              y.mul(upstream).sum("objective");
              root.objective(Objective.of("objective"));
            });
    training = executor(network);
    evaluation = network.twin().map(GoldenBlock::executor);
  }

  private static GraphExecutor executor(Network network) {
    return new CompiledExecutor(
        network.graph(),
        new CompilerSettings(2, Precision.FLOAT32, Kernels.standard(), network.moving(), false));
  }

  Network network() {
    return network;
  }

  /** Runs in training, compares y and dx, moves the states on, and gives the gradients. */
  Map<String, INDArray> train(GoldenCase step) {
    List<String> next = new ArrayList<>();
    network.states().forEach(state -> next.add(state.next().orElseThrow()));
    GraphExecutor.Pass pass = pass(step, network, training, next);
    for (Network.State state : network.states()) {
      network.array(state.name()).assign(pass.outputs().get(state.next().orElseThrow()));
    }
    return pass.gradients();
  }

  /** Runs in evaluation, compares y and dx, and gives the gradients. */
  Map<String, INDArray> evaluate(GoldenCase step) {
    return pass(step, network.evaluation(), evaluation.orElse(training), List.of()).gradients();
  }

  private static GraphExecutor.Pass pass(
      GoldenCase step, Network network, GraphExecutor executor, List<String> more) {
    INDArray x = last(step.tensor(X));
    network.array(X).assign(x);
    List<String> outputs = new ArrayList<>(more);
    outputs.add(Y);
    GraphExecutor.Pass pass =
        executor.gradients(Map.of("upstream", last(step.tensor("upstream"))), outputs);
    step.compare("y", first(pass.outputs().get(Y)));
    INDArray dx = first(pass.gradients().get(X));
    // batch norm over two values gives nearly 0 whatever comes in
    boolean fewest = x.length() / x.size(x.rank() - 1) <= 2;
    if (fewest) {
      step.compare("dx", dx, step.type() == DataType.DOUBLE ? 1e-11 : 1e-4, 1);
    } else {
      step.compare("dx", dx);
    }
    Map<String, INDArray> gradients = new LinkedHashMap<>(pass.gradients());
    gradients.remove(X);
    return new GraphExecutor.Pass(pass.outputs(), gradients);
  }

  private static INDArray last(INDArray array) {
    return array.rank() == 4 ? array.permute(TO_LAST).dup('c') : array;
  }

  private static INDArray first(INDArray array) {
    return array.rank() == 4 ? array.permute(TO_FIRST).dup('c') : array;
  }

  @Override
  public void close() {
    training.close();
    evaluation.ifPresent(GraphExecutor::close);
  }
}
