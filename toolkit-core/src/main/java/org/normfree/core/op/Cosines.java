package org.normfree.core.op;

/**
 * Cosines of the rows of {@link ContrastiveLoss}, the losses and their gradients. Rows are divided
 * among the threads; for the gradient of the targets, columns are, so that every sum has the order
 * of the rows.
 */
final class Cosines {
  /** Least denominator. */
  private static final double LEAST = 1e-8;

  private final double temperature;
  private final int threads;
  private final double[] context;
  private final double[] targets;
  private final int[] negatives;
  private final int[] codes;
  private final int rows;
  private final int width;
  private final int choices;
  private final double[] contextNorms;
  private final double[] targetNorms;

  /** Products of each row with each choice. */
  private final double[] dots;

  /** Gradients of these by way of the logits, after {@link #toContext}. */
  private final double[] slopes;

  Cosines(Shareable.Operands operands, double temperature, boolean coded, int threads) {
    this.temperature = temperature;
    this.threads = threads;
    context = operands.real(0);
    targets = operands.real(1);
    negatives = operands.integer(2);
    codes = coded ? operands.integer(3) : null;
    width = operands.size(0, 2);
    rows = context.length / width;
    choices = operands.size(2, 2) + 1;
    contextNorms = new double[rows];
    targetNorms = new double[rows];
    dots = new double[rows * choices];
    slopes = new double[rows * choices];
  }

  private int begin(int thread) {
    return Shareable.share(rows, thread, threads);
  }

  /** Lengths of a thread's rows. */
  void measure(int thread) {
    for (int row = begin(thread); row < begin(thread + 1); row++) {
      contextNorms[row] = Math.sqrt(dot(context, row, context, row));
      targetNorms[row] = Math.sqrt(dot(targets, row, targets, row));
      for (int k = 1; k < choices; k++) {
        requireRow(row, k);
      }
    }
  }

  private void requireRow(int row, int k) {
    int target = negatives[row * (choices - 1) + k - 1];
    if (target < 0 || target >= rows) {
      throw new IllegalArgumentException(
          "normfree_contrastive_loss: negative %s of row %s is %s, expected 0 to %s, a row of all targets"
              .formatted(k - 1, row, target, rows - 1));
    }
  }

  private double dot(double[] a, int i, double[] b, int j) {
    return Shareable.dot(a, i * width, b, j * width, width);
  }

  /** The target of a choice, of which the first is the row's own. */
  private int target(int row, int choice) {
    return choice == 0 ? row : negatives[row * (choices - 1) + choice - 1];
  }

  /** Whether a choice is no other than the own target. */
  private boolean isOwn(int row, int choice) {
    int other = target(row, choice);
    return choice > 0
        && (codes == null
            ? same(row, other, width, (i, j) -> targets[i] == targets[j])
            : same(row, other, codes.length / rows, (i, j) -> codes[i] == codes[j]));
  }

  private interface Equal {
    boolean at(int i, int j);
  }

  private static boolean same(int a, int b, int count, Equal equal) {
    for (int k = 0; k < count; k++) {
      if (!equal.at(a * count + k, b * count + k)) {
        return false;
      }
    }
    return true;
  }

  private double norms(int row, int target) {
    return Math.max(contextNorms[row] * targetNorms[target], LEAST);
  }

  /** A thread's rows of the losses and the logits. */
  void losses(int thread, double[] losses, double[] logits) {
    for (int row = begin(thread); row < begin(thread + 1); row++) {
      double[] own = logits(row);
      System.arraycopy(own, 0, logits, row * choices, choices);
      losses[row] = -Math.log(softmax(own)[0]);
    }
  }

  /** The logits of a row. */
  private double[] logits(int row) {
    double[] logits = new double[choices];
    for (int k = 0; k < choices; k++) {
      int i = row * choices + k;
      int j = target(row, k);
      dots[i] = dot(context, row, targets, j);
      logits[k] = isOwn(row, k) ? Double.NEGATIVE_INFINITY : dots[i] / norms(row, j) / temperature;
    }
    return logits;
  }

  private static double[] softmax(double[] logits) {
    double max = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      max = Math.max(max, logit);
    }
    double[] p = new double[logits.length];
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      p[k] = Math.exp(logits[k] - max);
      sum += p[k];
    }
    for (int k = 0; k < p.length; k++) {
      p[k] /= sum;
    }
    return p;
  }

  /** A thread's rows of the context's gradient. */
  void toContext(int thread, double[] ofLosses, double[] ofLogits, double[] to) {
    for (int row = begin(thread); row < begin(thread + 1); row++) {
      double[] p = softmax(logits(row));
      for (int k = 0; k < choices; k++) {
        int i = row * choices + k;
        int j = target(row, k);
        double toLogit = ofLosses[row] * (k == 0 ? p[k] - 1 : p[k]) + ofLogits[i];
        slopes[i] = isOwn(row, k) ? 0 : toLogit / temperature / norms(row, j);
        double turn = turn(row, j, dots[i], contextNorms[row]);
        add(slopes[i], targets, j, turn, context, row, 0, width, to);
      }
    }
  }

  /** A thread's columns of the targets' gradient. */
  void toTargets(int thread, double[] to) {
    int first = Shareable.share(width, thread, threads);
    int end = Shareable.share(width, thread + 1, threads);
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < choices; k++) {
        int i = row * choices + k;
        int j = target(row, k);
        double turn = turn(row, j, dots[i], targetNorms[j]);
        add(slopes[i], context, row, turn, targets, j, first, end, to);
      }
    }
  }

  /** {@code to_j ← to_j + slope·(a_i − turn·b_j)} in some columns. */
  private void add(
      double slope,
      double[] a,
      int i,
      double turn,
      double[] b,
      int j,
      int first,
      int end,
      double[] to) {
    int from = i * width;
    int at = j * width;
    for (int c = first; c < end; c++) {
      to[at + c] += slope * (a[from + c] - turn * b[at + c]);
    }
  }

  /** {@code ⟨c, q⟩/‖·‖²}, what the denominator gives; 0 where it is constant. */
  private double turn(int row, int target, double dot, double norm) {
    return contextNorms[row] * targetNorms[target] > LEAST ? dot / (norm * norm) : 0;
  }
}
