package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.Precision;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.method.Method;
import org.normfree.core.model.FeedForwardStack;
import org.normfree.core.model.FeedForwardStackConfig;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.Optimizer;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.Sgd;
import org.normfree.core.train.Trainer;

/**
 * What a network's first steps do, all of them on one batch and from the same start.
 *
 * <p>{@link #changes}: how much a single step changes the output, {@code RMS(F(θ*) − F(θ))/η} over
 * all logits, and the loss, {@code |L(θ*) − L(θ)|/η}. SGD steps by {@code −η·g}; Adam's first step
 * is {@code −η·sign(g)} whatever its decay rates, but for its ε; LAMB's is as long as the parameter
 * array itself, {@code −η·‖θ‖·sign(g)/‖sign(g)‖}. The rate η is chosen so that the output changes
 * by about a thousandth: so little that the change is linear in η, so much that rounding is a
 * thousandth of it. Where nothing moves at any rate both are 0; where all that moves is lost, they
 * are no numbers.
 *
 * <p>{@link #path}: how far the output is from its start after each of several steps of a real
 * optimizer at a given rate, {@code RMS(F(θᵢ) − F(θ₀))}.
 */
final class FirstSteps implements AutoCloseable {
  /** The feed-forward stack as an architecture. */
  static final String STACK = "ffn-stack";

  private static final String SGD = "sgd";
  private static final String ADAM = "adam";
  private static final String LAMB = "lamb";

  /** The optimizers of {@link #changes}. */
  static final List<String> OPTIMIZERS = List.of(SGD, ADAM, LAMB);

  private static final List<String> OUTPUTS = List.of(Network.LOGITS, Network.LOSS);
  private static final double FIRST_RATE = 1e-4;
  private static final double WANTED_CHANGE = 1e-3;

  /** How far from the wanted change a step may stay, as the logarithm of a factor. */
  private static final double NEAR = Math.log(4);

  /** How much another rate is tried where nothing moved, or all was lost. */
  private static final double FARTHER = 1000;

  private static final int TRIES = 12;
  private static final int WIDTH = 64;
  private static final int HIDDEN = 128;
  private static final int CLASSES = 10;
  private static final int SAMPLES = 32;

  private final Network network;
  private final Map<String, INDArray> inputs;
  private final GraphExecutor executor;
  private final Map<String, INDArray> moving = new LinkedHashMap<>();
  private final Map<String, INDArray> start = new LinkedHashMap<>();
  private final Map<String, String> advancing = new LinkedHashMap<>();
  private final INDArray logits;
  private final double loss;

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
   * @param network a network at its start; its parameters are the same after every measurement
   * @param inputs a value for each of its placeholders
   * @param matricesOnly whether gains, biases and other vectors stay as they are
   */
  FirstSteps(Network network, Map<String, INDArray> inputs, boolean matricesOnly) {
    this.network = network;
    this.inputs = inputs;
    CompilerSettings settings =
        new CompilerSettings(1, Precision.FLOAT32, Kernels.standard(), network.moving(), false);
    executor = new CompiledExecutor(network.graph(), settings);
    network.parameters().stream()
        .map(Network.Parameter::name)
        .filter(name -> !matricesOnly || isMatrix(network.array(name)))
        .forEach(name -> moving.put(name, network.array(name)));
    Trainer.parameters(network).forEach((name, array) -> start.put(name, array.dup()));
    network.states().forEach(state -> start.put(state.name(), network.array(state.name()).dup()));
    network.states().forEach(s -> s.next().ifPresent(next -> advancing.put(s.name(), next)));
    Map<String, INDArray> before = executor.output(inputs, OUTPUTS);
    logits = before.get(Network.LOGITS).dup();
    loss = before.get(Network.LOSS).getDouble(0);
  }

  /**
   * A stack of feed-forward branches (64 wide, 128 hidden, ReLU) on 32 random inputs of ten
   * classes.
   *
   * @param branches how many, even
   * @param method what keeps it trainable
   * @param seed of parameters and inputs
   * @param matricesOnly whether gains, biases and other vectors stay as they are
   * @return its first steps
   */
  static FirstSteps ofStack(int branches, Method method, long seed, boolean matricesOnly) {
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
    return new FirstSteps(
        network, Map.of(Network.INPUT, input, Network.LABELS, labels), matricesOnly);
  }

