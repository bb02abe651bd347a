package org.normfree.core.data.dna;

/**
 * How often each class was taken for which.
 *
 * @param counts by the true class and the guessed one
 */
public record Confusion(long[][] counts) {
  /**
   * Counts.
   *
   * @param truth the true classes
   * @param guesses what they were taken for
   * @param classes how many there are
   */
  public static Confusion of(int[] truth, int[] guesses, int classes) {
    long[][] counts = new long[classes][classes];
    for (int i = 0; i < truth.length; i++) {
      counts[truth[i]][guesses[i]]++;
    }
    return new Confusion(counts);
  }

  /** The share of guesses that are right, in percent. */
  public double accuracy() {
    long right = 0;
    long all = 0;
    for (int c = 0; c < counts.length; c++) {
      right += counts[c][c];
      for (long count : counts[c]) {
        all += count;
      }
    }
    return 100.0 * right / all;
  }

  /**
   * Matthews' correlation coefficient, of any number of classes: the correlation of truth and
   * guesses. 1 where all are right, 0 where guesses tell nothing, and where all are the same.
   * Source: Gorodkin, Computational Biology and Chemistry 28 (2004), 367–374.
   */
  public double matthews() {
    double all = 0;
    double right = 0;
    int classes = counts.length;
    double[] wanted = new double[classes];
    double[] given = new double[classes];
    for (int i = 0; i < classes; i++) {
      right += counts[i][i];
      for (int j = 0; j < classes; j++) {
        all += counts[i][j];
        wanted[i] += counts[i][j];
        given[j] += counts[i][j];
      }
    }
    double both = 0;
    double wantedSquares = 0;
    double givenSquares = 0;
    for (int c = 0; c < classes; c++) {
      both += wanted[c] * given[c];
      wantedSquares += wanted[c] * wanted[c];
      givenSquares += given[c] * given[c];
    }
    double size = Math.sqrt((all * all - givenSquares) * (all * all - wantedSquares));
    return size == 0 ? 0 : (right * all - both) / size;
  }
}
