package org.normfree.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FitTest {
  private static double[] abscissas(double range) {
    return new SplittableRandom(1).doubles(500, -range, range).toArray();
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 3", "2.5, 0.1, 50", "0.3, 20, 1", "-2, 0.5, 10"})
  void aTanhIsFound(double scale, double slope, double range) {
    double[] x = abscissas(range);
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = scale * Math.tanh(slope * x[i]);
    }
    TanhFit fit = TanhFit.of(x, y);
    assertThat(fit.scale()).isCloseTo(scale, within(1e-5 * Math.abs(scale)));
    assertThat(fit.slope()).isCloseTo(slope, within(1e-5 * slope));
    assertThat(fit.r2()).isCloseTo(1, within(1e-9));
    assertThat(LineFit.of(x, y).r2()).isLessThan(0.999);
  }

  @Test
  void aLineIsFound() {
    double[] x = abscissas(4);
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = 0.25 * x[i] - 3;
    }
    LineFit fit = LineFit.of(x, y);
    assertThat(fit.slope()).isCloseTo(0.25, within(1e-12));
    assertThat(fit.intercept()).isCloseTo(-3, within(1e-12));
    assertThat(fit.r2()).isCloseTo(1, within(1e-12));
    assertThat(TanhFit.of(x, y).r2()).as("a tanh through the origin").isLessThan(0.1);
  }
}
