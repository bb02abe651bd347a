package org.normfree.experiments.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.core.InputException;

class KeyTest {
  private static final Key<Double> LR = Key.decimal("lr", 0.1, Range.any().above(0), "rate");

  @ParameterizedTest
  @ValueSource(strings = {"abc", "", "NaN", "Infinity", "1e999", "0x1p3", "1d", "0", "-1", "1,5"})
  void aDecimalTakesOnlyFiniteNumbersOfItsRange(String text) {
    assertThatThrownBy(() -> LR.parse(text))
        .isInstanceOf(InputException.class)
        .hasMessage("lr=%s: expected a number > 0", text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.001", "1e-3", ".001", "1.0E-3", "+0.001", " 0.001 "})
  void aDecimalMayBeWrittenInAnyUsualWay(String text) {
    assertThat(LR.parse(text)).isEqualTo(0.001);
  }

  @Test
  void numbersAreWrittenAsAPersonWritesThem() {
    assertThat(Key.plain(4)).isEqualTo("4");
    assertThat(Key.plain(0.003)).isEqualTo("0.003");
    assertThat(Key.plain(1e-6)).isEqualTo("1e-6");
    assertThat(Key.plain(2.5e-7)).isEqualTo("2.5e-7");
    assertThat(Key.plain(1e9)).isEqualTo("1e9");
    for (double value : new double[] {1e-6, 2.5e-7, 1e9, 1.5e300, -3e-5, 12.25}) {
      assertThat(Double.parseDouble(Key.plain(value))).isEqualTo(value);
    }
  }

  @Test
  void aWrongItemOfAListIsNamedWithTheNearest() {
    Key<List<String>> methods =
        Key.choices("methods", List.of("dyt"), () -> List.of("dyt", "pre-ln", "post-ln"), "which");
    assertThatThrownBy(() -> methods.parse("dyt, pre-lnn"))
        .hasMessage("methods=dyt, pre-lnn: there is no 'pre-lnn', did you mean 'pre-ln'?");
    assertThatThrownBy(() -> methods.parse("dyt,dyt")).hasMessageContaining("each once");
    assertThatThrownBy(() -> methods.parse("dyt,")).hasMessageContaining("separated by commas");
  }

  @Test
  void anIntegerTakesNoFractionAndNothingOutsideItsRange() {
    Key<Integer> depth = Key.integer("depth", 4, Range.any().atLeast(1), "blocks");
    assertThat(depth.parse("12")).isEqualTo(12);
    for (String text : List.of("-3", "0", "2.0", "99999999999", "four")) {
      assertThatThrownBy(() -> depth.parse(text))
          .hasMessage("depth=%s: expected an integer >= 1", text);
    }
  }

  @Test
  void sizesMayRepeatAndBeMissing() {
    Key<List<Integer>> depths = Key.sizes("depths", Range.any().atLeast(1), "blocks");
    assertThat(depths.parse("2, 2,9")).containsExactly(2, 2, 9);
    assertThat(depths.parse("")).isEmpty();
    assertThat(depths.parse(depths.text(List.of(3, 3)))).containsExactly(3, 3);
    for (String text : List.of("2,,3", "0", "1.5", ",")) {
      assertThatThrownBy(() -> depths.parse(text))
          .hasMessage("depths=%s: expected integers >= 1 separated by commas, or nothing", text);
    }
  }

  @Test
  void aSeedMayNeed64Bits() {
    Key<Long> seed = Key.longInteger("seed", 1, Range.any().atLeast(1), "seed");
    assertThat(seed.parse("9000000000")).isEqualTo(9_000_000_000L);
    assertThatThrownBy(() -> seed.parse("0")).hasMessageContaining("expected an integer >= 1");
  }

  @Test
  void aChoiceSuggestsTheNearestWord() {
    Key<String> key = Key.choice("method", "dyt", () -> List.of("pre-ln", "dyt"), "method");
    assertThat(key.parse("pre-ln")).isEqualTo("pre-ln");
    assertThatThrownBy(() -> key.parse("prelm"))
        .isInstanceOf(InputException.class)
        .hasMessage("method=prelm: did you mean 'pre-ln'?");
    assertThatThrownBy(() -> key.parse("transformer"))
        .hasMessage("method=transformer: choose one of pre-ln, dyt");
  }

  @Test
  void aListOfIntegersTakesNoFractionAndNothingTwice() {
    Key<List<Integer>> layers =
        Key.integers("layers", List.of(3, 9), Range.any().atLeast(1), "depths");
    assertThat(layers.parse("6, 12,18")).containsExactly(6, 12, 18);
    assertThat(layers.text(List.of(6, 12))).isEqualTo("6,12");
    for (String text : List.of("", "6,", "6.0", "0,6", "6,6")) {
      assertThatThrownBy(() -> layers.parse(text))
          .hasMessage(
              "layers=%s: expected one or more integers >= 1 separated by commas, each once", text);
    }
  }

  @Test
  void listsAreReadItemByItem() {
    Key<List<Double>> grid = Key.decimals("grid", List.of(1.0), Range.any().above(0), "rates");
    assertThat(grid.parse("1e-3, 2,3.5")).containsExactly(1e-3, 2.0, 3.5);
    assertThat(grid.text(List.of(1e-3, 2.0))).isEqualTo("0.001,2");
    assertThatThrownBy(() -> grid.parse("1,,2"))
        .hasMessage("grid=1,,2: expected one or more numbers > 0 separated by commas, each once");
    assertThatThrownBy(() -> grid.parse("")).isInstanceOf(InputException.class);

    Key<List<String>> methods =
        Key.choices("methods", List.of("a"), () -> List.of("a", "b"), "methods");
    assertThat(methods.parse("b,a")).containsExactly("b", "a");
    assertThatThrownBy(() -> methods.parse("a,c"))
        .hasMessage("methods=a,c: there is no 'c', choose one of a, b");
    assertThat(methods.parse("all")).containsExactly("a", "b");
    assertThatThrownBy(() -> methods.parse("a,b,a")).isInstanceOf(InputException.class);
  }

  @Test
  void aFlagIsTrueOrFalse() {
    Key<Boolean> flag = Key.flag("flip", false, "mirror");
    assertThat(flag.parse("true")).isTrue();
    assertThat(flag.parse("false")).isFalse();
    assertThatThrownBy(() -> flag.parse("yes")).hasMessage("flip=yes: expected true or false");
  }

  @Test
  void aPathIsMadeAbsoluteAndTheTildeIsTheHomeFolder() {
    Key<Optional<Path>> key = Key.optionalPath("data.path", "data");
    assertThat(key.parse("")).isEmpty();
    assertThat(key.parse("a/../b")).contains(Path.of("b").toAbsolutePath());
    assertThat(key.parse("~/c")).contains(Path.of(System.getProperty("user.home"), "c"));
  }

  @Test
  void aDefaultOutsideTheRangeIsRefused() {
    assertThatThrownBy(() -> LR.withDefault(-1.0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lr");
    assertThat(LR.withDefault(2.0).defaultValue()).isEqualTo(2.0);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, 0.5})
  void aHalfOpenRangeHoldsItsClosedEnd(double inside) {
    Range range = Range.any().atLeast(0).below(1);
    assertThat(range.contains(inside)).isTrue();
    assertThat(range.contains(1)).isFalse();
    assertThat(range.words()).isEqualTo(" in [0, 1)");
  }
}
