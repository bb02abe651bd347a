package org.normfree.core.data.dna;

/**
 * What counting can say of DNA: the probability of a base given the k before it, {@code (n(context,
 * base) + 1)/(n(context) + 4)}, counted on both strands.
 */
public final class MarkovModel {
  private static final int BASES = 4;
  private static final int LONGEST = 10;

  private final int order;
  private final double[] logs;

  /**
   * @param genome what is counted
   * @param order k, from 0 to 10
   */
  public MarkovModel(Genome genome, int order) {
    if (order < 0 || order > LONGEST) {
      throw new IllegalArgumentException(
          "a Markov model of order %s, expected 0 to %s".formatted(order, LONGEST));
    }
    this.order = order;
    int contexts = 1 << (2 * order);
    long[] counts = new long[contexts * BASES];
    for (byte[] sequence : genome.sequences()) {
      count(sequence, counts);
      count(Nucleotides.reverseComplement(sequence), counts);
    }
    logs = new double[counts.length];
    for (int context = 0; context < contexts; context++) {
      long all = 0;
      for (int base = 0; base < BASES; base++) {
        all += counts[context * BASES + base];
      }
      for (int base = 0; base < BASES; base++) {
        int at = context * BASES + base;
        logs[at] = StrictMath.log((counts[at] + 1.0) / (all + (double) BASES));
      }
    }
  }

  private void count(byte[] sequence, long[] counts) {
    for (int i = order; i < sequence.length; i++) {
      int at = index(sequence, i, -1, 0);
      if (at >= 0) {
        counts[at]++;
      }
    }
  }

  /**
   * Where the probability of a base stands.
   *
   * @param i its place, at least the order
   * @param replaced a place where another base is taken to stand; −1 for none
   * @param by that base, 0 to 3
   * @return −1 where an unknown base is in the way
   */
  private int index(byte[] sequence, int i, int replaced, int by) {
    int at = 0;
    for (int j = i - order; j <= i; j++) {
      int base = j == replaced ? by : sequence[j] - Nucleotides.A;
      if (base < 0 || base >= BASES) {
        return -1;
      }
      at = at * BASES + base;
    }
    return at;
  }

  /**
   * The mean −log p of a base given those before it, in nats, over all bases that are known and
   * have as many known bases before them.
   */
  public double nextLoss(Genome genome) {
    double sum = 0;
    long counted = 0;
    for (byte[] sequence : genome.sequences()) {
      for (int i = order; i < sequence.length; i++) {
        int at = index(sequence, i, -1, 0);
        if (at >= 0) {
          sum -= logs[at];
          counted++;
        }
      }
    }
    return sum / counted;
  }

  /**
   * The mean −log p of a base given those on both sides, in nats: p is what the model says of the
   * sequence with each of the four bases in its place. All others are known to it, where a network
   * that guesses masked bases sees 15 % of them masked too.
   */
  public double maskedLoss(Genome genome) {
    double sum = 0;
    long counted = 0;
    for (byte[] sequence : genome.sequences()) {
      for (int i = order; i + order < sequence.length; i++) {
        double loss = masked(sequence, i);
        if (!Double.isNaN(loss)) {
          sum += loss;
          counted++;
        }
      }
    }
    return sum / counted;
  }

  /** NaN where an unknown base is in the way. */
  private double masked(byte[] sequence, int i) {
    if (!Nucleotides.isBase(sequence[i])) {
      return Double.NaN;
    }
    double[] scores = new double[BASES];
    double largest = Double.NEGATIVE_INFINITY;
    for (int base = 0; base < BASES; base++) {
      for (int j = i; j <= i + order; j++) {
        int at = index(sequence, j, i, base);
        if (at < 0) {
          return Double.NaN;
        }
        scores[base] += logs[at];
      }
      largest = Math.max(largest, scores[base]);
    }
    double all = 0;
    for (double score : scores) {
      all += StrictMath.exp(score - largest);
    }
    return largest + StrictMath.log(all) - scores[sequence[i] - Nucleotides.A];
  }
}
