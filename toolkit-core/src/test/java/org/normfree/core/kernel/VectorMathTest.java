package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;

class VectorMathTest {
  private interface Loop {
    void run(float[] u, float[] t, int n);
  }

  private static double largestError(Loop loop, DoubleUnaryOperator exact) {
    int n = 200_001;
    float[] u = new float[n];
    for (int i = 0; i < n; i++) {
      u[i] = (i - n / 2) * 1e-4f;
    }
    u[0] = Float.NEGATIVE_INFINITY;
    u[1] = Float.POSITIVE_INFINITY;
    u[2] = -Float.MAX_VALUE;
    float[] t = new float[n];
    loop.run(u, t, n);
    double largest = 0;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, Math.abs(t[i] - exact.applyAsDouble(u[i])));
    }
    return largest;
  }

  @Test
  void tanhIsAsAccurateAsSaid() {
    assertThat(largestError(VectorMath::tanh, Math::tanh)).isLessThan(5e-7);
  }

  @Test
  void erfIsAsAccurateAsSaid() {
    assertThat(largestError(VectorMath::erf, x -> Math.abs(x) > 10 ? Math.signum(x) : Erf.erf(x)))
        .isLessThan(5e-7);
  }

  @Test
  void notANumberStaysOne() {
    float[] t = new float[1];
    VectorMath.tanh(new float[] {Float.NaN}, t, 1);
    assertThat(t[0]).isNaN();
    VectorMath.erf(new float[] {Float.NaN}, t, 1);
    assertThat(t[0]).isNaN();
    double[] z = {Double.NaN};
    VectorMath.expNegative(z, 1);
    assertThat(z[0]).isNaN();
  }

  @Test
  void expIsAsAccurateAsSaid() {
    for (double x = -79; x <= 0; x += 0.0137) {
      double[] z = {x};
      VectorMath.expNegative(z, 1);
      assertThat(z[0] / Math.exp(x)).as("e^%s", x).isCloseTo(1, within(1e-8));
    }
    double[] far = {Double.NEGATIVE_INFINITY, -1e9};
    VectorMath.expNegative(far, 2);
    assertThat(far[0]).isBetween(0.0, 1e-30);
    assertThat(far[1]).isBetween(0.0, 1e-30);
  }

  @Test
  void sumsTakeEveryElementAtOddLengths() {
    for (int n = 0; n < 20; n++) {
      float[] a = new float[n + 3];
      for (int i = 0; i < a.length; i++) {
        a[i] = i + 1;
      }
      assertThat(VectorMath.sum(a, n)).isEqualTo(n * (n + 1) / 2.0);
      assertThat(VectorMath.dot(a, a, n)).isEqualTo(n * (n + 1) * (2 * n + 1) / 6.0);
    }
  }
}
