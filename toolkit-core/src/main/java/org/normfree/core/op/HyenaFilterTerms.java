package org.normfree.core.op;

/**
 * What the filters of a Hyena layer are made of besides their weights: features of the position,
 * and a window that falls with it.
 *
 * <p>Positions are {@code t_i = i/(S − 1)} for sequences of at most S positions, of which the first
 * ones are used. Features of position i are {@code [t_i, cos(2πi·f/S), …, −sin(2πi·f/S), …]} with
 * frequencies f evenly from 1e-4 to their number less 1. The window of channel c is {@code
 * exp(−t·|δ_c|) + shift} with δ evenly from ln(0.01)/1.5 to ln(0.01)/0.3. Source: arXiv 2302.10866,
 * section 3.3, and its official code.
 *
 * @param length number of positions
 * @param longest S, at least the length
 * @param features how many features a position has: 1 and two a frequency
 * @param channels how many filters there are
 * @param shift lower end of the window: 0 in the training code, 0.05 in the standalone one
 */
public record HyenaFilterTerms(int length, int longest, int features, int channels, double shift) {
  private static final double LOWEST_FREQUENCY = 1e-4;
  private static final double SLOW = Math.log(0.01) / 1.5;
  private static final double FAST = Math.log(0.01) / 0.3;

  /** Refuses what does not fit together. */
  public HyenaFilterTerms {
    if (length < 1 || longest < Math.max(2, length)) {
      throw new IllegalArgumentException(
          "hyenaFilter: a length of %s of at most %s, expected 1 or more, and a longest of 2 or more that holds it"
              .formatted(length, longest));
    }
    if (features < 3 || features % 2 == 0 || channels < 1) {
      throw new IllegalArgumentException(
          "hyenaFilter: %s features and %s channels, expected an odd number of at least 3 and 1 or more"
              .formatted(features, channels));
    }
  }

  /** t of each position. */
  public double[] times() {
    double[] times = new double[length];
    for (int i = 0; i < length; i++) {
      times[i] = (double) i / (longest - 1);
    }
    return times;
  }

  /** Features of each position, a row each. */
  public double[][] positions() {
    int bands = (features - 1) / 2;
    double[] times = times();
    double[] frequencies = evenly(LOWEST_FREQUENCY, bands - 1.0, bands);
    double[][] rows = new double[length][features];
    for (int i = 0; i < length; i++) {
      rows[i][0] = times[i];
      for (int band = 0; band < bands; band++) {
        double angle = frequencies[band] * 2 * Math.PI * i / longest;
        rows[i][1 + band] = Math.cos(angle);
        rows[i][1 + bands + band] = -Math.sin(angle);
      }
    }
    return rows;
  }

  /** δ of each channel, below 0. */
  public double[] decays() {
    return evenly(SLOW, FAST, channels);
  }

  /** The window, a row a position. */
  public double[][] window() {
    double[] times = times();
    double[] decays = decays();
    double[][] window = new double[length][channels];
    for (int i = 0; i < length; i++) {
      for (int c = 0; c < channels; c++) {
        window[i][c] = Math.exp(times[i] * decays[c]) + shift;
      }
    }
    return window;
  }

  private static double[] evenly(double first, double last, int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = count == 1 ? first : first + (last - first) * i / (count - 1);
    }
    return values;
  }
}
