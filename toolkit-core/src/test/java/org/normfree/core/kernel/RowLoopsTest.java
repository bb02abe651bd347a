package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.normfree.core.InputException;
import org.normfree.core.op.Squash;

class RowLoopsTest {
  private static final int N = 200_064;

  static Stream<RowLoops> loops() {
    return Stream.of(new PlainLoops(), LoopChoice.vectors());
  }

  /** From −10 to 10, and what lies far outside. */
  private static float[] arguments() {
    float[] u = new float[N];
    for (int i = 0; i < N; i++) {
      u[i] = (i - N / 2) * 1e-4f;
    }
    u[0] = Float.NEGATIVE_INFINITY;
    u[1] = Float.POSITIVE_INFINITY;
    u[2] = -Float.MAX_VALUE;
    u[3] = Float.MAX_VALUE;
    return u;
  }

  private static RowLoops.ActivationRow neutral(int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return new RowLoops.ActivationRow(ones, 0, ones, new float[n]);
  }

  private static double largestError(float[] actual, float[] u, DoubleUnaryOperator exact) {
    double largest = 0;
    for (int i = 0; i < u.length; i++) {
      largest = Math.max(largest, Math.abs(actual[i] - exact.applyAsDouble(u[i])));
    }
    return largest;
  }

  private static void isAccurate(
      RowLoops loops, Squash squash, DoubleUnaryOperator value, DoubleUnaryOperator slope) {
    float[] u = arguments();
    float[] t = u.clone();
    loops.activation(squash, t, 1, N, neutral(N));
    assertThat(largestError(t, u, value)).isLessThan(5e-7);
    float[] p = new float[N];
    Arrays.fill(p, 1);
    RowLoops.ActivationSums sums =
        new RowLoops.ActivationSums(new float[N], new float[N], new float[N], new float[N]);
    loops.activationGradient(squash, u.clone(), p, 1, N, neutral(N), sums);
    assertThat(largestError(p, u, slope)).isLessThan(1.5e-6);
  }

  private static double erf(double x) {
    return Math.abs(x) > 10 ? Math.signum(x) : Erf.erf(x);
  }

