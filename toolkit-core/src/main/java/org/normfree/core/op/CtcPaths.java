package org.normfree.core.op;

import java.util.Arrays;

/**
 * The paths of {@link CtcLoss} for one example: labels with a blank before, between and behind, the
 * places of which a path goes through in order, skipping at most the blank between two different
 * labels. All sums are of logarithms.
 */
final class CtcPaths {
  private static final double NONE = Double.NEGATIVE_INFINITY;

  private final int frames;
  private final int classes;
  private final int first;
  private final int[] places;

  /** Logarithms of the softmax, [frames, classes]. */
  private final double[][] logs;

  private CtcPaths(Shareable.Operands operands, int example, int blank) {
    classes = operands.size(0, 2);
    frames = operands.integer(2)[example];
    int all = operands.size(0, 1);
    int length = operands.integer(3)[example];
    int longest = operands.size(1, 1);
    require("frames", frames, all, example);
    require("lengths", length, longest, example);
    first = example * all * classes;
    places = new int[2 * length + 1];
    Arrays.fill(places, blank);
    for (int i = 0; i < length; i++) {
      int label = operands.integer(1)[example * longest + i];
      require("targets", label, classes - 1, example);
      if (label == blank) {
        throw new IllegalArgumentException(
            "normfree_ctc_loss: label %s of example %s is the blank %s, expected another class"
                .formatted(i, example, blank));
      }
      places[2 * i + 1] = label;
    }
    logs = new double[frames][];
    for (int t = 0; t < frames; t++) {
      logs[t] = logSoftmax(operands.real(0), first + t * classes);
    }
  }

  private static void require(String name, int value, int most, int example) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(
          "normfree_ctc_loss: %s of example %s has the value %s, expected 0 to %s"
              .formatted(name, example, value, most));
    }
  }

  /** What is done with an example's paths. */
  interface Body {
    void run(int example, CtcPaths paths);
  }

  /** Divides the examples among the threads. */
  static Shareable.Shares shares(Shareable.Operands operands, int blank, int threads, Body body) {
    int batch = operands.size(0, 0);
    return new Shareable.Shares() {
      @Override
      public int phases() {
        return 1;
      }

      @Override
      public void run(int phase, int thread) {
        int end = Shareable.share(batch, thread + 1, threads);
        for (int i = Shareable.share(batch, thread, threads); i < end; i++) {
          body.run(i, new CtcPaths(operands, i, blank));
        }
      }
    };
  }

  private double[] logSoftmax(double[] logits, int at) {
    double max = NONE;
    for (int c = 0; c < classes; c++) {
      max = Math.max(max, logits[at + c]);
    }
    double powers = 0;
    for (int c = 0; c < classes; c++) {
      powers += Math.exp(logits[at + c] - max);
    }
    double sum = max + Math.log(powers);
    double[] result = new double[classes];
    for (int c = 0; c < classes; c++) {
      result[c] = logits[at + c] - sum;
    }
    return result;
  }

  /** {@code log(e^a + e^b)}. */
  private static double add(double a, double b) {
    double max = Math.max(a, b);
    return max == NONE ? NONE : max + Math.log1p(Math.exp(Math.min(a, b) - max));
  }

  /** Whether a path may come from two places before. */
  private boolean skips(int place) {
    return place > 1 && place % 2 == 1 && places[place] != places[place - 2];
  }

  /** Of all beginnings that end at a place in a frame, that frame included. */
  private double[][] forward() {
    double[][] alpha = new double[frames][places.length];
    for (int t = 0; t < frames; t++) {
      for (int s = 0; s < places.length; s++) {
        double sum = NONE;
        if (t == 0) {
          sum = s < 2 ? 0 : NONE;
        } else {
          sum = s > 0 ? add(alpha[t - 1][s], alpha[t - 1][s - 1]) : alpha[t - 1][s];
          sum = skips(s) ? add(sum, alpha[t - 1][s - 2]) : sum;
        }
        alpha[t][s] = sum + logs[t][places[s]];
      }
    }
    return alpha;
  }

  /** Of all endings behind a place in a frame, that frame not included. */
  private double[][] backward() {
    double[][] beta = new double[frames][places.length];
    for (int t = frames - 1; t >= 0; t--) {
      for (int s = 0; s < places.length; s++) {
        double sum = NONE;
        if (t == frames - 1) {
          sum = s >= places.length - 2 ? 0 : NONE;
        } else {
          for (int next = s; next < Math.min(s + 3, places.length); next++) {
            if (next < s + 2 || skips(next)) {
              sum = add(sum, beta[t + 1][next] + logs[t + 1][places[next]]);
            }
          }
        }
        beta[t][s] = sum;
      }
    }
    return beta;
  }

  /** Logarithm of the probability of all paths. */
  private double log(double[][] alpha) {
    if (frames == 0) {
      return places.length == 1 ? 0 : NONE;
    }
    double[] last = alpha[frames - 1];
    double end = last[places.length - 1];
    return places.length == 1 ? end : add(end, last[places.length - 2]);
  }

  double loss() {
    double log = log(forward());
    return log == NONE ? 0 : -log;
  }

  /** Writes the gradient of the example's logits. */
  void gradient(double upstream, double[] to) {
    double[][] alpha = forward();
    double log = log(alpha);
    if (log == NONE) {
      return;
    }
    double[][] beta = backward();
    for (int t = 0; t < frames; t++) {
      int at = first + t * classes;
      for (int c = 0; c < classes; c++) {
        to[at + c] += upstream * Math.exp(logs[t][c]);
      }
      for (int s = 0; s < places.length; s++) {
        to[at + places[s]] -= upstream * Math.exp(alpha[t][s] + beta[t][s] - log);
      }
    }
  }
}
