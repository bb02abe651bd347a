package org.normfree.core.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The counts of each case are worked out by hand in its comments. */
class BleuTest {
  @Test
  void countsEachNgramAtMostAsOftenAsTheReference() {
    // the cat sat on the mat (6) | the cat is on the mat (6)
    // 1: the 2, cat, on, mat = 5 of 6; 2: the cat, on the, the mat = 3 of 5
    // 3: on the mat = 1 of 4; 4: none of 3 -> 1/(2·3); BP 1
    // (5/6 · 3/5 · 1/4 · 1/6)^(1/4) = (1/48)^(1/4) = 0.379918
    Bleu.Statistics s = Bleu.statistics("the cat sat on the mat", "the cat is on the mat");
    assertThat(s.matches()).containsExactly(5, 3, 1, 0);
    assertThat(s.totals()).containsExactly(6, 5, 4, 3);
    assertThat(s.score()).isCloseTo(37.9918, within(0.001));

    // the ×7 | the cat is on the mat (6): 1: 2 of 7; 2..4: none of 6, 5, 4 -> 1/12, 1/20, 1/32
    // (2/7 / 12 / 20 / 32)^(1/4) = (2/53760)^(1/4) = 0.0780983
    assertThat(Bleu.statistics("the the the the the the the", "the cat is on the mat").score())
        .isCloseTo(7.80983, within(0.001));
  }

  @Test
  void addsUpCountsOverTheCorpusBeforeDividing() {
    // a b c d e (5) | a b c d f (5): 4/5, 3/4, 2/3, 1/2
    // x y (2) | x y z w (4): 2/2, 1/1, 0/0, 0/0
    // corpus: 6/7, 4/5, 2/3, 1/2; c = 7, r = 9: BP = exp(1 - 9/7) = exp(-2/7) = 0.751477
    // (6/7 · 4/5 · 2/3 · 1/2)^(1/4) = (8/35)^(1/4) = 0.691440; BLEU = 51.9602
    Bleu.Statistics corpus =
        Bleu.corpus(List.of("a b c d e", "x y"), List.of("a b c d f", "x y z w"));
    assertThat(corpus.matches()).containsExactly(6, 4, 2, 1);
    assertThat(corpus.totals()).containsExactly(7, 5, 3, 2);
    assertThat(corpus.brevityPenalty()).isCloseTo(Math.exp(-2.0 / 7), within(1e-12));
    assertThat(corpus.score())
        .isCloseTo(
            100 * Math.exp(-2.0 / 7) * Math.pow(6.0 / 7 * 4 / 5 * 2 / 3 / 2, 0.25), within(1e-9));
  }

  @Test
  void halvesAgainWithEachOrderThatHasNoMatch() {
    // a x b y c (5) | a b c d e (5): 3/5, none of 4 -> 1/8, none of 3 -> 1/12, none of 2 -> 1/16
    // (3/5 / 8 / 12 / 16)^(1/4) = (1/2560)^(1/4) = 0.140587
    assertThat(Bleu.statistics("a x b y c", "a b c d e").score()).isCloseTo(14.0587, within(0.001));
  }

  @Test
  void isZeroWithoutAMatchOrWithoutAnNgramOfSomeLength() {
    assertThat(Bleu.statistics("a b c d", "e f g h").score()).isZero();
    assertThat(Bleu.statistics("a b c", "a b c").score()).isZero(); // no 4-gram
    assertThat(Bleu.statistics("", "a b c d").score()).isZero();
    assertThat(Bleu.Statistics.NONE.score()).isZero();
  }

  @Test
  void isAHundredForTheReferenceAndSeesCase() {
    String sentence = "Two dogs, one ball: 3.5 seconds!";
    assertThat(Bleu.statistics(sentence, sentence).score()).isCloseTo(100, within(1e-9));
    // TWO dogs , one ball | Two …: 4/5, 3/4, 2/3, 1/2 -> (1/5)^(1/4) = 0.668740
    assertThat(Bleu.statistics("TWO dogs, one ball", "Two dogs, one ball").score())
        .isCloseTo(66.8740, within(0.001));
  }

  @Test
  void tokenizesAsMteval13a() {
    assertThat(Bleu.tokenize("Hello, world! It's 3.14, no?"))
        .containsExactly("Hello", ",", "world", "!", "It's", "3.14", ",", "no", "?");
    assertThat(Bleu.tokenize("1,000 and 5- x-ray 1990-1991."))
        .containsExactly("1,000", "and", "5", "-", "x-ray", "1990", "-", "1991", ".");
    assertThat(Bleu.tokenize("&quot;a&amp;b&quot; &lt;c&gt;<skipped>"))
        .containsExactly("\"", "a", "&", "b", "\"", "<", "c", ">");
    assertThat(Bleu.tokenize("(f/g)[h] \u00A0i\u3000j_k \n"))
        .containsExactly("(", "f", "/", "g", ")", "[", "h", "]", "i", "j", "_", "k");
    assertThat(Bleu.tokenize(" \t ")).isEmpty();
  }

  @Test
  void needsAReferenceForEachTranslation() {
    assertThatThrownBy(() -> Bleu.corpus(List.of("a"), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 texts but 0 references");
  }

  @Test
  void exactMatchesAndBitsPerByte() {
    assertThat(TextScores.exactMatch(List.of("a", "b", "c", "d "), List.of("a", "x", "c", "d")))
        .isEqualTo(0.5);
    // 2 ln 2 nats a token are 2 bits; 30 tokens in 20 bytes: 3 bits a byte
    assertThat(TextScores.bitsPerByte(2 * Math.log(2), 30, 20)).isCloseTo(3, within(1e-12));
  }

  @Test
  void theBootstrapHoldsTheScoreAndNarrowsWithMoreSentences() {
    String good = "the cat sat on the mat today";
    String bad = "the dog sat on a mat yesterday";
    List<Bleu.Statistics> few = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      few.add(Bleu.statistics(i % 2 == 0 ? good : bad, good));
    }
    List<Bleu.Statistics> many = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      many.addAll(few);
    }
    double score = few.stream().reduce(Bleu.Statistics.NONE, Bleu.Statistics::plus).score();
    Bleu.Interval wide = Bleu.bootstrap(few, 500, 1);
    Bleu.Interval narrow = Bleu.bootstrap(many, 500, 1);
    assertThat(score).isBetween(wide.low(), wide.high());
    assertThat(narrow.high() - narrow.low()).isLessThan((wide.high() - wide.low()) / 3);
    assertThat(Bleu.bootstrap(few, 500, 1)).isEqualTo(wide);
    Bleu.Interval perfect = Bleu.bootstrap(List.of(Bleu.statistics(good, good)), 40, 1);
    assertThat(perfect.low()).isCloseTo(100, within(1e-9)).isEqualTo(perfect.high());
  }
}
