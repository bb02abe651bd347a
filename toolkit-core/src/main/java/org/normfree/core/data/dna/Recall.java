package org.normfree.core.data.dna;

import java.util.List;
import org.normfree.core.InputException;
import org.normfree.core.nn.Rng;

/**
 * Made-up DNA in which something far away helps: stretches of {@value #DISTANCE} random bases, each
 * of which comes once more right behind itself. Half of the bases can be known by a model that
 * looks back so far, and none by one that does not: a perplexity of 2 can be reached, 4 is chance.
 */
public final class Recall {
  /** How far behind itself a base comes once more. */
  public static final int DISTANCE = 200;

  private static final int LEAST = 20 * DISTANCE;
  private static final long SEED = 416;

  private Recall() {}

  /**
   * Makes some.
   *
   * @param bases how many
   * @return one sequence, the same for the same number
   * @throws InputException if there are too few for a stretch and its repetition in each part
   */
  public static Genome make(int bases) {
    if (bases < LEAST) {
      throw new InputException(
          "%s bases with repetitions, expected at least %s, so that each part holds one"
              .formatted(bases, LEAST));
    }
    Rng rng = Rng.of(SEED, "recall", 0);
    byte[] sequence = new byte[bases];
    for (int i = 0; i < bases; i++) {
      boolean again = i / DISTANCE % 2 == 1;
      sequence[i] = again ? sequence[i - DISTANCE] : (byte) (Nucleotides.A + rng.below(4));
    }
    return new Genome(List.of(sequence));
  }
}
