package org.normfree.core.data.dna;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.normfree.core.InputException;
import org.normfree.core.data.Sources;

/**
 * Sequences of tokens to learn a language from, none of them empty. A window never goes from one
 * into the next.
 *
 * @param sequences tokens, see {@link Nucleotides}
 */
public record Genome(List<byte[]> sequences) {
  private static final double TRAINING = 0.85;
  private static final double VALIDATION = 0.05;

  /** Keeps the sequences that are not empty. */
  public Genome {
    sequences = sequences.stream().filter(sequence -> sequence.length > 0).toList();
  }

  /**
   * Parts of a genome that follow each other.
   *
   * @param train the first 85 %
   * @param validation the next 5 %
   * @param test the last 10 %
   */
  public record Splits(Genome train, Genome validation, Genome test) {}

  /**
   * All sequences of a FASTA file. Those without a base are left out, which is said: there is
   * nothing to learn from them.
   *
   * @throws InputException as {@link Fasta#read}
   */
  public static Genome fasta(Path file) {
    List<Fasta.Entry> entries = Fasta.read(file);
    Genome genome = new Genome(entries.stream().map(Fasta.Entry::sequence).toList());
    int empty = entries.size() - genome.sequences.size();
    if (empty > 0) {
      Sources.tell(
          file,
          "%s of %s sequences have no base and are left out".formatted(empty, entries.size()));
    }
    return genome;
  }

  /** How many bases there are. */
  public long length() {
    return sequences.stream().mapToLong(sequence -> sequence.length).sum();
  }

  /** Divides it by place, across sequences where a border falls into one. */
  public Splits split() {
    long all = length();
    long first = Math.round(TRAINING * all);
    long second = Math.round((TRAINING + VALIDATION) * all);
    return new Splits(part(0, first), part(first, second), part(second, all));
  }

  /** The bases from one place to another. */
  private Genome part(long from, long to) {
    List<byte[]> parts = new ArrayList<>();
    long at = 0;
    for (byte[] sequence : sequences) {
      int begin = (int) Math.max(0, Math.min(sequence.length, from - at));
      int end = (int) Math.max(0, Math.min(sequence.length, to - at));
      if (begin < end) {
        parts.add(Arrays.copyOfRange(sequence, begin, end));
      }
      at += sequence.length;
    }
    return new Genome(parts);
  }
}
