package org.normfree.experiments.study;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.Precision;
import org.normfree.core.method.Method;
import org.normfree.core.model.FeedForwardStack;
import org.normfree.core.model.FeedForwardStackConfig;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;
import org.normfree.core.op.Kernels;
import org.normfree.core.train.Trainer;

/**
 * What a network's first step does: how much its output changes, {@code RMS(F(θ*) − F(θ))/η} over
 * all logits, and how much its loss, {@code |L(θ*) − L(θ)|/η}. SGD steps by {@code −η·g}; Adam's
 * first step is {@code −η·sign(g)} whatever its decay rates, but for its ε; LAMB's is as long as
 * the parameter array itself, {@code −η·‖θ‖·sign(g)/‖sign(g)‖}. The rate η is chosen so that the
 * output changes by about a thousandth: so little that the change is linear in η, so much that
 * rounding is a thousandth of it.
 */
final class FirstUpdate {
  /** The optimizers. */
  static final List<String> OPTIMIZERS = List.of("sgd", "adam", "lamb");

  private static final List<String> OUTPUTS = List.of(Network.LOGITS, Network.LOSS);
  private static final double FIRST_RATE = 1e-4;
  private static final double WANTED_CHANGE = 1e-3;
  private static final int WIDTH = 64;
  private static final int HIDDEN = 128;
  private static final int CLASSES = 10;
  private static final int SAMPLES = 32;

  private FirstUpdate() {}

  /**
   * What a step changes, over its learning rate.
   *
   * @param output RMS over the logits
   * @param loss of the batch
   */
  record Change(double output, double loss) {}

  /** A step's direction for one parameter. */
  @FunctionalInterface
  private interface Direction {
    INDArray of(INDArray parameter, INDArray gradient);
  }

  /**
   * The first step of a stack of feed-forward branches (64 wide, 128 hidden, ReLU) on 32 random
   * inputs of ten classes.
   *
   * @param branches how many, even
   * @param method what keeps it trainable
   * @param seed of parameters and inputs
   * @param matricesOnly whether gains, biases and other vectors stay as they are
   * @return the change by optimizer
   */
  static Map<String, Change> ofStack(int branches, Method method, long seed, boolean matricesOnly) {
    FeedForwardStackConfig shape = new FeedForwardStackConfig(WIDTH, HIDDEN, branches, CLASSES);
    Network network = FeedForwardStack.build(shape, method, DataType.FLOAT, seed);
    Rng random = Rng.of(seed, "samples", 0);
    double[] x = new double[SAMPLES * WIDTH];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.gaussian();
    }
    INDArray labels = Nd4j.zeros(DataType.FLOAT, SAMPLES, CLASSES);
    for (int i = 0; i < SAMPLES; i++) {
      labels.putScalar(i, (int) (random.uniform() * CLASSES), 1);
    }
    INDArray input = Nd4j.createFromArray(x).castTo(DataType.FLOAT).reshape(SAMPLES, WIDTH);
    return of(network, Map.of(Network.INPUT, input, Network.LABELS, labels), matricesOnly);
  }

  /**
   * @param network a network at its start; its parameters are the same afterwards
   * @param inputs a value for each of its placeholders
   * @param matricesOnly whether gains, biases and other vectors stay as they are
   * @return the change by optimizer
   */
  static Map<String, Change> of(
      Network network, Map<String, INDArray> inputs, boolean matricesOnly) {
    Set<String> moving =
        network.states().stream().map(Network.State::name).collect(Collectors.toSet());
    CompilerSettings settings =
        new CompilerSettings(1, Precision.FLOAT32, Kernels.standard(), moving, false);
    Map<String, Change> changes = new LinkedHashMap<>();
    try (GraphExecutor executor = new CompiledExecutor(network.graph(), settings)) {
      GraphExecutor.Pass pass = executor.gradients(inputs, OUTPUTS);
      INDArray before = pass.outputs().get(Network.LOGITS).dup();
      double loss = pass.outputs().get(Network.LOSS).getDouble(0);
      Map<String, INDArray> gradients = new LinkedHashMap<>();
      network.parameters().stream()
          .filter(parameter -> !matricesOnly || parameter.rank() > 1)
          .map(Network.Parameter::name)
          .filter(pass.gradients()::containsKey)
          .forEach(name -> gradients.put(name, pass.gradients().get(name).dup()));
      Map<String, INDArray> start = new LinkedHashMap<>();
      Trainer.parameters(network).forEach((name, array) -> start.put(name, array.dup()));
      Steps steps = new Steps(executor, network, inputs, before, loss, start, gradients);
      changes.put("sgd", steps.change((parameter, gradient) -> gradient));
      changes.put("adam", steps.change((parameter, gradient) -> Transforms.sign(gradient, true)));
      changes.put("lamb", steps.change(FirstUpdate::asLongAsTheParameter));
    }
    return changes;
  }

  private static INDArray asLongAsTheParameter(INDArray parameter, INDArray gradient) {
    INDArray sign = Transforms.sign(gradient, true);
    double length = sign.norm2Number().doubleValue();
    return length == 0 ? sign : sign.mul(parameter.norm2Number().doubleValue() / length);
  }

  /** Single steps from one start. */
  private record Steps(
      GraphExecutor executor,
      Network network,
      Map<String, INDArray> inputs,
      INDArray before,
      double loss,
      Map<String, INDArray> start,
      Map<String, INDArray> gradients) {
    Change change(Direction direction) {
      Change roughly = change(direction, FIRST_RATE);
      return roughly.output > 0 && Double.isFinite(roughly.output)
          ? change(direction, WANTED_CHANGE / roughly.output)
          : roughly;
    }

    private Change change(Direction direction, double rate) {
      gradients.forEach(
          (name, gradient) ->
              network.array(name).subi(direction.of(start.get(name), gradient).mul(rate)));
      Map<String, INDArray> after = executor.output(inputs, OUTPUTS);
      double norm = after.get(Network.LOGITS).sub(before).norm2Number().doubleValue();
      double change = Math.abs(after.get(Network.LOSS).getDouble(0) - loss);
      start.forEach((name, array) -> network.array(name).assign(array));
      return new Change(norm / Math.sqrt((double) before.length()) / rate, change / rate);
    }
  }
}
