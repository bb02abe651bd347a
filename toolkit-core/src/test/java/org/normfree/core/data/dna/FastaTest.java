package org.normfree.core.data.dna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.InputException;

class FastaTest {
  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }

  private static String letters(byte[] sequence) {
    StringBuilder text = new StringBuilder();
    for (byte token : sequence) {
      text.append(Nucleotides.letter(token));
    }
    return text.toString();
  }

  @Test
  void readsWhatIsFoundInTheWild() throws IOException {
    String text =
        ">one the first\r\nacgt\r\nNNu\r\n\r\n>\nRyswkmbdhv AC\tG\n>empty\n>last é\rGG\rCC";
    List<Fasta.Entry> entries = Fasta.read(file("x.fa", text));
    assertThat(entries.stream().map(Fasta.Entry::name)).containsExactly("one", "", "empty", "last");
    assertThat(entries.stream().map(e -> letters(e.sequence())))
        .containsExactly("ACGTNNT", "NNNNNNNNNNACG", "", "GGCC");
    assertThat(entries.stream().map(Fasta.Entry::line)).containsExactly(1, 5, 7, 8);
  }

  /** Lower case is not what a Turkish system makes of it. */
  @Test
  void readsTheSameInEveryLanguage() throws IOException {
    Locale before = Locale.getDefault();
    try {
      for (String language : List.of("tr", "ar", "en")) {
        Locale.setDefault(Locale.forLanguageTag(language));
        Path file = file("y.fa", ">i\nacgtn\n");
        assertThat(letters(Fasta.read(file).get(0).sequence())).isEqualTo("ACGTN");
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void readsPackedFiles() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(">a\nACGT\n".getBytes(StandardCharsets.UTF_8));
    }
    Path whole = Files.write(folder.resolve("a.fa.gz"), bytes.toByteArray());
    assertThat(letters(Fasta.read(whole).get(0).sequence())).isEqualTo("ACGT");
    byte[] half = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 9);
    Path cut = Files.write(folder.resolve("cut.fa.gz"), half);
    refused(cut, "cut.fa.gz cannot be unpacked");
    refused(file("not.fa.gz", ">a\nACGT\n"), "not.fa.gz cannot be unpacked");
  }

  private static void refused(Path file, String why) {
    assertThatThrownBy(() -> Fasta.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'>a\nACGT\n\nACXT' | bad.fa, line 4: 'X' is no nucleotide",
        "'>a\r\nACGT\r\nAC-T' | bad.fa, line 3: '-' is no nucleotide",
        "'>a\rACGT\rACéT' | bad.fa, line 3: byte 195 is no nucleotide",
        "'ACGT\n>a\nACGT' | bad.fa, line 1: 'A' stands before the first name",
        "'' | bad.fa holds no base in 0 sequences",
        "'\n \n' | bad.fa holds no base in 0 sequences",
        "'>' | bad.fa holds no base in 1 sequences",
        "'>a\n>b\n' | bad.fa holds no base in 2 sequences"
      })
  void refusesTheRestInOneLine(String text, String why) throws IOException {
    refused(file("bad.fa", text), why);
  }

  @Test
  void refusesWhatIsNotThere() {
    refused(folder.resolve("nothing.fa"), "nothing.fa: it does not exist");
  }

  @Test
  void strandsPairBasesAndRunTheOtherWay() {
    byte[] sequence = {7, 7, 8, 11, 9, 10};
    assertThat(letters(Nucleotides.reverseComplement(sequence))).isEqualTo("ACNGTT");
    assertThat(Nucleotides.reverseComplement(Nucleotides.reverseComplement(sequence)))
        .isEqualTo(sequence);
    for (int token = 0; token < Nucleotides.VOCABULARY; token++) {
      int other = Nucleotides.complement().get(token);
      assertThat(Nucleotides.complement().get(other)).isEqualTo(token);
    }
  }
}
