package org.normfree.experiments.study;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.Precision;
import org.normfree.core.nn.Network;
import org.normfree.core.op.Kernels;
import org.normfree.core.train.Trainer;

/**
 * How much a network's output changes by its first step, {@code RMS(F(θ*) − F(θ))/η} over all
 * logits. SGD steps by {@code −η·g}; Adam's first step is {@code −η·sign(g)} whatever its decay
 * rates, but for its ε. The rate η is chosen so that the output changes by about a thousandth: so
 * little that the change is linear in η, so much that rounding is a thousandth of it.
 */
final class FirstUpdate {
  private static final double FIRST_RATE = 1e-4;
  private static final double WANTED_CHANGE = 1e-3;

  private FirstUpdate() {}

  /**
   * @param network a network at its start; its parameters are the same afterwards
   * @param inputs a value for each of its placeholders
   * @param matricesOnly whether gains, biases and other vectors stay as they are
   * @return the size by optimizer, {@code sgd} and {@code adam}
   */
  static Map<String, Double> sizes(
      Network network, Map<String, INDArray> inputs, boolean matricesOnly) {
    Set<String> moving =
        network.states().stream().map(Network.State::name).collect(Collectors.toSet());
    CompilerSettings settings =
        new CompilerSettings(1, Precision.FLOAT32, Kernels.standard(), moving, false);
    Map<String, Double> sizes = new LinkedHashMap<>();
    try (GraphExecutor executor = new CompiledExecutor(network.graph(), settings)) {
      GraphExecutor.Pass pass = executor.gradients(inputs, List.of(Network.LOGITS));
      INDArray before = pass.outputs().get(Network.LOGITS).dup();
      Map<String, INDArray> gradients = new LinkedHashMap<>();
      network.parameters().stream()
          .filter(parameter -> !matricesOnly || parameter.rank() > 1)
          .map(Network.Parameter::name)
          .filter(pass.gradients()::containsKey)
          .forEach(name -> gradients.put(name, pass.gradients().get(name).dup()));
      Map<String, INDArray> start = new LinkedHashMap<>();
      Trainer.parameters(network).forEach((name, array) -> start.put(name, array.dup()));
      Steps steps = new Steps(executor, network, inputs, before, start, gradients);
      sizes.put("sgd", steps.size(g -> g));
      sizes.put("adam", steps.size(g -> Transforms.sign(g, true)));
    }
    return sizes;
  }

  /** Single steps from one start. */
  private record Steps(
      GraphExecutor executor,
      Network network,
      Map<String, INDArray> inputs,
      INDArray before,
      Map<String, INDArray> start,
      Map<String, INDArray> gradients) {
    double size(UnaryOperator<INDArray> direction) {
      double roughly = size(direction, FIRST_RATE);
      return roughly > 0 && Double.isFinite(roughly)
          ? size(direction, WANTED_CHANGE / roughly)
          : roughly;
    }

    private double size(UnaryOperator<INDArray> direction, double rate) {
      gradients.forEach((name, g) -> network.array(name).subi(direction.apply(g).mul(rate)));
      INDArray after = executor.output(inputs, List.of(Network.LOGITS)).get(Network.LOGITS);
      double norm = after.sub(before).norm2Number().doubleValue();
      start.forEach((name, array) -> network.array(name).assign(array));
      return norm / Math.sqrt((double) before.length()) / rate;
    }
  }
}
