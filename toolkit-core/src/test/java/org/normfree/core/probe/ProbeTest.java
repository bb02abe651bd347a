package org.normfree.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.ViTConfig;
import org.normfree.core.model.image.VisionTransformer;
import org.normfree.core.nn.Network;
import org.normfree.core.record.LayerNormMap;

class ProbeTest {
  private static Network network(String method) {
    ViTConfig config = new ViTConfig(4, 4, 1, 3, 2, 8, 2, 2, 2, ViTConfig.Pooling.MEAN, 0);
    return VisionTransformer.build(
        config, Methods.create(method, MethodOptions.DEFAULTS), DataType.DOUBLE, 3);
  }

  private static Function<List<String>, Map<String, INDArray>> forward(Network network) {
    double[] pixels = new SplittableRandom(2).doubles(5 * 16, -1, 1).toArray();
    INDArray input = Nd4j.createFromArray(pixels).reshape(5, 4, 4, 1);
    return names -> network.graph().output(Map.of(Network.INPUT, input), names);
  }

  @Test
  void readsAlphaAndTheDeviationOfTheWholeInput() {
    Network network = network("dyt");
    network.array("block1.ffn.norm.alpha").assign(0.75);
    List<AlphaProbe.Reading> readings = new AlphaProbe(network).read(forward(network));
    assertThat(readings)
        .extracting(AlphaProbe.Reading::layer)
        .containsExactly(
            "block0.attention.norm",
            "block0.ffn.norm",
            "block1.attention.norm",
            "block1.ffn.norm",
            "norm");
    assertThat(readings.get(3).alpha()).isEqualTo(0.75);
    assertThat(readings.get(0).alpha()).isEqualTo(0.5);
    String input = network.norms().get(0).input();
    double[] x =
        forward(network).apply(List.of(input)).get(input).dup('c').reshape(-1).toDoubleVector();
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    assertThat(readings.get(0).inverseStd()).isCloseTo(1 / Math.sqrt(variance), within(1e-9));
  }

  @Test
  void aNetworkWithoutAlphaHasNoneToRead() {
    assertThat(new AlphaProbe(network("pre-ln")).layers()).isZero();
    assertThat(new AlphaProbe(network("dyt-no-alpha")).layers()).isZero();
  }

  @Test
  void layerNormsAreMappedTokenByToken() {
    Network network = network("pre-ln");
    LayerNormMap map = LayerNormProbe.read(network, forward(network), 3, 80);
    assertThat(map.layers())
        .extracting(LayerNormMap.Layer::name)
        .containsExactly("block0.attention.norm", "block1.attention.norm", "norm");
    LayerNormMap.Layer layer = map.layers().get(0);
    assertThat(layer.x()).hasSize(80);
    String output = network.norms().get(0).output();
    // gain 1 and bias 0 at the start: the op's own output is the one before the affine part
    INDArray expected = forward(network).apply(List.of(output)).get(output).reshape(20, 8);
    for (int i = 0; i < layer.x().length; i++) {
      assertThat((double) layer.y()[i])
          .isCloseTo(expected.getDouble(layer.token()[i], layer.channel()[i]), within(1e-6));
    }
    assertThat(Arrays.stream(layer.token()).distinct().count()).isEqualTo(10);
    assertThat(layer.maxAbsInput()).isPositive();
    double[] x = toDoubles(layer.x());
    double[] y = toDoubles(layer.y());
    // the points are those of half of the tokens; the fits are of all
    assertThat(LineFit.of(x, y).slope())
        .isCloseTo(layer.lineSlope(), within(0.2 * layer.lineSlope()));
    assertThat(layer.deltaR2()).isCloseTo(layer.tanhR2() - layer.lineR2(), within(1e-12));
    assertThat(layer.tailDeltaR2()).isNotNaN().isGreaterThan(-0.1);
    assertThat(layer.tanh(layer.tanhCenter())).isCloseTo(layer.tanhOffset(), within(1e-12));
  }

  private static double[] toDoubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  @Test
  void chosenLayersAreSpreadFromTheFirstToTheLast() {
    assertThat(LayerNormProbe.spread(9, 4)).containsExactly(0, 3, 5, 8);
    assertThat(LayerNormProbe.spread(2, 4)).containsExactly(0, 1);
    assertThat(LayerNormProbe.spread(5, 1)).containsExactly(4);
  }
}
