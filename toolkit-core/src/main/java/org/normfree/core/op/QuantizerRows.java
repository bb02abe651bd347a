package org.normfree.core.op;

/** What a {@link GumbelQuantizer} and its gradient compute of one row and group. */
final class QuantizerRows {
  final int count;
  final int groups;

  /** Entries of a group. */
  final int entries;

  /** Length of an entry's vector. */
  final int width;

  private final Shareable.Operands operands;
  private final boolean noisy;

  QuantizerRows(Shareable.Operands operands, int groups, boolean noisy) {
    this.operands = operands;
    this.groups = groups;
    this.noisy = noisy;
    entries = operands.size(0, -1) / groups;
    width = operands.size(1, 1);
    count = operands.real(0).length / (groups * entries);
  }

  /** Softmax of the logits from {@code at} on. */
  double[] softmax(int at) {
    double[] logits = new double[entries];
    System.arraycopy(operands.real(0), at, logits, 0, entries);
    return softmax(logits);
  }

  /** The same with noise and temperature, if there are such. */
  double[] noisySoftmax(int at) {
    if (!noisy) {
      return softmax(at);
    }
    double[] logits = new double[entries];
    for (int v = 0; v < entries; v++) {
      logits[v] = (operands.real(0)[at + v] + operands.real(2)[at + v]) / temperature();
    }
    return softmax(logits);
  }

  double temperature() {
    return operands.real(3)[0];
  }

  private static double[] softmax(double[] logits) {
    double max = logits[largest(logits)];
    double sum = 0;
    for (int v = 0; v < logits.length; v++) {
      logits[v] = Math.exp(logits[v] - max);
      sum += logits[v];
    }
    for (int v = 0; v < logits.length; v++) {
      logits[v] /= sum;
    }
    return logits;
  }

  /** The first of the largest. */
  static int largest(double[] values) {
    int largest = 0;
    for (int v = 1; v < values.length; v++) {
      largest = values[v] > values[largest] ? v : largest;
    }
    return largest;
  }

  /** Mean over all rows of what each thread has added up. */
  void mean(double[][] sums, double[] to) {
    for (int i = 0; i < to.length; i++) {
      double sum = 0;
      for (double[] own : sums) {
        sum += own[i];
      }
      to[i] = sum / count;
    }
  }

  /** {@code to ← to + p∘(d − ⟨p, d⟩)·factor}: through a softmax p. */
  static void through(double[] p, double[] d, double factor, double[] to, int at) {
    double mean = 0;
    for (int v = 0; v < p.length; v++) {
      mean += p[v] * d[v];
    }
    for (int v = 0; v < p.length; v++) {
      to[at + v] += p[v] * (d[v] - mean) * factor;
    }
  }
}
