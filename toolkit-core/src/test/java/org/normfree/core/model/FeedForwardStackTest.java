package org.normfree.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.nn.Network;

/** Branches without attention, on rows instead of sequences. */
class FeedForwardStackTest {
  private static final int BATCH = 5;
  private static final FeedForwardStackConfig CONFIG = new FeedForwardStackConfig(6, 7, 4, 3);

  static List<String> serving() {
    return Methods.names().stream().filter(name -> !name.equals("span-norm")).toList();
  }

  private static Network build(String method) {
    return FeedForwardStack.build(
        CONFIG, Methods.create(method, MethodOptions.DEFAULTS), DataType.DOUBLE, 3);
  }

  private static INDArray random(SplittableRandom random, double range, long... shape) {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    return Nd4j.createFromArray(random.doubles(length, -range, range).toArray()).reshape(shape);
  }

  private static double loss(Network network, Map<String, INDArray> in) {
    return network.graph().outputSingle(in, Network.LOSS).getDouble(0);
  }

  /** One direction over all parameters at once. */
  @ParameterizedTest
  @MethodSource("serving")
  void theGradientAgreesWithFiniteDifferences(String name) {
    Network network = build(name);
    network.states().stream()
        .filter(state -> state.name().equals("training_steps"))
        .forEach(state -> network.array(state.name()).assign(900));
    SplittableRandom random = new SplittableRandom(8);
    Map<String, INDArray> in = new HashMap<>();
    in.put(Network.INPUT, random(random, 1, BATCH, CONFIG.width()));
    in.put(
        Network.LABELS, Nd4j.eye(CONFIG.classes()).castTo(DataType.DOUBLE).getRows(0, 2, 1, 1, 0));
    List<String> names = network.parameters().stream().map(Network.Parameter::name).toList();
    if (!name.equals("sigma-reparam")) { // whose u is right for the weights as they were drawn
      names.forEach(n -> network.array(n).addi(random(random, 0.2, network.array(n).shape())));
    }
    Map<String, INDArray> directions = new HashMap<>();
    names.forEach(n -> directions.put(n, random(random, 1, network.array(n).shape())));
    Map<String, INDArray> gradients =
        network.graph().calculateGradients(in, names.toArray(String[]::new));
    double analytic =
        names.stream()
            .mapToDouble(n -> gradients.get(n).mul(directions.get(n)).sumNumber().doubleValue())
            .sum();
    double h = 1e-6;
    names.forEach(n -> network.array(n).addi(directions.get(n).mul(h)));
    double up = loss(network, in);
    names.forEach(n -> network.array(n).subi(directions.get(n).mul(2 * h)));
    double down = loss(network, in);
    assertThat(Math.abs(analytic)).isGreaterThan(1e-4);
    assertThat(Math.abs(analytic - (up - down) / (2 * h)))
        .isLessThan(1e-6 * (1 + Math.abs(analytic)));
  }

  @Test
  void aSpanNeedsAttention() {
    assertThatThrownBy(() -> build("span-norm"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("method span-norm", "block0.ffn0", "attention branch");
  }
}
