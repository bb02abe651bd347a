package org.normfree.core.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.InputException;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.nn.Distribution;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.RandomInput;

class VisionTransformerTest {
  private static final int BATCH = 3;

  private static ViTConfig config(int depth, ViTConfig.Pooling pooling, double dropPath) {
    return new ViTConfig(4, 6, 2, 3, 2, 8, depth, 2, 1.5, pooling, dropPath);
  }

  static List<String> methods() {
    return Methods.names();
  }

  private static Map<String, INDArray> placeholders(Network network, DataType type) {
    SplittableRandom random = new SplittableRandom(5);
    Map<String, INDArray> values = new HashMap<>();
    double[] pixels = random.doubles(BATCH * 4L * 6 * 2, -1, 1).toArray();
    values.put(Network.INPUT, Nd4j.createFromArray(pixels).reshape(BATCH, 4, 6, 2).castTo(type));
    double[][] labels = {{0.9, 0.05, 0.05}, {0.2, 0.3, 0.5}, {0, 1, 0}};
    values.put(Network.LABELS, Nd4j.createFromArray(labels).castTo(type));
    for (RandomInput noise : network.randoms()) {
      double kept =
          noise.distribution() instanceof Distribution.Bernoulli b ? 1 / (1 - b.rate()) : 1;
      double[] mask = {0, kept, kept};
      values.put(noise.name(), Nd4j.createFromArray(mask).reshape(BATCH, 1, 1).castTo(type));
    }
    return values;
  }

  /** Moves every parameter off its initial value, so that no gradient is zero by construction. */
  private static void perturb(Network network) {
    SplittableRandom random = new SplittableRandom(6);
    for (Network.Parameter parameter : network.parameters()) {
      INDArray array = network.array(parameter.name());
      double[] noise = random.doubles(array.length(), -0.2, 0.2).toArray();
      array.addi(Nd4j.createFromArray(noise).reshape(array.shape()).castTo(array.dataType()));
    }
  }

  /**
   * Lets every state settle. σReparam's u is then the singular vector itself, where the gradient
   * that takes u as a constant is the true one.
   */
  private static void settleStates(
      Network network, GraphExecutor executor, Map<String, INDArray> in) {
    List<String> next = network.states().stream().map(s -> s.next().orElseThrow()).toList();
    boolean moving = !next.isEmpty();
    for (int i = 0; i < 1000 && moving; i++) {
      Map<String, INDArray> values = executor.output(in, next);
      moving = false;
      for (Network.State state : network.states()) {
        INDArray now = values.get(state.next().orElseThrow());
        INDArray before = network.array(state.name());
        moving |= now.sub(before).amaxNumber().doubleValue() > 1e-14;
        before.assign(now);
      }
    }
  }

  private static double loss(GraphExecutor executor, Map<String, INDArray> placeholders) {
    return executor.output(placeholders, List.of(Network.LOSS)).get(Network.LOSS).getDouble(0);
  }

  private static double loss(SameDiff sd, Map<String, INDArray> placeholders) {
    return sd.outputSingle(placeholders, Network.LOSS).getDouble(0);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodsGradientAgreesWithFiniteDifferences(String name) {
    Method method = Methods.create(name, MethodOptions.DEFAULTS);
    ViTConfig.Pooling pooling =
        name.length() % 2 == 0 ? ViTConfig.Pooling.MEAN : ViTConfig.Pooling.CLS;
    Network network = VisionTransformer.build(config(2, pooling, 0.3), method, DataType.DOUBLE, 11);
    perturb(network);
    SameDiff sd = network.graph();
    Map<String, INDArray> in = placeholders(network, DataType.DOUBLE);
    try (GraphExecutor executor = new CompiledExecutor(sd, CompilerSettings.of(1))) {
      settleStates(network, executor, in);
      String[] names =
          network.parameters().stream().map(Network.Parameter::name).toArray(String[]::new);
      Map<String, INDArray> gradients = sd.calculateGradients(in, names);
      SplittableRandom random = new SplittableRandom(7);
      for (String parameter : names) {
        INDArray array = network.array(parameter);
        // a directional derivative checks every element of the parameter at once
        INDArray direction =
            Nd4j.createFromArray(random.doubles(array.length(), -1, 1).toArray())
                .reshape(array.shape());
        double h = 1e-6;
        array.addi(direction.mul(h));
        double up = loss(executor, in);
        array.subi(direction.mul(2 * h));
        double down = loss(executor, in);
        array.addi(direction.mul(h));
        double analytic = gradients.get(parameter).mul(direction).sumNumber().doubleValue();
        assertThat(Math.abs(analytic - (up - down) / (2 * h)))
            .as(name + " gradient of " + parameter)
            .isLessThan(1e-6 * (0.01 + Math.abs(analytic)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void theInitialNetworkIsFiniteAndReproducible(String name) {
    Method method = Methods.create(name, MethodOptions.DEFAULTS);
    ViTConfig config = config(3, ViTConfig.Pooling.MEAN, 0);
    Network first = VisionTransformer.build(config, method, DataType.FLOAT, 1);
    Network again = VisionTransformer.build(config, method, DataType.FLOAT, 1);
    Network other = VisionTransformer.build(config, method, DataType.FLOAT, 2);
    Map<String, INDArray> in = placeholders(first, DataType.FLOAT);
    double loss = loss(first.graph(), in);
    assertThat(loss).isFinite();
    assertThat(loss(again.graph(), in)).isEqualTo(loss);
    for (Network.Parameter parameter : first.parameters()) {
      assertThat(again.array(parameter.name())).isEqualTo(first.array(parameter.name()));
    }
    assertThat(other.array("patch.weight")).isNotEqualTo(first.array("patch.weight"));
  }

  @Test
  void theBatchSizeIsFree() {
    Network network =
        VisionTransformer.build(
            config(1, ViTConfig.Pooling.CLS, 0),
            Methods.create("dyt", MethodOptions.DEFAULTS),
            DataType.FLOAT,
            1);
    Map<String, INDArray> in = placeholders(network, DataType.FLOAT);
    INDArray all = network.graph().outputSingle(in, Network.LOGITS).dup();
    INDArray one = in.get(Network.INPUT).get(NDArrayIndex.interval(1, 2));
    INDArray single =
        network.graph().outputSingle(Map.of(Network.INPUT, one.dup()), Network.LOGITS);
    assertThat(single.shape()).containsExactly(1, 3);
    assertThat(single.sub(all.getRow(1)).amaxNumber().doubleValue()).isLessThan(1e-5);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 8, 1, 3, width=8 is not divisible by heads=3",
    "3, 8, 1, 2, patch=3 does not divide the image of 4×6",
    "2, 8, -1, 2, depth=-1",
    "0, 8, 1, 2, patch=0",
    "2, 8, 1, 0, heads=0"
  })
  void whatDoesNotFitIsRefused(int patch, int dim, int depth, int heads, String message) {
    assertThatThrownBy(
            () -> new ViTConfig(4, 6, 1, 3, patch, dim, depth, heads, 4, ViTConfig.Pooling.MEAN, 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }
}
