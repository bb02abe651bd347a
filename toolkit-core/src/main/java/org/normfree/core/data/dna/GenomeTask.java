package org.normfree.core.data.dna;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.normfree.core.data.Batch;
import org.normfree.core.nn.Network;

/** What a model is to guess of a stretch of DNA. */
public enum GenomeTask {
  /** Each base from those before it. The first is not guessed; unknown bases are no targets. */
  NEXT {
    @Override
    int bases(int length) {
      return length + 1;
    }

    @Override
    void fill(byte[] window, int[] input, int[] targets, int at, SplittableRandom random) {
      for (int i = 0; i + 1 < window.length; i++) {
        input[at + i] = window[i];
        targets[at + i] = target(window[i + 1]);
      }
    }
  },
  /**
   * Some from both sides: each base is a target with probability 0.15, and then the model sees
   * {@link Nucleotides#MASK} with probability 0.8, any of the 12 tokens with 0.1, itself otherwise.
   * Source: the code of Caduceus.
   */
  MASKED {
    @Override
    int bases(int length) {
      return length;
    }

    @Override
    void fill(byte[] window, int[] input, int[] targets, int at, SplittableRandom random) {
      for (int i = 0; i < window.length; i++) {
        input[at + i] = window[i];
        if (random.nextDouble() < SHARE) {
          targets[at + i] = target(window[i]);
          double kind = random.nextDouble();
          if (kind < HIDDEN) {
            input[at + i] = Nucleotides.MASK;
          } else if (kind < HIDDEN + REPLACED) {
            input[at + i] = random.nextInt(Nucleotides.TOKENS);
          }
        }
      }
    }
  };

  private static final double SHARE = 0.15;
  private static final double HIDDEN = 0.8;
  private static final double REPLACED = 0.1;

  /** How many bases a window of so many tokens is cut from. */
  abstract int bases(int length);

  /** Writes a window's tokens and targets; positions that it does not reach stay as they are. */
  abstract void fill(byte[] window, int[] input, int[] targets, int at, SplittableRandom random);

  /** An unknown base is padding to a model, and nothing to guess. */
  private static int target(int token) {
    return token == Nucleotides.PAD ? Batch.IGNORED : token;
  }

  /**
   * A batch of windows.
   *
   * @param windows their bases; shorter ones are filled up with padding
   * @param length tokens of each
   * @param random draws what is hidden
   */
  Batch batch(byte[][] windows, int length, SplittableRandom random) {
    int rows = windows.length;
    int[] input = new int[rows * length];
    int[] targets = new int[rows * length];
    Arrays.fill(input, Nucleotides.PAD);
    Arrays.fill(targets, Batch.IGNORED);
    for (int row = 0; row < rows; row++) {
      byte[] known = windows[row].clone();
      for (int i = 0; i < known.length; i++) {
        known[i] = known[i] == Nucleotides.N ? Nucleotides.PAD : known[i];
      }
      fill(known, input, targets, row * length, random);
    }
    guessSomething(input, targets);
    Map<String, Batch.Feed> feeds = new LinkedHashMap<>();
    feeds.put(Network.INPUT, new Batch.Integers(input, rows, length));
    feeds.put(Network.TARGETS, new Batch.Integers(targets, rows, length));
    return new Batch(feeds, Batch.counted(targets), rows);
  }

  /** A mean over no target would be none: then the first known base is one, as it is. */
  private static void guessSomething(int[] input, int[] targets) {
    if (Batch.counted(targets) > 0) {
      return;
    }
    for (int i = 0; i < input.length; i++) {
      if (Nucleotides.isBase(input[i])) {
        targets[i] = input[i];
        return;
      }
    }
  }
}
