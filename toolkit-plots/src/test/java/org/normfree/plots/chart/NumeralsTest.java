package org.normfree.plots.chart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumeralsTest {
  @ParameterizedTest
  @CsvSource({
    "0.0005, 5 × 10⁻⁴",
    "5e-4, 5 × 10⁻⁴",
    "1.0E-4, 10⁻⁴",
    "-0.0001, −10⁻⁴",
    "0.003, 0.003",
    "-0.25, −0.25",
    "12, 12",
    "500, 500",
    "-7, −7",
    "2.0, 2",
    "0.0, 0",
    "12500000, 1.25 × 10⁷",
    "9999999.9, 10⁷",
    "tanh, tanh",
    "1e, 1e",
    "block3, block3"
  })
  void aSettingIsWrittenAsInPapers(String text, String words) {
    assertThat(Numerals.words(text)).isEqualTo(words);
  }

  @Test
  void digitsAreRounded() {
    assertThat(Numerals.text(1234.5678, 3)).isEqualTo("1230");
    assertThat(Numerals.text(0.00099999, 2)).isEqualTo("0.001");
    assertThat(Numerals.text(Double.NaN, 2)).isEqualTo("–");
    assertThat(Numerals.fixed(-0.001, 2)).isEqualTo("0.00");
    assertThat(Numerals.fixed(-0.876, 2)).isEqualTo("−0.88");
  }
}
