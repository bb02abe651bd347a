package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.normfree.core.op.OpContract.assertClose;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class BatchNormTest {
  private static final double EPSILON = 1e-5;

  /** y, mean and variance of x [batch, positions, C] from SameDiff's own ops. */
  private static SDVariable[] composed(
      SameDiff sd, SDVariable x, SDVariable gain, SDVariable bias) {
    long[] shape = x.getShape();
    long channels = shape[2];
    SDVariable rows = x.reshape(1, shape[0] * shape[1], channels);
    SDVariable mean = rows.mean(true, 1);
    SDVariable deviation = rows.sub(mean);
    SDVariable variance = deviation.mul(deviation).mean(true, 1);
    SDVariable y =
        deviation.mul(sd.math.reciprocal(sd.math.sqrt(variance.add(EPSILON)))).reshape(shape);
    y = gain == null ? y : y.mul(gain);
    y = bias == null ? y : y.add(bias);
    return new SDVariable[] {y, mean.reshape(channels), variance.reshape(channels)};
  }

  @ParameterizedTest
  @CsvSource({
    "1, 5, 1, true, true",
    "5, 1, 7, true, true",
    "3, 13, 5, false, false",
    "2, 3, 31, true, false",
    "7, 1, 3, false, true"
  })
  void holdsTheContract(long batch, long positions, long channels, boolean gained, boolean biased)
      throws IOException {
    Map<String, INDArray> inputs = inputs("x", random(1, 3, batch, positions, channels));
    if (gained) {
      inputs.put("gain", random(2, 1, channels).addi(1.5));
    }
    if (biased) {
      inputs.put("bias", random(3, 1, channels));
    }
    new OpContract(
            inputs,
            (sd, in) ->
                Ops.of(sd).batchNorm(null, in.get("x"), in.get("gain"), in.get("bias"), EPSILON)[0],
            (sd, in) -> composed(sd, in.get("x"), in.get("gain"), in.get("bias"))[0],
            in ->
                new BatchNorm(
                    in.get(0),
                    gained ? in.get(1) : null,
                    biased ? in.get(in.size() - 1) : null,
                    EPSILON),
            "normfree_batch_norm_gradient")
        .holds();
  }

  /** A loss of all three outputs. */
  private static SameDiff withStatistics(boolean twin, DataType type) {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.var("x", random(1, 3, 3, 5, 7).castTo(type));
    SDVariable gain = sd.var("gain", random(2, 1, 7).castTo(type));
    SDVariable bias = sd.var("bias", random(3, 1, 7).castTo(type));
    SDVariable[] outputs =
        twin ? composed(sd, x, gain, bias) : Ops.of(sd).batchNorm("norm", x, gain, bias, EPSILON);
    SDVariable ofY = outputs[0].mul(sd.constant(random(4, 1, 3, 5, 7).castTo(type))).sum();
    SDVariable ofMean = outputs[1].mul(sd.constant(random(5, 9, 7).castTo(type))).sum();
    SDVariable ofVariance = outputs[2].mul(sd.constant(random(6, 9, 7).castTo(type))).sum();
    ofY.add(ofMean).add("loss", ofVariance);
    sd.setLossVariables("loss");
    return sd;
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void aLossMayUseTheStatistics(DataType type) {
    String[] names = {"x", "gain", "bias"};
    Map<String, INDArray> expected =
        withStatistics(true, DataType.DOUBLE).calculateGradients(Map.of(), names);
    SameDiff sd = withStatistics(false, type);
    assertThat(sd.hasVariable("norm_mean") && sd.hasVariable("norm_variance")).isTrue();
    Map<String, INDArray> actual = sd.calculateGradients(Map.of(), names);
    for (String name : names) {
      double tolerance = type == DataType.DOUBLE ? 1e-12 : 1e-5;
      assertClose(name, actual.get(name), expected.get(name), tolerance);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, true, true", "5, 7, true, true", "13, 3, false, false", "2, 31, false, true"})
  void withGivenStatisticsTheContractHoldsToo(
      long rows, long channels, boolean gained, boolean biased) throws IOException {
    Map<String, INDArray> inputs =
        inputs(
            "x", random(1, 3, rows, 2, channels),
            "mean", random(2, 2, channels),
            "variance", random(3, 1, channels).addi(1.5));
    if (gained) {
      inputs.put("gain", random(4, 1, channels).addi(1.5));
    }
    if (biased) {
      inputs.put("bias", random(5, 1, channels));
    }
    new OpContract(
            inputs,
            (sd, in) ->
                Ops.of(sd)
                    .batchNormWith(
                        null,
                        in.get("x"),
                        in.get("mean"),
                        in.get("variance"),
                        in.get("gain"),
                        in.get("bias"),
                        EPSILON),
            (sd, in) -> {
              SDVariable scale = sd.math.reciprocal(sd.math.sqrt(in.get("variance").add(EPSILON)));
              SDVariable y = in.get("x").sub(in.get("mean")).mul(scale);
              y = gained ? y.mul(in.get("gain")) : y;
              return biased ? y.add(in.get("bias")) : y;
            },
            in ->
                new BatchNormWith(
                    in.get(0),
                    in.get(1),
                    in.get(2),
                    gained ? in.get(3) : null,
                    biased ? in.get(in.size() - 1) : null,
                    EPSILON),
            "normfree_batch_norm_with_gradient")
        .holds();
  }

  /** Deviations of ±1 around a mean; the first row is far away. */
  private static INDArray around(float mean, float size, int rows, int channels) {
    float[] values = new float[rows * channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = mean + (i / channels % 2 == 0 ? size : -size);
    }
    return Nd4j.createFromArray(values).reshape(rows, channels);
  }

  @ParameterizedTest
  @CsvSource({"1e4, 1", "-3e6, 2", "1e-15, 1e-16", "0, 1e20", "1e25, 1e24"})
  void aLargeMeanOrSizeCostsNothing(float mean, float size) {
    int rows = 1202;
    int channels = 3;
    INDArray x = around(mean, size, rows, channels);
    INDArray[] outputs = Nd4j.exec(new BatchNorm(x, null, null, 1e-5));
    double variance = (double) size * size;
    for (int c = 0; c < channels; c++) {
      assertThat(outputs[1].getDouble(c)).isCloseTo(mean, within(Math.abs(mean) * 2e-7 + 1e-30));
      if (variance < Float.MAX_VALUE) {
        assertThat(outputs[2].getDouble(c)).isCloseTo(variance, within(2e-6 * variance));
      }
      double expected = size / Math.sqrt(variance + 1e-5);
      assertThat(outputs[0].getDouble(0, c)).isCloseTo(expected, within(2e-6 * expected));
      assertThat(outputs[0].getDouble(1, c)).isCloseTo(-expected, within(2e-6 * expected));
    }
  }

  @Test
  void aFirstRowFarAwayCostsNothing() {
    INDArray x = random(8, 1, 4999, 2).castTo(DataType.FLOAT);
    x.getRow(0).assign(1e4);
    INDArray[] single = Nd4j.exec(new BatchNorm(x, null, null, 1e-5));
    INDArray[] wide = Nd4j.exec(new BatchNorm(x.castTo(DataType.DOUBLE), null, null, 1e-5));
    for (int i = 0; i < 3; i++) {
      assertClose("output " + i, single[i], wide[i], 1e-5);
    }
  }

  @Test
  void oneValueAChannelIsRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable single = sd.placeHolder("single", DataType.FLOAT, 1, 1, 4);
    assertThatThrownBy(() -> Ops.of(sd).batchNorm("y", single, null, null, EPSILON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x has shape [1, 1, 4], one value a channel, expected more than one");
    // a batch of unknown size is refused when it is known
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 4);
    Ops.of(sd).batchNorm("z", x, null, null, EPSILON);
    Map<String, INDArray> one = Map.of("x", Nd4j.ones(DataType.FLOAT, 1, 4));
    assertThatThrownBy(() -> sd.outputSingle(one, "z")).hasMessageContaining("one value a channel");
    assertThat(sd.outputSingle(Map.of("x", Nd4j.ones(DataType.FLOAT, 2, 4)), "z").shape())
        .isEqualTo(new long[] {2, 4});
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3, 4);
    SDVariable four = sd.var("four", Nd4j.ones(DataType.DOUBLE, 4));
    SDVariable three = sd.var("three", Nd4j.ones(DataType.DOUBLE, 3));
    Ops ops = Ops.of(sd);
    int before = sd.ops().length;
    assertThatThrownBy(() -> ops.batchNorm("y", x, null, three, EPSILON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bias has shape [3], expected [4]");
    assertThatThrownBy(() -> ops.batchNorm("y", x, four, four, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epsilon is 0.0");
    assertThatThrownBy(() -> ops.batchNormWith("y", x, four, three, null, null, EPSILON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("variance has shape [3], expected [4]");
    assertThat(Arrays.asList(sd.ops())).hasSize(before);
  }
}