  /**
   * @param what the output's change or the loss's
   * @return the change of a single step by optimizer
   */
  Map<String, Double> changes(ToDoubleFunction<Change> what) {
    Map<String, INDArray> gradients = new LinkedHashMap<>();
    gradients().forEach((name, gradient) -> gradients.put(name, gradient.dup()));
    Map<String, Double> changes = new LinkedHashMap<>();
    changes.put(SGD, what.applyAsDouble(change(gradients, (p, g) -> g)));
    changes.put(ADAM, what.applyAsDouble(change(gradients, (p, g) -> Transforms.sign(g, true))));
    changes.put(LAMB, what.applyAsDouble(change(gradients, FirstSteps::asLongAsTheParameter)));
    return changes;
  }

  /**
   * @param optimizer {@code sgd} (without momentum) or {@code adam} (with the usual decay rates,
   *     without weight decay)
   * @param rate its learning rate
   * @param count how many steps
   * @return distance of the output from its start after each step; it ends early where the output
   *     is no finite number any more
   */
  List<Double> path(String optimizer, double rate, int count) {
    List<ParameterGroup> groups = ParameterGroup.byRank(moving, 0, false);
    Optimizer steps =
        optimizer.equals(SGD) ? new Sgd(moving, groups, 0) : new AdamW(moving, groups);
    List<Double> path = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      step(steps, rate);
      double distance = distance(executor.output(inputs, OUTPUTS));
      if (!Double.isFinite(distance)) {
        break;
      }
      path.add(distance);
    }
    restart();
    return path;
  }

  private static INDArray asLongAsTheParameter(INDArray parameter, INDArray gradient) {
    INDArray sign = Transforms.sign(gradient, true);
    double length = sign.norm2Number().doubleValue();
    return length == 0 ? sign : sign.mul(parameter.norm2Number().doubleValue() / length);
  }

  private static boolean isMatrix(INDArray array) {
    return Arrays.stream(array.shape()).filter(size -> size > 1).count() > 1;
  }

  /** Values of variables of the network. */
  Map<String, INDArray> outputs(List<String> names) {
    return executor.output(inputs, names);
  }

  /** Gradients of what moves. */
  Map<String, INDArray> gradients() {
    return gradients(OUTPUTS).gradients();
  }

  private GraphExecutor.Pass gradients(List<String> outputs) {
    GraphExecutor.Pass pass = executor.gradients(inputs, outputs);
    Map<String, INDArray> gradients = new LinkedHashMap<>();
    moving.keySet().stream()
        .filter(pass.gradients()::containsKey)
        .forEach(name -> gradients.put(name, pass.gradients().get(name)));
    return new GraphExecutor.Pass(pass.outputs(), gradients);
  }

  /** A step as the training loop makes it: the states move too. */
  private void step(Optimizer optimizer, double rate) {
    GraphExecutor.Pass pass = gradients(List.copyOf(advancing.values()));
    optimizer.step(rate, pass.gradients());
    advancing.forEach((state, next) -> network.array(state).assign(pass.outputs().get(next)));
  }

  private Change change(Map<String, INDArray> gradients, Direction direction) {
    double rate = FIRST_RATE;
    Change best = new Change(0, 0); // until something moves
    double least = Double.POSITIVE_INFINITY;
    for (int tried = 0; tried < TRIES && least > NEAR; tried++) {
      Change found = change(gradients, direction, rate);
      double wanted = WANTED_CHANGE / found.output;
      boolean measured = wanted > 0 && Double.isFinite(wanted);
      double off = Math.abs(Math.log(wanted / rate));
      if (tried > 0 && measured && off < least) { // the first is only to find the rate
        best = found;
        least = off;
      } else if (!Double.isFinite(found.output) && least == Double.POSITIVE_INFINITY) {
        best = found;
      }
      rate = measured ? wanted : found.output == 0 ? rate * FARTHER : rate / FARTHER;
    }
    return best;
  }

  private Change change(Map<String, INDArray> gradients, Direction direction, double rate) {
    gradients.forEach(
        (name, gradient) ->
            moving.get(name).subi(direction.of(start.get(name), gradient).mul(rate)));
    Map<String, INDArray> after = executor.output(inputs, OUTPUTS);
    double change = Math.abs(after.get(Network.LOSS).getDouble(0) - loss);
    Change found = new Change(distance(after) / rate, change / rate);
    restart();
    return found;
  }

  private double distance(Map<String, INDArray> outputs) {
    double norm = outputs.get(Network.LOGITS).sub(logits).norm2Number().doubleValue();
    return norm / Math.sqrt((double) logits.length());
  }

  private void restart() {
    start.forEach((name, array) -> network.array(name).assign(array));
  }

  @Override
  public void close() {
    executor.close();
  }
}
