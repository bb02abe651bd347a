package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.model.image.ViTConfig;
import org.normfree.core.model.image.VisionTransformer;
import org.normfree.core.nn.Network;

/** A ViT as a method starts it: 64 channels, 128 in the feed-forward network, ten classes. */
record InitialNetwork(Network network) {
  static final int DEPTH = 3;
  static final int DIM = 64;

  static final String QUERY = "block1.attention.query";
  static final String KEY = "block1.attention.key";
  static final String VALUE = "block1.attention.value";
  static final String OUT = "block1.attention.out";
  static final String FC1 = "block1.ffn.fc1";
  static final String FC2 = "block1.ffn.fc2";
  static final String PATCH = "patch";
  static final String HEAD = "head";

  static InitialNetwork of(Method method) {
    return of(method, DEPTH);
  }

  static InitialNetwork of(Method method, int depth) {
    ViTConfig config = new ViTConfig(8, 8, 3, 10, 4, DIM, depth, 2, 2, ViTConfig.Pooling.MEAN, 0);
    return new InitialNetwork(VisionTransformer.build(config, method, DataType.DOUBLE, 1));
  }

  double[] values(String name) {
    return network.array(name).dup().reshape(-1).toDoubleVector();
  }

  List<String> parameters() {
    return network.parameters().stream().map(Network.Parameter::name).toList();
  }

  /** Parameters whose name ends so. */
  List<String> parameters(String suffix) {
    return parameters().stream().filter(name -> name.endsWith(suffix)).toList();
  }

  /** Xavier's deviation of a map's weight. */
  double xavier(String map) {
    long[] shape = network.array(map + ".weight").shape();
    return Math.sqrt(2.0 / (shape[0] + shape[1]));
  }

  /** The weight's deviation is as given, its values uniform. */
  void assertUniform(String map, double deviation) {
    double largest = assertDeviation(map, deviation);
    assertThat(largest).as(map).isLessThanOrEqualTo(deviation * Math.sqrt(3) * (1 + 1e-12));
  }

  /** The weight's deviation is as given, its values normal: some are beyond two deviations. */
  void assertNormal(String map, double deviation) {
    double largest = assertDeviation(map, deviation);
    assertThat(largest).as(map).isGreaterThan(2.5 * deviation);
  }

  private double assertDeviation(String map, double deviation) {
    double[] weights = values(map + ".weight");
    double square = Arrays.stream(weights).map(w -> w * w).average().orElseThrow();
    // the sampling error of a deviation from n numbers is 1/√(2n)
    double percent = 100 * 4 / Math.sqrt(2.0 * weights.length);
    assertThat(Math.sqrt(square)).as(map).isCloseTo(deviation, withinPercentage(percent));
    return Arrays.stream(weights).map(Math::abs).max().orElseThrow();
  }

  void assertZero(String name) {
    assertThat(values(name)).as(name).containsOnly(0);
  }

  /** Every linear map has a bias vector, at zero. */
  void assertZeroBiases() {
    List<String> biases = parameters().stream().filter(InitialNetwork::isMapBias).toList();
    assertThat(biases).hasSize(6 * DEPTH + 2);
    biases.forEach(this::assertZero);
  }

  private static boolean isMapBias(String name) {
    return name.endsWith(".bias") && !name.contains("norm");
  }

  /** Xavier uniform for every map, biases zero: the default. */
  void assertDefaultWeights() {
    for (String map : List.of(QUERY, KEY, VALUE, OUT, FC1, FC2, PATCH, HEAD)) {
      assertUniform(map, xavier(map));
    }
    assertZeroBiases();
  }

  /** Logits of two random images, after the head's weight is given random values. */
  double[] logits() {
    SplittableRandom random = new SplittableRandom(4);
    INDArray head = network.array("head.weight");
    head.assign(
        Nd4j.createFromArray(random.doubles(head.length(), -1, 1).toArray()).reshape(head.shape()));
    INDArray images =
        Nd4j.createFromArray(random.doubles(2 * 8 * 8 * 3, -1, 1).toArray()).reshape(2, 8, 8, 3);
    return network
        .graph()
        .outputSingle(Map.of(Network.INPUT, images), Network.LOGITS)
        .dup()
        .reshape(-1)
        .toDoubleVector();
  }
}