  @ParameterizedTest
  @MethodSource("loops")
  void powersAreThoseOfTwo(RowLoops loops) {
    float[] x = new float[N];
    for (int i = 0; i < N; i++) {
      x[i] = -126 + 252f * i / N;
    }
    float[] y = new float[N];
    loops.powers(x, y, N);
    for (int i = 0; i < N; i++) {
      double expected = Math.pow(2, x[i]);
      assertThat((double) y[i]).as("2^%s", x[i]).isCloseTo(expected, within(3e-7 * expected));
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void tanhIsAsAccurateAsSaid(RowLoops loops) {
    isAccurate(loops, Squash.TANH, Math::tanh, x -> 1 - Math.tanh(x) * Math.tanh(x));
  }

  @ParameterizedTest
  @MethodSource("loops")
  void erfIsAsAccurateAsSaid(RowLoops loops) {
    isAccurate(
        loops, Squash.ERF, RowLoopsTest::erf, x -> 2 / Math.sqrt(Math.PI) * Math.exp(-x * x));
  }

  @ParameterizedTest
  @MethodSource("loops")
  void saturatingSineIsAsAccurateAsSaid(RowLoops loops) {
    isAccurate(
        loops,
        Squash.SATURSIN,
        u -> Math.sin(Math.max(-Math.PI / 2, Math.min(Math.PI / 2, u))),
        u -> Math.abs(u) < Math.PI / 2 ? Math.cos(u) : 0);
  }

  @ParameterizedTest
  @MethodSource("loops")
  void geluIsAsAccurateAsSaid(RowLoops loops) {
    float[] x = Arrays.copyOfRange(arguments(), 16, N - 16);
    float[] y = x.clone();
    loops.gelu(y, x.length);
    DoubleUnaryOperator phi = v -> (1 + erf(v / Math.sqrt(2))) / 2;
    assertThat(largestError(y, x, v -> v * phi.applyAsDouble(v))).isLessThan(3e-6);
    float[] g = new float[x.length];
    Arrays.fill(g, 1);
    loops.geluGradient(x.clone(), g, x.length);
    DoubleUnaryOperator slope =
        v -> phi.applyAsDouble(v) + v * Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI);
    assertThat(largestError(g, x, slope)).isLessThan(1e-6);
  }

  /** From −87 to 87: also where they are next to nothing, so that gradients there stay so. */
  @ParameterizedTest
  @MethodSource("loops")
  void whatIsMadeOfTheLogisticFunctionIsRelativelyAccurate(RowLoops loops) {
    int n = 160_000;
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (i - n / 2) * (86.9f / (n / 2f));
    }
    DoubleUnaryOperator sigma = v -> 1 / (1 + Math.exp(-v));
    DoubleUnaryOperator slope = v -> sigma.applyAsDouble(v) * (1 + v / (1 + Math.exp(v)));
    float[] y = x.clone();
    float[] slopes = new float[n];
    loops.siluWithSlope(y, slopes, n);
    float[] alone = x.clone();
    loops.silu(alone, n);
    float[] gradient = new float[n];
    Arrays.fill(gradient, 1);
    loops.siluGradient(x.clone(), gradient, n);
    float[] t = x.clone();
    loops.activation(Squash.SIGMOID, t, 1, n, neutral(n));
    for (int i = 0; i < n; i++) {
      double v = x[i];
      double value = v * sigma.applyAsDouble(v);
      assertThat((double) y[i]).as("silu(%s)", v).isCloseTo(value, within(5e-7 * Math.abs(value)));
      assertThat(alone[i]).as("silu(%s) alone", v).isEqualTo(y[i]);
      assertThat((double) t[i])
          .as("σ(%s)", v)
          .isCloseTo(sigma.applyAsDouble(v), within(5e-7 * sigma.applyAsDouble(v)));
      // the slope's terms cancel at −1.28, so of their size
      double terms = sigma.applyAsDouble(v) * (1 + Math.abs(v) / (1 + Math.exp(v)));
      assertThat((double) slopes[i])
          .as("slope of silu at %s", v)
          .isCloseTo(slope.applyAsDouble(v), within(1e-6 * terms));
      assertThat(gradient[i]).as("gradient of silu at %s", v).isEqualTo(slopes[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void tanhAndItsGradientAreAsDefined(RowLoops loops) {
    int n = loops.stride(203);
    float[] x = new float[n];
    float[] upstream = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = 0.11f * (i - 101);
      upstream[i] = (float) Math.sin(i);
    }
    float[] t = x.clone();
    loops.tanh(t, n);
    float[] g = upstream.clone();
    loops.tanhGradient(x.clone(), g, n);
    for (int i = 0; i < n; i++) {
      double value = Math.tanh(x[i]);
      assertThat((double) t[i]).as("tanh(%s)", x[i]).isCloseTo(value, within(5e-7));
      assertThat((double) g[i])
          .as("gradient of tanh at %s", x[i])
          .isCloseTo(upstream[i] * (1 - value * value), within(1e-6));
    }
    float[] huge = new float[loops.stride(1)];
    Arrays.fill(huge, Float.NEGATIVE_INFINITY);
    float[] none = new float[huge.length];
    Arrays.fill(none, 1);
    loops.tanhGradient(huge, none, huge.length);
    loops.tanh(huge, huge.length);
    assertThat(huge[0]).isCloseTo(-1, within(5e-7f));
    assertThat(none[0]).isCloseTo(0, within(1e-6f));
  }

  @ParameterizedTest
  @MethodSource("loops")
  void activationsOfHugeNumbersAreTheirLimits(RowLoops loops) {
    int n = loops.stride(64);
    for (float size : new float[] {100, 1e4f, 1e20f, 1e30f}) {
      float[] x = new float[n];
      Arrays.fill(x, 0, 32, size);
      Arrays.fill(x, 32, 64, -size);
      float[] gelu = x.clone();
      float[] geluSlope = new float[n];
      loops.geluWithSlope(gelu, geluSlope, n);
      float[] tanhGelu = x.clone();
      float[] tanhGeluSlope = new float[n];
      loops.tanhGeluWithSlope(tanhGelu, tanhGeluSlope, n);
      float[] silu = x.clone();
      float[] siluSlope = new float[n];
      loops.siluWithSlope(silu, siluSlope, n);
      for (int i = 0; i < 64; i++) {
        String what = "at %s".formatted(x[i]);
        float limit = Math.max(x[i], 0);
        assertThat(gelu[i]).as("gelu " + what).isCloseTo(limit, within(3e-7f * limit));
        assertThat(tanhGelu[i]).as("tanh gelu " + what).isCloseTo(limit, within(3e-7f * limit));
        assertThat(silu[i]).as("silu " + what).isCloseTo(limit, within(3e-7f * limit));
        float slope = x[i] > 0 ? 1 : 0;
        assertThat(geluSlope[i]).as("slope of gelu " + what).isCloseTo(slope, within(1e-6f));
        assertThat(tanhGeluSlope[i])
            .as("slope of tanh gelu " + what)
            .isCloseTo(slope, within(1e-6f));
        assertThat(siluSlope[i]).as("slope of silu " + what).isCloseTo(slope, within(1e-6f));
      }
      float[] g = new float[n];
      Arrays.fill(g, 1);
      loops.geluGradient(x, g, n);
      assertThat(g[40]).as("gradient of gelu").isCloseTo(0, within(1e-6f));
      Arrays.fill(g, 1);
      loops.siluGradient(x, g, n);
      assertThat(g[40]).as("gradient of silu").isCloseTo(0, within(1e-6f));
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void isruOfHugeNumbersIsItsLimit(RowLoops loops) {
    int n = loops.stride(2);
    for (float size : new float[] {1e10f, 2e19f, Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
      float[] x = new float[n];
      x[0] = size;
      x[1] = -size;
      loops.activation(Squash.ISRU, x, 1, n, neutral(n));
      assertThat(x[0]).isEqualTo(1);
      assertThat(x[1]).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void rowsWhoseSquaresOverflowAreNormalized(RowLoops loops) {
    int stride = loops.stride(67);
    RowLoops.Norm norm = new RowLoops.Norm(67, stride, true, 1e-5);
    float[] ones = new float[stride];
    Arrays.fill(ones, 0, 67, 1);
    float[] x = new float[2 * stride];
    for (int i = 0; i < 66; i++) {
      x[i] = i % 2 == 0 ? 1e25f : -1e25f;
      x[stride + i] = i % 2 == 0 ? 3 : -3;
    }
    float[] y = x.clone();
    loops.norm(norm, y, 2, ones, new float[stride]);
    double expected = Math.sqrt(67.0 / 66);
    assertThat((double) y[0]).isCloseTo(expected, within(1e-6));
    assertThat((double) y[stride]).as("an ordinary row").isCloseTo(expected, within(1e-6));
    float[] g = new float[2 * stride];
    g[0] = 1;
    float[] dx = new float[2 * stride];
    loops.normGradient(norm, x, g, 2, ones, dx, new float[stride], new float[stride]);
    // r·(1 − 1/n − x̂²/n)
    double slope = expected * 1e-25 * (1 - 1 / 67.0 - expected * expected / 67);
    assertThat(dx[0] / slope).isCloseTo(1, within(1e-5));
  }

  @ParameterizedTest
  @MethodSource("loops")
  void notANumberStaysOne(RowLoops loops) {
    int n = loops.stride(1);
    for (Squash squash : Squash.values()) {
      if (squash == Squash.ARCTAN) {
        continue; // has no loop
      }
      float[] t = new float[n];
      t[0] = Float.NaN;
      loops.activation(squash, t, 1, n, neutral(n));
      assertThat(t[0]).as("%s", squash).isNaN();
    }
    float[] x = new float[n];
    x[0] = Float.NaN;
    loops.gelu(x, n);
    assertThat(x[0]).isNaN();
  }

  @Test
  void expIsAsAccurateAsSaid() {
    for (double x = -87; x <= 0; x += 0.0137) {
      double[] z = {x};
      LoopMath.expNegative(z, 1);
      assertThat(z[0] / Math.exp(x)).as("e^%s", x).isCloseTo(1, within(1e-8));
    }
    double[] far = {Double.NEGATIVE_INFINITY, -1e9, Double.NaN};
    LoopMath.expNegative(far, 3);
    assertThat(far[0]).isBetween(0.0, 1e-30);
    assertThat(far[1]).isBetween(0.0, 1e-30);
    assertThat(far[2]).isNaN();
  }

  @Test
  void aChoiceIsHonoured() {
    assertThat(LoopChoice.of("on")).isNotInstanceOf(PlainLoops.class);
    assertThat(LoopChoice.of("auto")).isNotInstanceOf(PlainLoops.class);
    assertThat(LoopChoice.of("off")).isInstanceOf(PlainLoops.class);
    assertThatThrownBy(() -> LoopChoice.of("yes"))
        .isInstanceOf(InputException.class)
        .hasMessage("normfree.vector=yes, expected auto, on or off; drop the property for auto");
  }
}
