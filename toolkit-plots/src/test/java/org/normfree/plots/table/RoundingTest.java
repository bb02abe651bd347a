package org.normfree.plots.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundingTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          97.8     | 97.14  | 98.46 | 97.80 [97.14, 98.46]
          161.4    | 90.2   | 232.9 | 161 [90, 233]
          0.000012 | -0.02  | 0.02  | 0.000 [−0.020, 0.020]
          12.3456  | -      | -     | 12.35
          -0.12345 | -      | -     | −0.1234
          0        | -      | -     | 0.00
          99.96    | 99.7   | 99.999 | 99.96 [99.70, 100.00]
          -0.0004  | -0.04  | 0.04  | 0.000 [−0.040, 0.040]
          """)
  void keepsTwoDigitsOfTheHalfWidth(double value, Double low, Double high, String shown) {
    List<Double> interval = low == null ? null : List.of(low, high);
    assertThat(Rounding.needsPowerOfTen(value, interval)).isFalse();
    Cell.Measured cell = Cell.measured(value, interval, false, "", false);
    assertThat((cell.value().shown() + " " + cell.after()).strip()).isEqualTo(shown);
  }

  @Test
  void smallAndLargeNumbersGetPowersOfTen() {
    assertThat(Rounding.needsPowerOfTen(1.5e-7, null)).isTrue();
    assertThat(Rounding.needsPowerOfTen(1.5e9, List.of(1e9, 2e9))).isTrue();
    Cell.Measured small = Cell.measured(1.5e-7, List.of(1.3e-7, 1.7e-7), true, "", false);
    assertThat(small.value().shown()).isEqualTo("1.50 × 10⁻⁷");
    assertThat(small.value().ascii()).isEqualTo("1.50e-7");
    assertThat(Cell.measured(-2e12, null, true, "", false).value().ascii()).isEqualTo("-2.00e12");
    assertThat(Cell.measured(0, null, true, "", false).value().ascii()).isEqualTo("0");
  }

  @Test
  void whatIsShownIsTheNumberToHalfItsLastDigit() {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 20_000; i++) {
      double value = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-12, 13));
      double half = random.nextDouble() * Math.pow(10, random.nextInt(-12, 13));
      List<Double> interval = random.nextInt(4) == 0 ? null : List.of(value - half, value + half);
      boolean scientific = Rounding.needsPowerOfTen(value, interval);
      Decimal shown = Rounding.of(value, interval, scientific).apply(value);
      double read = Double.parseDouble(shown.ascii());
      double unit = Math.pow(10, -shown.value().scale());
      assertThat(Math.abs(read - value))
          .as("%s as %s", value, shown)
          .isLessThanOrEqualTo(unit * 0.501);
      assertThat(shown.ascii().length()).as("%s as %s", value, shown).isLessThanOrEqualTo(16);
      assertThat(shown.shown().replace('−', '-')).startsWith(shown.mantissa());
    }
  }
}
