package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.model.image.ViTConfig;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Truncation;

/** A deviation of weights that was chosen goes before what a method would draw from. */
class ChosenStartTest {
  private static final int DEPTH = 3;

  private static Network network(String method, double std) {
    ViTConfig config =
        new ViTConfig(
            8,
            8,
            1,
            10,
            4,
            64,
            DEPTH,
            2,
            2,
            ViTConfig.Pooling.MEAN,
            0,
            Optional.of(Start.chosen(Truncation.NONE.of(std))));
    return config.build(Methods.create(method, MethodOptions.DEFAULTS), DataType.DOUBLE, 1);
  }

  static List<String> methods() {
    return Methods.names();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodOnlyScalesIt(String method) {
    Network once = network(method, 0.1);
    Network twice = network(method, 0.2);
    int looked = 0;
    for (Network.Parameter parameter : once.parameters()) {
      String name = parameter.name();
      INDArray weight = once.array(name);
      if (name.matches("block\\d+\\.(attention\\.(query|key|value|out)|ffn\\.fc[12])\\.weight")) {
        looked++;
        assertThat(twice.array(name).distance2(weight.mul(2))).as(name).isLessThan(1e-9);
      } else {
        boolean follows = name.endsWith("gamma") && method.equals("sigma-reparam");
        if (!follows) {
          assertThat(twice.array(name)).as(name).isEqualTo(weight);
        }
      }
    }
    assertThat(looked).isEqualTo(6 * DEPTH);
  }

  @Test
  void deepNormScalesByRole() {
    Network network = network("deepnorm", 0.1);
    double beta = DeepNormCoefficients.encoderOnly(DEPTH).beta();
    assertThat(deviation(network, "attention.query")).isCloseTo(0.1, within(0.003));
    assertThat(deviation(network, "attention.key")).isCloseTo(0.1, within(0.003));
    for (String map : List.of("attention.value", "attention.out", "ffn.fc1", "ffn.fc2")) {
      assertThat(deviation(network, map)).as(map).isCloseTo(0.1 * beta, within(0.003));
    }
    assertThat(beta).isLessThan(0.9);
  }

  @Test
  void theEmbeddingAndTheHeadStayAsTheyAre() {
    Network chosen = network("pre-ln", 0.1);
    Network usual =
        new ViTConfig(8, 8, 1, 10, 4, 64, DEPTH, 2, 2, ViTConfig.Pooling.MEAN, 0)
            .build(Methods.create("pre-ln", MethodOptions.DEFAULTS), DataType.DOUBLE, 1);
    for (String name : List.of("patch.weight", "head.weight")) {
      assertThat(chosen.array(name)).isEqualTo(usual.array(name));
    }
    assertThat(chosen.array("block0.ffn.fc1.weight"))
        .isNotEqualTo(usual.array("block0.ffn.fc1.weight"));
  }

  private static double deviation(Network network, String map) {
    INDArray weight = network.array("block1." + map + ".weight");
    return weight.norm2Number().doubleValue() / Math.sqrt((double) weight.length());
  }
}
