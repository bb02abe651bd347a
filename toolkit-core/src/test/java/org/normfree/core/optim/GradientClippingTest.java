package org.normfree.core.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GradientClippingTest {
  private final GradientClipping clipping = new GradientClipping();

  @Test
  void scalesAllGradientsByTheirCommonNorm() {
    INDArray a = Nd4j.createFromArray(3f, 0f);
    INDArray b = Nd4j.createFromArray(new float[][] {{0, 4}});
    assertThat(clipping.clip(Map.of("a", a, "b", b), 2)).isEqualTo(5, within(1e-12));
    assertThat(a.toFloatVector()).containsExactly(new float[] {1.2f, 0}, within(1e-6f));
    assertThat(b.toFloatVector()).containsExactly(new float[] {0, 1.6f}, within(1e-6f));
  }

  @Test
  void leavesSmallGradientsAlone() {
    INDArray a = Nd4j.createFromArray(3.0, 4.0);
    assertThat(clipping.clip(Map.of("a", a), 6)).isEqualTo(5);
    assertThat(a.toDoubleVector()).containsExactly(3, 4);
  }

  @Test
  void orEachByItsOwnNorm() {
    INDArray large = Nd4j.createFromArray(-3.0, 4.0);
    INDArray small = Nd4j.createFromArray(new float[][] {{0.5f}, {1}});
    INDArray many = Nd4j.ones(DataType.DOUBLE, 5000);
    Map<String, INDArray> gradients = new LinkedHashMap<>();
    gradients.put("large", large);
    gradients.put("small", small);
    gradients.put("many", many);
    double norm = new GradientClipping(GradientClipping.Over.EACH).clip(gradients, 2);
    assertThat(norm).isEqualTo(Math.sqrt(25 + 1.25 + 5000), within(1e-12));
    double scale = 2 / (5 + 1e-6);
    assertThat(large.toDoubleVector())
        .containsExactly(new double[] {-3 * scale, 4 * scale}, within(1e-15));
    assertThat(small.toFloatMatrix()).isDeepEqualTo(new float[][] {{0.5f}, {1}});
    assertThat(many.getDouble(4999)).isEqualTo(2 / (Math.sqrt(5000) + 1e-6), within(1e-15));
  }

  @Test
  void scalesDoubles() {
    INDArray a = Nd4j.createFromArray(3.0, 4.0);
    clipping.clip(Map.of("a", a), 1);
    assertThat(a.toDoubleVector()).containsExactly(new double[] {0.6, 0.8}, within(1e-6));
  }

  @Test
  void sumsInDoublePrecision() {
    INDArray many = Nd4j.ones(DataType.FLOAT, 3_000_000).muli(1e-3);
    assertThat(clipping.norm(Map.of("a", many)))
        .isCloseTo(Math.sqrt(3_000_000) * 1e-3f, within(1e-9));
    assertThat(clipping.norm(Map.of("a", Nd4j.createFromArray(1e30f)))).isEqualTo(1e30f);
  }

  @Test
  void oneBadElementMakesTheNormNotFinite() {
    assertThat(clipping.norm(Map.of("a", Nd4j.createFromArray(1f, Float.NaN)))).isNaN();
  }
}
