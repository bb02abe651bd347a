package org.normfree.core.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextScoresTest {
  @Test
  void onlyEqualTextsMatch() {
    assertThat(TextScores.exactMatch(List.of("ja", "nein "), List.of("ja", "nein"))).isEqualTo(0.5);
    assertThatThrownBy(() -> TextScores.exactMatch(List.of("ja"), List.of()))
        .hasMessage("1 texts but 0 references");
    assertThatThrownBy(() -> TextScores.exactMatch(List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Three tokens of 2·ln 2 nats, which are 2 bits, over four bytes. */
  @Test
  void bitsAreSpreadOverBytes() {
    assertThat(TextScores.bitsPerByte(2 * Math.log(2), 3, 4)).isCloseTo(1.5, within(1e-12));
    assertThatThrownBy(() -> TextScores.bitsPerByte(1, 1, 0)).hasMessageContaining("0 bytes");
  }

  /** Shares ½, ¼, ¼: ½·ln 2 + 2·¼·ln 4 = 1.5·ln 2. */
  @Test
  void frequenciesAloneGiveTheEntropyOfTheirShares() {
    assertThat(TextScores.unigramLoss(IntStream.of(7, 9, 7, 8)))
        .isCloseTo(1.5 * Math.log(2), within(1e-12));
    assertThat(TextScores.unigramLoss(IntStream.of(3, 3))).isZero();
    assertThatThrownBy(() -> TextScores.unigramLoss(IntStream.empty()))
        .hasMessage("there are no tokens to count");
  }
}
