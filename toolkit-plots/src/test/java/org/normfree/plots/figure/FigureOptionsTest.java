package org.normfree.plots.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.core.InputException;

class FigureOptionsTest {
  @Test
  void aWidthIsAColumnAPageOrMillimetres() {
    assertThat(FigureOptions.width("single")).isEqualTo(330);
    assertThat(FigureOptions.width("double")).isEqualTo(690);
    assertThat(FigureOptions.width("127")).isEqualTo(500);
  }

  @ParameterizedTest
  @ValueSource(strings = {"wide", "", "0", "-80", "49", "501", "NaN", "12cm"})
  void anotherWidthIsRefusedWithWhatIsExpected(String width) {
    assertThatThrownBy(() -> FigureOptions.width(width))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "width '%s': expected single, double or a number of millimetres from 50 to 500"
                .formatted(width));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 3.9, 25, Double.NaN})
  void typeThatNobodyCanReadIsRefused(double points) {
    assertThatThrownBy(
            () ->
                new FigureOptions(
                    List.of(), OptionalInt.empty(), points, List.of(), Optional.empty()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected 4 to 24");
  }
}
