package org.normfree.core.data.dna;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.normfree.core.InputException;
import org.normfree.core.data.Sources;

/**
 * Reads FASTA files of DNA, plain or {@code .gz}: a line with {@code >} and a name before each
 * sequence, the letters of {@link Nucleotides} in as many lines as there are, blanks and blank
 * lines among them, lines ended as on any system.
 */
public final class Fasta {
  private Fasta() {}

  /**
   * A sequence of a file.
   *
   * @param name what stands behind {@code >}, up to the first blank; may be empty
   * @param line number of that line
   * @param sequence tokens; empty if the file has none for the name
   */
  public record Entry(String name, int line, byte[] sequence) {}

  /**
   * Reads all of a file.
   *
   * @param file the file
   * @return its sequences in order, those without a base among them
   * @throws InputException if it cannot be read, has no base at all, has bases before the first
   *     name, or a letter that is no nucleotide's; the message names file and line
   */
  public static List<Entry> read(Path file) {
    List<Entry> entries = new ArrayList<>();
    try (InputStream in = new ByteArrayInputStream(Sources.unpacked(file))) {
      read(file, in, entries);
    } catch (IOException e) {
      throw new InputException(
          "cannot read %s: the system says %s; check the path".formatted(file, e), e);
    }
    if (entries.stream().allMatch(entry -> entry.sequence.length == 0)) {
      throw new InputException(
          "%s holds no base in %s sequences, expected FASTA: a line >name, and lines of A, C, G and T below it"
              .formatted(file, entries.size()));
    }
    return entries;
  }

  private static void read(Path file, InputStream in, List<Entry> entries) throws IOException {
    ByteArrayOutputStream sequence = new ByteArrayOutputStream();
    String name = null;
    int nameLine = 0;
    int line = 1;
    int letter = in.read();
    boolean atStart = true;
    while (letter >= 0) {
      if (letter == '\n' || letter == '\r') {
        int next = in.read();
        // a carriage return and a line feed are one end of a line
        if (letter == '\r' && next == '\n') {
          next = in.read();
        }
        line++;
        letter = next;
        atStart = true;
        continue;
      }
      if (atStart && letter == '>') {
        if (name != null) {
          entries.add(new Entry(name, nameLine, sequence.toByteArray()));
          sequence.reset();
        }
        nameLine = line;
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        letter = in.read();
        while (letter >= 0 && letter != '\n' && letter != '\r') {
          header.write(letter);
          letter = in.read();
        }
        name = header.toString(StandardCharsets.UTF_8).strip().split("\\s+", -1)[0];
        continue;
      }
      atStart = false;
      if (letter != ' ' && letter != '\t') {
        byte token = Nucleotides.token(letter);
        if (name == null || token < 0) {
          throw wrong(file, line, letter, name == null);
        }
        sequence.write(token);
      }
      letter = in.read();
    }
    if (name != null) {
      entries.add(new Entry(name, nameLine, sequence.toByteArray()));
    }
  }

  private static InputException wrong(Path file, int line, int letter, boolean unnamed) {
    String shown = letter > ' ' && letter < 127 ? "'" + (char) letter + "'" : "byte " + letter;
    return new InputException(
        unnamed
            ? "%s, line %s: %s stands before the first name, expected FASTA, whose first line is >name"
                .formatted(file, line, shown)
            : "%s, line %s: %s is no nucleotide, expected A, C, G, T, N or another code of IUPAC; remove it"
                .formatted(file, line, shown));
  }
}
