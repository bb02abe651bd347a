package org.normfree.plots.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Font;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {
  private static final Font FONT = Typeface.at(8);

  @ParameterizedTest
  @ValueSource(ints = {12, 31, 57, 110, 333})
  void noLineIsWiderThanItsRoomAndNothingIsLost(int width) {
    SplittableRandom random = new SplittableRandom(width);
    for (int repeat = 0; repeat < 40; repeat++) {
      String text = words(random);
      List<String> lines = Text.wrap(text, FONT, width);
      assertThat(lines)
          .allSatisfy(line -> assertThat(Text.width(line, FONT)).isLessThan(width + 1));
      assertThat(String.join("", lines).replace(" ", "")).isEqualTo(text.replace(" ", ""));
    }
  }

  private static String words(SplittableRandom random) {
    return IntStream.range(0, 1 + random.nextInt(9))
        .mapToObj(
            i ->
                random
                    .ints(1 + random.nextInt(40), 0, 60)
                    .mapToObj(
                        c ->
                            "abcdefghijklmnopqrstuvwxyzαβσ₀⁻×-._/,=ABCDEFGH0123456789—–→"
                                .substring(c % 58, c % 58 + 1))
                    .collect(Collectors.joining()))
        .collect(Collectors.joining(" "));
  }

  @Test
  void aWordIsBrokenBehindAHyphenWhereItHasOne() {
    assertThat(Text.wrap("encoder-decoder", FONT, Text.width("encoder-dec", FONT)))
        .containsExactly("encoder-", "decoder");
  }

  @Test
  void blankTextHasNoLines() {
    assertThat(Text.wrap("  ", FONT, 100)).isEmpty();
    assertThat(Text.width("", FONT)).isZero();
  }

  @Test
  void theTypefaceHasWhatFiguresNeed() {
    String all =
        "ABCXYZabcxyz0123456789 αβγδεηθλμσφω ⁰¹²³⁴⁵⁶⁷⁸⁹⁻ ₀₁₂₃₄₅₆₇₈₉ −×–—±·√←→≤≥≠≈∞‖†*“”’%()|é";
    assertThat(all.codePoints().filter(c -> !Typeface.has(Character.toString(c))).toArray())
        .isEmpty();
  }

  @Test
  void whatTheTypefaceLacksStillHasAWidth() {
    assertThat(Typeface.has("深さ")).isFalse();
    assertThat(Text.width("深さ", FONT)).isPositive();
  }
}
