package org.normfree.core.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;

class NumbersTest {
  @Test
  void spellsNumbersInTwoLanguagesWithoutSoftHyphens() {
    ParallelCorpus corpus = Numbers.load("en", "de", 2000, 999_999);
    Map<String, String> pairs = new HashMap<>();
    corpus.train().forEach(pair -> pairs.put(pair.source(), pair.target()));
    assertThat(pairs)
        .containsEntry("forty-two", "zwei­und­vierzig".replace("\u00AD", ""))
        .hasSize(2000)
        .allSatisfy((en, de) -> assertThat(en + de).doesNotContain("\u00AD"));
    assertThat(corpus.validation()).hasSize(100);
    assertThat(corpus.test()).hasSize(100);
    assertThat(corpus).isEqualTo(Numbers.load("en", "de", 2000, 999_999));
  }

  @Test
  void partsAreDisjoint() {
    ParallelCorpus corpus = Numbers.load("en", "fr", 1_000_000, 9_999);
    Set<String> all = new HashSet<>();
    for (List<SentencePair> part : List.of(corpus.train(), corpus.validation(), corpus.test())) {
      part.forEach(pair -> assertThat(all.add(pair.source())).isTrue());
    }
    assertThat(all).hasSize(10_000);
  }

  @Test
  void everyLengthFromThreeDigitsOnHasItsRangesInEveryPart() {
    for (long first = 100; first <= 100_000; first *= 10) {
      for (HeldOut part : HeldOut.values()) {
        long size =
            LongStream.range(first, 10 * first).filter(n -> Numbers.part(n) == part).count();
        assertThat(size).isEqualTo(9 * first / 100 * (part == HeldOut.TRAIN ? 90 : 5));
      }
    }
    assertThat(LongStream.range(0, 100)).allMatch(n -> Numbers.part(n) == HeldOut.TRAIN);
    assertThat(Numbers.part(217_000)).isEqualTo(HeldOut.TEST);
    assertThat(Numbers.part(225_999)).isEqualTo(HeldOut.TEST);
    assertThat(Numbers.part(226_000)).isEqualTo(HeldOut.TRAIN);
  }

  @Test
  void knowsLanguagesAndSaysWhichWhenOneIsUnknown() {
    assertThat(Numbers.languages())
        .contains("en", "de", "de_CH", "fr", "ja", "fi", "tr")
        .hasSizeGreaterThan(80);
    assertThat(Numbers.load("de-CH", "ja", 20, 999).train()).hasSize(20);
    assertThatThrownBy(() -> Numbers.load("en", "tlh", 100, 999))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("language 'tlh'");
    assertThatThrownBy(() -> Numbers.load("en", "german", 100, 999))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("choose one of af, ak");
    assertThatThrownBy(() -> Numbers.load("en", "de", 100, 99))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected 999 to 999999999");
    assertThatThrownBy(() -> Numbers.load("en", "de", 5, 999))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at least 20");
  }

  @Test
  void drawsFromLengthsTooLongToList() {
    ParallelCorpus corpus = Numbers.load("en", "de", 900, Numbers.LARGEST);
    assertThat(corpus.train()).hasSize(900);
    assertThat(corpus.test()).hasSize(45);
    assertThat(corpus.test()).anyMatch(pair -> pair.source().contains("million"));
  }

  @Test
  void glossesAreEnglishLinesInThreeParts() {
    TextCorpus glosses = Glosses.load();
    List<String> parts = List.of(glosses.train(), glosses.validation(), glosses.test());
    assertThat(parts.stream().mapToLong(text -> text.lines().count()).sum()).isEqualTo(117_791);
    assertThat(glosses.characters()).isBetween(8_500_000L, 9_500_000L);
    assertThat(glosses.train()).startsWith("that which is perceived or known or inferred");
    for (String held : parts.subList(1, 3)) {
      assertThat(held.length() / (double) glosses.characters()).isBetween(0.045, 0.055);
      assertThat(held).endsWith("\n").doesNotContain("|", "  1 ");
    }
  }
}
