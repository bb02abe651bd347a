package org.normfree.core.data.dna;

import java.util.Arrays;

/**
 * What a linear model says of sequences: softmax regression on counts, or on what stands where,
 * standardized, with a penalty of λ/2 times the squared weights on the mean loss, fitted by all
 * sequences at once. A network that is no better has shown nothing.
 */
public final class LinearBaseline {
  private static final double PENALTY = 1e-3;
  private static final int STEPS = 300;
  private static final double RATE = 0.05;
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private LinearBaseline() {}

  /**
   * The classes of test sequences by how often each string of k bases occurs in them.
   *
   * @param train what is fitted
   * @param test what is asked about
   * @param k length of the strings; 4 is usual
   */
  public static int[] byCounts(LabelledDna train, LabelledDna test, int k) {
    return fit(counts(train, k), train.labels(), counts(test, k), train.classes());
  }

  /**
   * The classes of test sequences by the base at each place, counted from the end.
   *
   * @param train what is fitted
   * @param test what is asked about
   */
  public static int[] byPlace(LabelledDna train, LabelledDna test) {
    int length = Math.max(train.longest(), test.longest());
    return fit(places(train, length), train.labels(), places(test, length), train.classes());
  }

  private static double[][] counts(LabelledDna data, int k) {
    int strings = 1 << (2 * k);
    double[][] rows = new double[data.count()][strings];
    for (int row = 0; row < rows.length; row++) {
      byte[] sequence = data.sequences().get(row);
      int at = 0;
      int known = 0;
      for (byte token : sequence) {
        known = Nucleotides.isBase(token) ? known + 1 : 0;
        at = (4 * at + Math.floorMod(token - Nucleotides.A, 4)) % strings;
        if (known >= k) {
          rows[row][at]++;
        }
      }
    }
    return rows;
  }

  private static double[][] places(LabelledDna data, int length) {
    double[][] rows = new double[data.count()][4 * length];
    for (int row = 0; row < rows.length; row++) {
      byte[] sequence = data.sequences().get(row);
      int before = length - sequence.length;
      for (int i = 0; i < sequence.length; i++) {
        if (Nucleotides.isBase(sequence[i])) {
          rows[row][4 * (before + i) + sequence[i] - Nucleotides.A] = 1;
        }
      }
    }
    return rows;
  }

  private static int[] fit(double[][] train, int[] labels, double[][] test, int classes) {
    standardize(train, test);
    int features = train[0].length + 1;
    double[] weights = new double[features * classes];
    double[] first = new double[weights.length];
    double[] second = new double[weights.length];
    for (int step = 1; step <= STEPS; step++) {
      double[] gradient = gradient(weights, train, labels, classes);
      for (int i = 0; i < weights.length; i++) {
        first[i] = BETA1 * first[i] + (1 - BETA1) * gradient[i];
        second[i] = BETA2 * second[i] + (1 - BETA2) * gradient[i] * gradient[i];
        double mean = first[i] / (1 - StrictMath.pow(BETA1, step));
        double square = second[i] / (1 - StrictMath.pow(BETA2, step));
        double rate = RATE * (1 - (step - 1.0) / STEPS);
        weights[i] -= rate * mean / (Math.sqrt(square) + EPSILON);
      }
    }
    return Arrays.stream(test).mapToInt(row -> largest(scores(weights, row, classes))).toArray();
  }

  private static void standardize(double[][] train, double[][] test) {
    for (int f = 0; f < train[0].length; f++) {
      double mean = 0;
      double squares = 0;
      for (double[] row : train) {
        mean += row[f] / train.length;
        squares += row[f] * row[f] / train.length;
      }
      double deviation = Math.sqrt(Math.max(0, squares - mean * mean));
      double scale = deviation < 1e-9 ? 0 : 1 / deviation;
      for (double[][] rows : new double[][][] {train, test}) {
        for (double[] row : rows) {
          row[f] = (row[f] - mean) * scale;
        }
      }
    }
  }

  /** Weights lie class by class, the bias behind the others. */
  private static double[] scores(double[] weights, double[] row, int classes) {
    double[] scores = new double[classes];
    int features = row.length + 1;
    for (int c = 0; c < classes; c++) {
      double sum = weights[c * features + row.length];
      for (int f = 0; f < row.length; f++) {
        sum += weights[c * features + f] * row[f];
      }
      scores[c] = sum;
    }
    return scores;
  }

  private static double[] gradient(double[] weights, double[][] train, int[] labels, int classes) {
    double[] gradient = new double[weights.length];
    int features = train[0].length + 1;
    for (int n = 0; n < train.length; n++) {
      double[] scores = scores(weights, train[n], classes);
      double most = scores[largest(scores)];
      double all = 0;
      for (int c = 0; c < classes; c++) {
        scores[c] = StrictMath.exp(scores[c] - most);
        all += scores[c];
      }
      for (int c = 0; c < classes; c++) {
        double slope = (scores[c] / all - (labels[n] == c ? 1 : 0)) / train.length;
        int at = c * features;
        for (int f = 0; f < train[n].length; f++) {
          gradient[at + f] += slope * train[n][f];
        }
        gradient[at + train[n].length] += slope;
      }
    }
    for (int i = 0; i < gradient.length; i++) {
      boolean bias = i % features == features - 1;
      gradient[i] += bias ? 0 : PENALTY * weights[i];
    }
    return gradient;
  }

  private static int largest(double... scores) {
    int best = 0;
    for (int c = 1; c < scores.length; c++) {
      best = scores[c] > scores[best] ? c : best;
    }
    return best;
  }
}
