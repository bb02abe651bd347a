package org.normfree.core.data.dna;

import java.util.ArrayList;
import java.util.List;
import org.normfree.core.nn.Rng;

/**
 * Made-up sequences whose answer is known: random bases, and in half of the sequences, on either
 * strand, the boxes of a promoter, TTGACA and TATAAT 16 to 18 bases behind it, each base of which
 * is another one with probability {@value #MUTATED}. Nothing else tells the classes apart, so
 * {@link #answer} is right as often as anything can be.
 */
public final class PlantedMotifs {
  /** Bases of a sequence. */
  public static final int LENGTH = 81;

  /** Probability that a base of a box is another one. */
  static final double MUTATED = 0.05;

  private static final String FIRST = "TTGACA";
  private static final String SECOND = "TATAAT";
  private static final int SHORTEST = 16;
  private static final int LONGEST = 18;
  private static final long SEED = 70;

  private PlantedMotifs() {}

  /**
   * Makes some, as many of either class.
   *
   * @param training sequences to learn from
   * @param test sequences to report on
   * @return the same for the same numbers
   */
  public static LabelledDna.Splits make(int training, int test) {
    return some("train", training).splitWith(some("test", test));
  }

  private static LabelledDna some(String part, int count) {
    List<byte[]> sequences = new ArrayList<>();
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 2;
      sequences.add(sequence(Rng.of(SEED, part, i), labels[i] == 1));
    }
    return new LabelledDna(sequences, labels, List.of("random", "planted"));
  }

  private static byte[] sequence(Rng rng, boolean planted) {
    byte[] sequence = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      sequence[i] = (byte) (Nucleotides.A + rng.below(4));
    }
    if (!planted) {
      return sequence;
    }
    int gap = (int) (SHORTEST + rng.below(LONGEST - SHORTEST + 1L));
    int start = (int) rng.below(LENGTH - width(gap) + 1L);
    plant(sequence, start, FIRST, rng);
    plant(sequence, start + FIRST.length() + gap, SECOND, rng);
    return rng.below(2) == 0 ? sequence : Nucleotides.reverseComplement(sequence);
  }

  private static void plant(byte[] sequence, int at, String box, Rng rng) {
    for (int i = 0; i < box.length(); i++) {
      int base = Nucleotides.token(box.charAt(i)) - Nucleotides.A;
      boolean mutated = rng.uniform() < MUTATED;
      int other = mutated ? (int) ((base + 1 + rng.below(3)) % 4) : base;
      sequence[at + i] = (byte) (Nucleotides.A + other);
    }
  }

  private static int width(int gap) {
    return FIRST.length() + gap + SECOND.length();
  }

  /**
   * The likelier class, by the rule that the sequences were made by: the mean over strands, places
   * and gaps of {@code Π p(base)/¼} is above 1 where the boxes are likelier there than not.
   *
   * @param sequence of {@value #LENGTH} bases
   */
  public static int answer(byte[] sequence) {
    double sum = 0;
    int gaps = LONGEST - SHORTEST + 1;
    for (byte[] strand : List.of(sequence, Nucleotides.reverseComplement(sequence))) {
      for (int gap = SHORTEST; gap <= LONGEST; gap++) {
        int places = LENGTH - width(gap) + 1;
        for (int start = 0; start < places; start++) {
          double ratio =
              ratio(strand, start, FIRST) * ratio(strand, start + FIRST.length() + gap, SECOND);
          sum += ratio / (2.0 * gaps * places);
        }
      }
    }
    return sum > 1 ? 1 : 0;
  }

  private static double ratio(byte[] strand, int at, String box) {
    double ratio = 1;
    for (int i = 0; i < box.length(); i++) {
      boolean same = strand[at + i] == Nucleotides.token(box.charAt(i));
      ratio *= 4 * (same ? 1 - MUTATED : MUTATED / 3);
    }
    return ratio;
  }
}
