package org.normfree.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FitTest {
  /** More than the start of a tanh's fit looks at. */
  private static final int MANY = 5003;

  private static double[] abscissas(int n, double range) {
    return new SplittableRandom(n).doubles(n, -range, range).toArray();
  }

  private static double[] values(double[] x, DoubleUnaryOperator curve) {
    return Arrays.stream(x).map(curve).toArray();
  }

  private static double[] noisy(double[] y, double noise, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return Arrays.stream(y).map(v -> v + noise * (random.nextDouble() - 0.5)).toArray();
  }

  /** The plain R², taken anew. */
  private static double r2(double[] x, double[] y, DoubleUnaryOperator curve) {
    double mean = Arrays.stream(y).average().orElseThrow();
    double error = 0;
    double total = 0;
    for (int i = 0; i < x.length; i++) {
      error += Math.pow(y[i] - curve.applyAsDouble(x[i]), 2);
      total += Math.pow(y[i] - mean, 2);
    }
    return 1 - error / total;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 0, 0, 3",
    "2.5, 0.1, 4, -1, 50",
    "0.3, 20, -0.2, 7, 1",
    "-2, 0.5, 1, 100, 10",
    "3, 0.02, 0, 0, 30",
    "1e4, 2e-3, -300, 2e5, 1e3",
    "1, 40, 0.5, 0, 60"
  })
  void aTanhIsFound(double scale, double slope, double center, double offset, double range) {
    for (int n : new int[] {37, 500, MANY}) {
      double[] x = abscissas(n, range);
      double[] y = values(x, v -> scale * Math.tanh(slope * (v - center)) + offset);
      TanhFit fit = TanhFit.of(x, y);
      assertThat(fit.r2()).as("%s points", n).isCloseTo(1, within(1e-9));
      for (int i = 0; i < n; i++) {
        assertThat(fit.at(x[i])).isCloseTo(y[i], within(1e-4 * Math.abs(scale)));
      }
      assertThat(fit.slope()).isPositive();
      if (slope * range < 30) { // a step that falls between two points has no slope to find
        assertThat(fit.scale()).isCloseTo(scale, within(1e-4 * Math.abs(scale)));
        assertThat(fit.slope()).isCloseTo(slope, within(1e-4 * slope));
        assertThat(fit.center()).isCloseTo(center, within(1e-4 * range));
        assertThat(fit.offset())
            .isCloseTo(offset, within(1e-4 * (Math.abs(offset) + Math.abs(scale))));
      }
    }
  }

  @Test
  void aTanhOfAFewExtremesAmongManyIsFound() {
    SplittableRandom random = new SplittableRandom(3);
    double[] x = random.doubles(MANY, -1, 1).toArray();
    for (int i = 0; i < MANY; i += 100) {
      x[i] *= 80;
    }
    double[] y = values(x, v -> 3 * Math.tanh(0.4 * v));
    FitComparison fits = FitComparison.of(x, y);
    assertThat(fits.tanhR2()).isCloseTo(1, within(1e-9));
    assertThat(fits.deltaR2()).isGreaterThan(0.1);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6, 7, 11, 101, 4096, 4097, MANY})
  void aLineIsFoundByBoth(int n) {
    double[] x = abscissas(n, 4);
    double[] y = values(x, v -> 0.25 * v - 3);
    LineFit line = LineFit.of(x, y);
    assertThat(line.slope()).isCloseTo(0.25, within(1e-12));
    assertThat(line.intercept()).isCloseTo(-3, within(1e-12));
    assertThat(line.r2()).isCloseTo(1, within(1e-12));
    FitComparison fits = FitComparison.of(x, y);
    assertThat(fits.lineR2()).isCloseTo(1, within(1e-9));
    assertThat(fits.tanhR2()).isCloseTo(1, within(1e-9));
    assertThat(fits.deltaR2()).isCloseTo(0, within(1e-9));
    assertThat(fits.tailDeltaR2()).isCloseTo(0, within(1e-9));
  }

  @Test
  void aTanhIsNeverWorseThanALine() {
    for (int seed = 1; seed <= 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int n = random.nextInt(1, 120);
      double range = Math.pow(10, random.nextInt(-4, 5));
      double shift = seed % 3 == 0 ? 1e3 * range : 0;
      double[] x = random.doubles(n, shift - range, shift + range).toArray();
      double[] y = random.doubles(n, -5, 5).toArray();
      double[] curved = values(x, v -> Math.exp((v - shift) / range));
      for (double[] of : new double[][] {y, curved}) {
        TanhFit tanh = TanhFit.of(x, of);
        LineFit line = LineFit.of(x, of);
        assertThat(tanh.r2())
            .as("seed %s, %s points", seed, n)
            .isGreaterThanOrEqualTo(line.r2() - 1e-9)
            .isLessThanOrEqualTo(1);
        if (n > 1) {
          assertThat(tanh.r2()).isCloseTo(r2(x, of, tanh::at), within(1e-9));
          assertThat(line.r2()).isCloseTo(r2(x, of, line::at), within(1e-9));
        }
      }
    }
  }

  /** Two more numbers to fit by explain noise; the adjustment takes that back in the mean. */
  @Test
  void noiseAroundALineDoesNotLookLikeATanh() {
    int tries = 200;
    double raw = 0;
    double adjusted = 0;
    double tails = 0;
    for (int seed = 0; seed < tries; seed++) {
      double[] x = abscissas(41 + seed, 2);
      double[] y = noisy(values(x, v -> 1.5 * v + 0.5), 4, seed);
      FitComparison fits = FitComparison.of(x, y);
      raw += (fits.tanh().r2() - fits.line().r2()) / tries;
      adjusted += fits.deltaR2() / tries;
      tails += fits.tailDeltaR2() / tries;
    }
    assertThat(raw).isPositive();
    assertThat(Math.abs(adjusted)).isLessThan(raw / 2);
    assertThat(Math.abs(adjusted)).isLessThan(2e-3);
    assertThat(Math.abs(tails)).isLessThan(2e-2);
  }

  @Test
  void anSInTheTailsShowsInTheTails() {
    double[] x = abscissas(2000, 1);
    for (int i = 0; i < 20; i++) {
      x[i] *= 5;
    }
    double[] y = noisy(values(x, v -> 2 * Math.tanh(0.8 * v)), 0.2, 1);
    FitComparison fits = FitComparison.of(x, y);
    assertThat(fits.deltaR2()).isGreaterThan(0);
    assertThat(fits.tailDeltaR2()).isGreaterThan(1.5 * fits.deltaR2());
    assertThat(fits.deltaR2()).isCloseTo(fits.tanhR2() - fits.lineR2(), within(1e-12));
  }

  @Test
  void adjustedMeansPerFreedomThatIsLeft() {
    double[] x = abscissas(23, 2);
    double[] y = noisy(values(x, Math::tanh), 1, 9);
    FitComparison fits = FitComparison.of(x, y);
    assertThat(fits.lineR2())
        .isCloseTo(1 - (1 - r2(x, y, fits.line()::at)) * 22 / 21, within(1e-12));
    assertThat(fits.tanhR2())
        .isCloseTo(1 - (1 - r2(x, y, fits.tanh()::at)) * 22 / 19, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4", "30"})
  void whereNothingVariesThereIsNothingToExplain(int n) {
    double[] level = new double[n];
    Arrays.fill(level, 2.5);
    double[] x = abscissas(n, 3);
    for (FitComparison fits :
        new FitComparison[] {FitComparison.of(level, level), FitComparison.of(x, level)}) {
      assertThat(fits.line().at(0.7)).isCloseTo(2.5, within(1e-12));
      assertThat(fits.tanh().at(0.7)).isCloseTo(2.5, within(1e-12));
      assertThat(
              new double[] {
                fits.line().r2(), fits.tanh().r2(), fits.lineR2(), fits.tanhR2(), fits.deltaR2()
              })
          .containsOnly(0);
      assertThat(fits.tailDeltaR2()).isZero();
    }
    FitComparison upright = FitComparison.of(level, x);
    double mean = Arrays.stream(x).average().orElseThrow();
    assertThat(upright.line().at(2.5)).isCloseTo(mean, within(1e-12));
    assertThat(upright.tanh().at(2.5)).isCloseTo(mean, within(1e-12));
    assertThat(upright.deltaR2()).isBetween(-0.2, 0.0);
  }

  @Test
  void theSamePointsGiveTheSameFit() {
    double[] x = abscissas(MANY, 3);
    double[] y = noisy(values(x, v -> Math.tanh(2 * v)), 1, 4);
    assertThat(FitComparison.of(x, y)).isEqualTo(FitComparison.of(x, y));
  }
}
