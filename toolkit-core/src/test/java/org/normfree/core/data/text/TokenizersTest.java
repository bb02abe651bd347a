package org.normfree.core.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.core.InputException;

class TokenizersTest {
  private static final List<String> TEXTS =
      List.of("the cat sat on the mat", "die Katze saß auf der Matte", "猫が座った 😀");

  @TempDir Path folder;

  private static int vocabulary(String name) {
    return name.equals("bpe") ? 290 : 0;
  }

  @Property(tries = 300)
  void bytesAndMergesBringBackAnyText(@ForAll String text) {
    // what UTF-8 cannot hold is a question mark
    String expected = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    Tokenizer bytes = new ByteTokenizer();
    assertThat(bytes.decode(bytes.encode(text))).isEqualTo(expected);
    Tokenizer merges = BpeTokenizer.train(List.of(text + "x", "the cat the cat"), 270);
    assertThat(merges.decode(merges.encode(text))).isEqualTo(expected);
    Tokenizer symbols = CharacterTokenizer.train(List.of(text + "x"));
    assertThat(symbols.decode(symbols.encode(text))).isEqualTo(expected);
  }

  @Property(tries = 200)
  void mergesOfOtherTextsBringBackAnyText(@ForAll String text) {
    Tokenizer merges = BpeTokenizer.train(TEXTS, 290);
    assertThat(merges.decode(merges.encode(text)))
        .isEqualTo(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"byte", "character", "bpe"})
  void comesBackFromItsFile(String name) throws IOException {
    Tokenizer tokenizer = Tokenizers.train(name, TEXTS, vocabulary(name));
    Path file = Files.write(folder.resolve("tokenizer.json"), tokenizer.toJson());
    Tokenizer loaded = Tokenizers.load(file);
    assertThat(loaded.name()).isEqualTo(name);
    assertThat(loaded.size()).isEqualTo(tokenizer.size());
    assertThat(loaded.toJson()).isEqualTo(tokenizer.toJson());
    for (String text : TEXTS) {
      assertThat(loaded.encode(text)).isEqualTo(tokenizer.encode(text)).isNotEmpty();
      assertThat(loaded.decode(loaded.encode(text))).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"byte", "character", "bpe"})
  void specialIdsAreNoText(String name) {
    Tokenizer tokenizer = Tokenizers.train(name, TEXTS, vocabulary(name));
    int t = tokenizer.encode("t")[0];
    assertThat(tokenizer.decode(new int[] {Tokenizer.BOS, t, Tokenizer.EOS, 0, Tokenizer.MASK}))
        .isEqualTo("t");
    assertThat(tokenizer.decode(new int[] {Tokenizer.UNK})).isEqualTo("\uFFFD");
    assertThatThrownBy(() -> tokenizer.decode(new int[] {tokenizer.size()}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there is no token " + tokenizer.size());
  }

  @Test
  void symbolsAreInTheOrderOfTheirCodePoints() {
    Tokenizer tokenizer = CharacterTokenizer.train(List.of("cab", "😀a"));
    assertThat(tokenizer.size()).isEqualTo(9);
    assertThat(tokenizer.encode("abc😀d")).containsExactly(5, 6, 7, 8, Tokenizer.UNK);
  }

  @Test
  void mergesTheMostFrequentPairAndOfEquallyFrequentOnesTheSmallest() {
    // "aaab" 3 times, "cd" 6 times: aa occurs 6 times (overlaps counted), ab 3, cd 6.
    // aa < cd, so 261 = aa, then 262 = cd. What is left of aaab is (aa)(a)(b): 261 a 3, ab 3;
    // ab has the smaller left id: 263 = ab, 264 = 261 263.
    BpeTokenizer tokenizer =
        BpeTokenizer.train(List.of("aaab\ncd\ncd\naaab\ncd\ncd\naaab\ncd\ncd"), 265);
    assertThat(new String(tokenizer.toJson(), StandardCharsets.UTF_8))
        .startsWith("{\"merges\":[[102,102],[104,105],[102,103],[261,263]]");
    assertThat(tokenizer.encode("aaab")).containsExactly(264);
    assertThat(tokenizer.encode("aaaab")).containsExactly(261, 261, 103);
  }

  @Test
  void stopsWhenNoPairOccursTwice() {
    assertThat(BpeTokenizer.train(List.of("abc"), 1000).size()).isEqualTo(BpeTokenizer.SMALLEST);
  }

  @Test
  void noTokenCrossesAWord() {
    BpeTokenizer tokenizer = BpeTokenizer.train(List.of("the cat ".repeat(50)), 400);
    assertThat(tokenizer.encode("the cat the")).hasSize(3);
  }

  @Test
  void saysWhatIsWrongWithANameOrASize() {
    assertThatThrownBy(() -> Tokenizers.train("bytes", TEXTS, 0))
        .isInstanceOf(InputException.class)
        .hasMessage("unknown tokenizer 'bytes'; did you mean 'byte'?");
    assertThatThrownBy(() -> Tokenizers.train("byte", TEXTS, 300))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("vocabulary=300 applies to tokenizer=bpe only");
    assertThatThrownBy(() -> Tokenizers.train("bpe", TEXTS, 260))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected at least 261");
    assertThatThrownBy(() -> Tokenizers.train("bpe", List.of(""), 300))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no text");
    assertThatThrownBy(() -> Tokenizers.train("character", List.of(), 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no text");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"tokenizer\":\"bpe\"",
        "{\"tokenizer\":\"word\"}",
        "{\"tokenizer\":\"character\"}",
        "{\"tokenizer\":\"bpe\"}",
        "{\"tokenizer\":\"bpe\",\"merges\":[[102,261]]}"
      })
  void refusesAFileThatIsNoTokenizer(String json) throws IOException {
    Path file = Files.writeString(folder.resolve("bad.json"), json);
    assertThatThrownBy(() -> Tokenizers.load(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("bad.json")
        .hasMessageContaining("give a file that a tokenizer was saved to");
  }
}
