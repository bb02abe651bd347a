package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.assertClose;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MaxPoolTest {
  private static final WindowAxis OF_RESNET = WindowAxis.of(3).stride(2).padding(1);

  @ParameterizedTest
  @CsvSource({
    "1, 5, 7, 2, 2, 2, 1, 0, 0",
    "1, 7, 6, 2, 3, 2, 1, 1, 1",
    "3, 5, 4, 1, 2, 1, 2, 0, 1",
    "1, 6, 6, 3, 3, 3, 1, 2, 0",
    "2, 3, 5, 1, 1, 2, 1, 0, 0"
  })
  void holdsTheContract(
      long batch,
      long height,
      long width,
      long channels,
      long size,
      long stride,
      long dilation,
      long before,
      long after)
      throws IOException {
    WindowAxis axis = new WindowAxis(size, stride, dilation, before, after);
    long rows = axis.outputs(height);
    long columns = axis.outputs(width);
    // all numbers differ by more than a finite difference
    INDArray x = random(1, 1, batch, height, width, channels);
    new OpContract(
            inputs("x", x),
            (sd, v) -> Ops.of(sd).maxPool2d(null, v.get("x"), axis, axis),
            (sd, v) -> {
              long[][] padding = {{0, 0}, {before, after}, {before, after}, {0, 0}};
              SDVariable padded =
                  sd.nn()
                      .pad(
                          v.get("x"),
                          sd.constant(Nd4j.createFromArray(padding)),
                          PadMode.CONSTANT,
                          -1e9);
              SDVariable y = null;
              for (long i = 0; i < size; i++) {
                for (long j = 0; j < size; j++) {
                  long[] begin = {0, i * dilation, j * dilation, 0};
                  long[] end = {
                    batch,
                    begin[1] + (rows - 1) * stride + 1,
                    begin[2] + (columns - 1) * stride + 1,
                    channels
                  };
                  SDVariable seen = sd.stridedSlice(padded, begin, end, 1, stride, stride, 1);
                  y = y == null ? seen : sd.math().max(y, seen);
                }
              }
              return y;
            },
            v -> new MaxPool(v.get(0), axis, axis),
            "normfree_max_pool_gradient")
        .holds();
  }

  private static INDArray gradient(INDArray x, INDArray upstream, WindowAxis axis) {
    SameDiff sd = SameDiff.create();
    SDVariable y = Ops.of(sd).maxPool2d("y", sd.var("x", x), axis, axis);
    y.mul(sd.constant("upstream", upstream)).sum("loss");
    sd.setLossVariables("loss");
    return sd.calculateGradients(Map.of(), "x").get("x");
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void theFirstOfEqualNumbersGetsTheGradient(DataType type) {
    INDArray x = Nd4j.zeros(type, 1, 4, 4, 3);
    INDArray upstream = Nd4j.ones(type, 1, 2, 2, 3);
    INDArray dx = gradient(x, upstream, WindowAxis.of(2).stride(2));
    for (int row = 0; row < 4; row++) {
      for (int column = 0; column < 4; column++) {
        boolean first = row % 2 == 0 && column % 2 == 0;
        assertThat(dx.getDouble(0, row, column, 1)).isEqualTo(first ? 1 : 0);
      }
    }
    // windows at 0 and 2 less one, so that the first three see padding first
    INDArray padded = gradient(x, upstream, OF_RESNET);
    assertThat(padded.getDouble(0, 0, 0, 2)).isEqualTo(1);
    assertThat(padded.getDouble(0, 0, 1, 2)).isEqualTo(1);
    assertThat(padded.getDouble(0, 1, 1, 2)).isEqualTo(1);
    assertThat(padded.sumNumber().doubleValue()).isEqualTo(12);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void outsideIsMinusInfinityNotZero(DataType type) {
    INDArray x = random(1, 1, 2, 5, 7, 3).sub(2).castTo(type);
    INDArray y = Nd4j.exec(new MaxPool(x, OF_RESNET, OF_RESNET))[0];
    assertThat(y.shape()).containsExactly(2, 3, 4, 3);
    assertThat(y.maxNumber().doubleValue()).isLessThan(-1);
    INDArray least = Nd4j.valueArrayOf(new long[] {1, 3, 3, 1}, Double.NEGATIVE_INFINITY, type);
    INDArray same = Nd4j.exec(new MaxPool(least, OF_RESNET, OF_RESNET))[0];
    assertThat(same.maxNumber().doubleValue()).isEqualTo(Double.NEGATIVE_INFINITY);
    // even then somebody in the image gets the gradient
    INDArray dx = gradient(least, Nd4j.ones(type, 1, 2, 2, 1), OF_RESNET);
    assertThat(dx.sumNumber().doubleValue()).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void notANumberComesThrough(DataType type) {
    INDArray x = random(1, 1, 1, 4, 6, 2).castTo(type);
    x.putScalar(new long[] {0, 1, 3, 1}, Double.NaN);
    x.putScalar(new long[] {0, 0, 0, 0}, Double.POSITIVE_INFINITY);
    WindowAxis two = WindowAxis.of(2).stride(2);
    INDArray y = Nd4j.exec(new MaxPool(x, two, two))[0];
    for (int row = 0; row < 2; row++) {
      for (int column = 0; column < 3; column++) {
        boolean spoilt = row == 0 && column == 1;
        assertThat(Double.isNaN(y.getDouble(0, row, column, 1))).isEqualTo(spoilt);
        assertThat(Double.isNaN(y.getDouble(0, row, column, 0))).isFalse();
      }
    }
    assertThat(y.getDouble(0, 0, 0, 0)).isEqualTo(Double.POSITIVE_INFINITY);
    INDArray dx = gradient(x, Nd4j.ones(type, 1, 2, 3, 2), two);
    assertThat(dx.getDouble(0, 1, 3, 1)).isEqualTo(1);
  }

  /** Random windows over numbers of which many are equal: FLOAT by a kernel, DOUBLE without. */
  @Test
  void everyKindOfWindowAgreesInFloat() {
    SplittableRandom random = new SplittableRandom(20261125);
    for (int i = 0; i < 100; i++) {
      WindowAxis[] axes = new WindowAxis[2];
      long[] shape = {1 + random.nextInt(4), 0, 0, 1 + random.nextInt(37)};
      for (int axis = 0; axis < 2; axis++) {
        long size = 1L + random.nextInt(4);
        long dilation = 1L + random.nextInt(2);
        long padding = random.nextLong(size);
        axes[axis] =
            new WindowAxis(size, 1 + random.nextInt(3), dilation, padding, random.nextLong(size));
        shape[axis + 1] = axes[axis].reach() + random.nextInt(12);
      }
      INDArray x = Nd4j.math().floor(random(i, 3, shape)).castTo(DataType.FLOAT);
      INDArray y = Nd4j.exec(new MaxPool(x, axes[0], axes[1]))[0];
      INDArray wide = x.castTo(DataType.DOUBLE);
      assertClose("forward", y, Nd4j.exec(new MaxPool(wide, axes[0], axes[1]))[0], 0);
      INDArray upstream = random(7, 1, y.shape());
      assertClose(
          axes[0] + ", " + axes[1],
          both(x, upstream.castTo(DataType.FLOAT), axes),
          both(wide, upstream, axes),
          1e-6);
    }
  }

  private static INDArray both(INDArray x, INDArray upstream, WindowAxis[] axes) {
    SameDiff sd = SameDiff.create();
    SDVariable y = Ops.of(sd).maxPool2d("y", sd.var("x", x), axes[0], axes[1]);
    y.mul(sd.constant("upstream", upstream)).sum("loss");
    sd.setLossVariables("loss");
    return sd.calculateGradients(Map.of(), "x").get("x");
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 5, 3, 2);
    SDVariable flat = sd.placeHolder("flat", DataType.FLOAT, -1, 5, 2);
    WindowAxis two = WindowAxis.of(2);
    assertThatThrownBy(() -> Ops.of(sd).maxPool2d("y", flat, two, two))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x has shape [-1, 5, 2], expected [batch, height, width, channels]");
    assertThatThrownBy(() -> Ops.of(sd).maxPool2d("y", x, two, WindowAxis.of(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the width of x is 3");
    assertThatThrownBy(() -> Ops.of(sd).maxPool2d("y", x, two.padding(2), two))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("window 0 along the height of 5 sees padding alone");
  }
}
