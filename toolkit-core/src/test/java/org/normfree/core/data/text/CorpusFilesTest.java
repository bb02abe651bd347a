package org.normfree.core.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.data.Told;

class CorpusFilesTest {
  @TempDir Path folder;

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static String lines(String word, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> word + " " + i + "\n")
        .collect(Collectors.joining());
  }

  private AbstractThrowableAssert<?, ?> aligned() {
    return assertThatThrownBy(() -> AlignedFiles.load(folder, "en", "de"))
        .isInstanceOf(InputException.class);
  }

  @Test
  void readsAlignedFilesWithByteOrderMarkCrLfAndGzip() throws IOException {
    write("train.en", "\uFEFFone\r\ntwo\u2028two\r\n");
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("train.de.gz")))) {
      out.write("eins\nzwei".getBytes(StandardCharsets.UTF_8));
    }
    write("valid.en", "three\n");
    write("valid.de", "drei\n");
    write("test.en", "four\n");
    write("test.de", "vier\n");
    ParallelCorpus corpus = AlignedFiles.load(folder, "en", "de");
    assertThat(corpus.train())
        .containsExactly(
            new SentencePair("one", "eins", 1), new SentencePair("two\u2028two", "zwei", 2));
    assertThat(corpus.validation()).containsExactly(new SentencePair("three", "drei", 1));
    assertThat(corpus.test()).containsExactly(new SentencePair("four", "vier", 1));
    assertThat(corpus.trainingTexts()).contains("one", "zwei");
  }

  @Test
  void refusesTheSameLanguageOrTheSameSentencesOnBothSides() throws IOException {
    write("train.en", lines("word", 500));
    write("train.de", lines("word", 500));
    aligned().hasMessageContaining("holds the same sentences on both sides");
    assertThatThrownBy(() -> AlignedFiles.load(folder, "en", "en"))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "source=en and target=en are the same, so there is nothing to translate; name two"
                + " languages");
  }

  @Test
  void refusesTwoValidationPartsAndSaysWhichFilesAreLeftOut() throws IOException {
    write("train.en", lines("word", 500));
    write("train.de", lines("Wort", 500));
    write("train.fr", lines("mot", 500));
    write("extra.en", lines("more", 500));
    try (Told told = new Told()) {
      AlignedFiles.load(folder, "en", "de");
      assertThat(told.lines()).singleElement().asString().contains("2 files are", "extra.en");
    }
    for (String part : List.of("val", "dev")) {
      write(part + ".en", lines("word", 20));
      write(part + ".de", lines("Wort", 20));
    }
    aligned().hasMessageContaining("holds both val.en and dev.en for the same part");
  }

  @Test
  void aLineThatNamesTheColumnsIsNoPair() throws IOException {
    for (String header : List.of("source\ttarget", "Source\tTarget", "src\ttgt")) {
      Path file = write("pairs.tsv", header + "\n" + lines("a", 500).replace("\n", "\tb\n"));
      assertThatThrownBy(() -> TabSeparated.load(file, false))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("line 1 names the columns")
          .hasMessageContaining("data.header=true");
      assertThat(TabSeparated.load(file, true).trainingTexts()).doesNotContain(header.split("\t"));
    }
  }

  @Test
  void holdsOutWhatHasNoFilesAndNeverDividesASource() throws IOException {
    String repeated =
        IntStream.range(0, 2000)
            .mapToObj(i -> "source " + i / 2 + "\ttarget " + i + "\n")
            .collect(Collectors.joining());
    ParallelCorpus corpus = TabSeparated.load(write("pairs.tsv", "a\tb\n" + repeated), true);
    assertThat(corpus.train().size() + corpus.validation().size() + corpus.test().size())
        .isEqualTo(2000);
    assertThat(corpus.validation()).hasSizeBetween(50, 150);
    assertThat(corpus.test()).hasSizeBetween(50, 150);
    Set<String> seen = new HashSet<>();
    for (List<SentencePair> part : List.of(corpus.train(), corpus.validation(), corpus.test())) {
      Set<String> sources = part.stream().map(SentencePair::source).collect(Collectors.toSet());
      assertThat(sources).noneMatch(seen::contains);
      seen.addAll(sources);
    }
    assertThat(corpus).isEqualTo(TabSeparated.load(folder.resolve("pairs.tsv"), true));
  }

  @Test
  void saysWhichFilesAreThereWhenOneIsMissing() throws IOException {
    aligned().hasMessageContaining("neither train.en nor train.de").hasMessageContaining("nothing");
    write("train.en", "one\n");
    write("train.fr", "un\n");
    aligned()
        .hasMessageContaining("train.en but not train.de")
        .hasMessageContaining("only train.en, train.fr");
    assertThatThrownBy(() -> AlignedFiles.load(folder.resolve("nowhere"), "en", "de"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void saysWhereLinesDoNotAlignOrAreEmpty() throws IOException {
    write("train.en", "one\ntwo\nthree\n");
    write("train.de", "eins\nzwei\n");
    aligned().hasMessageContaining("has 3 lines").hasMessageContaining("has 2");
    write("train.de", "eins\n \ndrei\n");
    aligned().hasMessageContaining("train.de, line 2: the target sentence is empty");
    write("train.de", "\n\n");
    aligned().hasMessageContaining("train.de is empty");
    Path bad = write("bad.tsv", "a\tb\na b\n");
    assertThatThrownBy(() -> TabSeparated.load(bad, false))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("bad.tsv, line 2 has 1 columns");
    Path few = write("few.tsv", "a\tb\n");
    assertThatThrownBy(() -> TabSeparated.load(few, false))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("1 pairs, too few");
  }

  @Test
  void saysWhereAFileIsNotUtf8() throws IOException {
    Path file =
        Files.write(
            folder.resolve("latin1.txt"), "ab\nMüller\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> PlainText.load(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("latin1.txt, line 2: byte 4 (0xfc) is not UTF-8");
    Path cut = Files.write(folder.resolve("cut.txt"), new byte[] {'a', (byte) 0xc3});
    assertThatThrownBy(() -> PlainText.load(cut))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("line 1: byte 1 (0xc3)");
  }

  @Test
  void dividesPlainTextAfterLines() throws IOException {
    String text = lines("line", 1000);
    TextCorpus corpus = PlainText.load(write("text.txt", text));
    assertThat(corpus.train() + corpus.validation() + corpus.test()).isEqualTo(text);
    assertThat(Stream.of(corpus.train(), corpus.validation())).allMatch(t -> t.endsWith("\n"));
    assertThat(corpus.train().length()).isBetween(8001, 8010);
    assertThat(corpus.characters()).isEqualTo(text.length());

    String emoji = "😀".repeat(41);
    TextCorpus oneLine = PlainText.load(write("emoji.txt", emoji));
    assertThat(Stream.of(oneLine.train(), oneLine.validation(), oneLine.test()))
        .allMatch(t -> t.codePoints().allMatch(c -> c == 0x1F600));
    Path tiny = write("tiny.txt", "ab");
    assertThatThrownBy(() -> PlainText.load(tiny))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("2 characters, too few");
  }
}
