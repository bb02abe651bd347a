package org.normfree.core.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.RandomInput;
import org.normfree.core.train.ManyTasks;

class MultiTaskMlpTest {
  private static INDArray random(long seed, long... shape) {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    return Nd4j.createFromArray(new SplittableRandom(seed).doubles(length, -1, 1).toArray())
        .reshape(shape);
  }

  private static Map<String, INDArray> inputs(Network network) {
    Map<String, INDArray> in = new HashMap<>();
    ManyTasks.batch(9, 3)
        .feeds()
        .forEach(
            (name, feed) -> {
              if (network.graph().hasVariable(name) && feed instanceof Batch.Reals reals) {
                in.put(
                    name,
                    Nd4j.createFromArray(reals.elements())
                        .reshape(reals.shape())
                        .castTo(DataType.DOUBLE));
              }
            });
    for (RandomInput noise : network.randoms()) {
      in.put(noise.name(), random(5, 9, noise.shape().get(1).value()).addi(1));
    }
    return in;
  }

  @ParameterizedTest
  @ValueSource(strings = {"identity-no-alpha", "dyt", "pre-ln"})
  void eachLossHasTheGradientOfFiniteDifferences(String method) {
    MultiTaskMlp model = new MultiTaskMlp(ManyTasks.IMAGES, List.of(7, 6), 0.4, true, 3, 2);
    Network network =
        model.build(Methods.create(method, MethodOptions.DEFAULTS), DataType.DOUBLE, 2);
    Map<String, INDArray> in = inputs(network);
    List<String> losses = network.objective().tasks();
    assertThat(losses).isEqualTo(ManyTasks.LOSSES);
    try (StockExecutor executor = new StockExecutor(network.graph())) {
      GraphExecutor.Passes passes = executor.gradientsOfEach(in, losses, losses);
      for (int i = 0; i < 3; i++) {
        Map<String, INDArray> gradients = new HashMap<>();
        passes.gradients().get(i).forEach((name, gradient) -> gradients.put(name, gradient.dup()));
        double analytic = 0;
        Map<String, INDArray> directions = new HashMap<>();
        for (Network.Parameter parameter : network.parameters()) {
          INDArray direction =
              random(parameter.name().hashCode(), network.array(parameter.name()).shape());
          directions.put(parameter.name(), direction);
          if (gradients.containsKey(parameter.name())) {
            analytic += gradients.get(parameter.name()).mul(direction).sumNumber().doubleValue();
          }
        }
        double h = 1e-6;
        directions.forEach((name, d) -> network.array(name).addi(d.mul(h)));
        double up = network.graph().outputSingle(in, losses.get(i)).getDouble(0);
        directions.forEach((name, d) -> network.array(name).subi(d.mul(2 * h)));
        double down = network.graph().outputSingle(in, losses.get(i)).getDouble(0);
        directions.forEach((name, d) -> network.array(name).addi(d.mul(h)));
        assertThat(Math.abs(analytic)).isGreaterThan(1e-4);
        assertThat(analytic).isCloseTo((up - down) / (2 * h), within(1e-6));
      }
    }
  }

  @Test
  void tasksShareTheirHiddenLayersOrNothing() {
    for (boolean shared : new boolean[] {true, false}) {
      Network network = ManyTasks.build(ManyTasks.model(0, shared), DataType.DOUBLE);
      try (StockExecutor executor = new StockExecutor(network.graph())) {
        List<Map<String, INDArray>> gradients =
            executor
                .gradientsOfEach(inputs(network), List.of(), network.objective().tasks())
                .gradients();
        Set<String> common = new HashSet<>(gradients.get(0).keySet());
        common.retainAll(gradients.get(1).keySet());
        assertThat(common).hasSize(shared ? 4 : 0);
        assertThat(gradients).allSatisfy(own -> assertThat(own).hasSize(6));
      }
      assertThat(network.parameters()).hasSize(shared ? 10 : 18);
    }
  }

  @Test
  void scaleAndShiftAreOfTheReconstructionAlone() {
    MultiTaskMlp plain = ManyTasks.model(0, true);
    Network network = ManyTasks.build(plain, DataType.DOUBLE);
    Network other = ManyTasks.build(plain.withReconstruction(50, 7), DataType.DOUBLE);
    Map<String, INDArray> in = inputs(network);
    String[] names = {
      MultiTaskMlp.CLASS, MultiTaskMlp.PARITY, MultiTaskMlp.RECONSTRUCTION, Network.LOSS
    };
    Map<String, INDArray> one = network.graph().output(in, names);
    Map<String, INDArray> two = other.graph().output(in, names);
    double sum = 0;
    for (String name : ManyTasks.LOSSES) {
      double expected = one.get(name).getDouble(0);
      sum += expected;
      boolean scaled = name.equals(MultiTaskMlp.RECONSTRUCTION);
      assertThat(two.get(name).getDouble(0))
          .isCloseTo(scaled ? 50 * expected + 7 : expected, within(1e-12));
    }
    assertThat(one.get(Network.LOSS).getDouble(0)).isCloseTo(sum, within(1e-12));
  }

  @Test
  void whatIsOutOfRangeIsRefused() {
    assertThatThrownBy(() -> new MultiTaskMlp(ManyTasks.IMAGES, List.of(), 0, true, 1, 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("dims=");
    assertThatThrownBy(() -> new MultiTaskMlp(ManyTasks.IMAGES, List.of(3), 1, true, 1, 0))
        .hasMessageContaining("dropout=1.0");
    assertThatThrownBy(() -> ManyTasks.model(0, true).withReconstruction(0, 0))
        .hasMessageContaining("above 0");
  }
}
