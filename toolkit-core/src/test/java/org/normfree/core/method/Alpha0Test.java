package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.core.InputException;

class Alpha0Test {
  private static final Alpha0 TABLE = new Alpha0.ByWidth();

  private static double attention(Alpha0 alpha0, long width) {
    return alpha0.at(new NormSite(NormSite.Kind.ATTENTION, width));
  }

  private static double other(Alpha0 alpha0, long width) {
    double ffn = alpha0.at(new NormSite(NormSite.Kind.FFN, width));
    assertThat(alpha0.at(new NormSite(NormSite.Kind.FINAL, width))).isEqualTo(ffn);
    return ffn;
  }

  /** arXiv 2503.10622, tables 10 and 11, and beyond their ends. */
  @ParameterizedTest
  @CsvSource({
    "64, 1.0, 1.0",
    "1024, 1.0, 1.0",
    "2048, 1.0, 0.5",
    "4096, 0.8, 0.2",
    "5120, 0.6, 0.15",
    "8192, 0.2, 0.05",
    "20000, 0.2, 0.05"
  })
  void theTableIsThePapers(long width, double attention, double other) {
    assertThat(attention(TABLE, width)).isEqualTo(attention);
    assertThat(other(TABLE, width)).isEqualTo(other);
  }

  /** Half-way in log width between 2048 and 4096: the geometric means of 1, 0.8 and 0.5, 0.2. */
  @Test
  void betweenItsWidthsItIsInterpolated() {
    long width = Math.round(2048 * Math.sqrt(2));
    assertThat(attention(TABLE, width)).isCloseTo(Math.sqrt(0.8), within(1e-4));
    assertThat(other(TABLE, width)).isCloseTo(Math.sqrt(0.1), within(1e-4));
  }

  @Test
  void aSiteMayHaveItsOwn() {
    assertThat(attention(new Alpha0.BySite(0.8, 0.2), 64)).isEqualTo(0.8);
    assertThat(other(new Alpha0.BySite(0.8, 0.2), 64)).isEqualTo(0.2);
    assertThat(Alpha0.everywhere(0.3)).isEqualTo(new Alpha0.BySite(0.3, 0.3));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void numbersMustBeFinite(double value) {
    assertThatThrownBy(() -> Alpha0.everywhere(value))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("initial α")
        .hasMessageContaining(String.valueOf(value));
    assertThatThrownBy(() -> new Alpha0.BySite(0.5, value))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("initial α");
  }
}
