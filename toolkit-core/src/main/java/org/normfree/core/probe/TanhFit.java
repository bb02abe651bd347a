package org.normfree.core.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.math3.exception.MathIllegalStateException;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresBuilder;
import org.apache.commons.math3.fitting.leastsquares.LevenbergMarquardtOptimizer;
import org.apache.commons.math3.util.FastMath;

/**
 * The least-squares fit of {@code a·tanh(b(x − c)) + d}. For small b it is a line, so it is never
 * worse than the best line but for rounding. Levenberg–Marquardt from the best places of a grid,
 * with x and y brought to a range of one first; the same points always give the same fit.
 *
 * @param scale a
 * @param slope b, &gt; 0
 * @param center c
 * @param offset d
 * @param r2 coefficient of determination, 1 for a perfect fit; 0 where y does not vary
 */
public record TanhFit(double scale, double slope, double center, double offset, double r2) {
  /** How many numbers it is fitted by. */
  static final int FREEDOMS = 4;

  /** The slope at which tanh is a line in all but the last digits, x lying within ±1. */
  private static final double LINE = 1e-5;

  /** Slopes of the grid are powers of two; heavy tails leave the bend a small part of the range. */
  private static final int LOWEST_OCTAVE = -1;

  private static final int HIGHEST_OCTAVE = 12;
  private static final double[] CENTERS = {0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98};

  private static final int STARTS = 3;
  private static final int MOST_POINTS_TO_START = 4096;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final int MOST_EVALUATIONS = 200;

  /**
   * @param x abscissas
   * @param y ordinates, at least one
   */
  public static TanhFit of(double[] x, double[] y) {
    double low = Arrays.stream(x).min().orElseThrow();
    double high = Arrays.stream(x).max().orElseThrow();
    double level = Arrays.stream(y).average().orElseThrow();
    double total = Arrays.stream(y).map(v -> (v - level) * (v - level)).sum();
    if (low == high || total == 0) {
      return new TanhFit(0, 1, low, level, 0);
    }
    double middle = low + (high - low) / 2;
    double reach = (high - low) / 2;
    double spread = Math.sqrt(total / y.length);
    TanhCurve all =
        new TanhCurve(
            Arrays.stream(x).map(v -> (v - middle) / reach).toArray(),
            Arrays.stream(y).map(v -> (v - level) / spread).toArray());
    TanhCurve.Point best = best(all);
    double scale = spread * best.rise() / Math.tanh(best.slope());
    double slope = best.slope() / reach;
    double center = middle + reach * best.center();
    double offset = level + spread * best.level();
    TanhFit fit = new TanhFit(scale, slope, center, offset, 0);
    double error = 0;
    for (int i = 0; i < x.length; i++) {
      double difference = y[i] - fit.at(x[i]);
      error += difference * difference;
    }
    return new TanhFit(scale, slope, center, offset, 1 - error / total);
  }

  /** The curve's value. */
  public double at(double x) {
    return scale * Math.tanh(slope * (x - center)) + offset;
  }

  private static TanhCurve.Point best(TanhCurve all) {
    TanhCurve some = thinned(all);
    TanhCurve.Point start =
        starts(some).stream()
            .map(point -> refined(some, point))
            .min(Comparator.comparingDouble(TanhCurve.Point::error))
            .orElseThrow();
    TanhCurve.Point found = refined(all, start);
    TanhCurve.Point line = all.at(LINE, 0);
    return line.error() < found.error() ? line : found;
  }

  /** The best places of a grid over slope and centre. */
  private static List<TanhCurve.Point> starts(TanhCurve curve) {
    double[] sorted = curve.x().clone();
    Arrays.sort(sorted);
    List<TanhCurve.Point> points = new ArrayList<>();
    for (int octave = LOWEST_OCTAVE; octave <= HIGHEST_OCTAVE; octave++) {
      double slope = Math.scalb(1.0, octave);
      points.add(curve.at(slope, 0));
      for (double share : CENTERS) {
        points.add(curve.at(slope, sorted[(int) (share * sorted.length)]));
      }
    }
    return points.stream()
        .sorted(Comparator.comparingDouble(TanhCurve.Point::error))
        .limit(STARTS)
        .toList();
  }

  private static TanhCurve.Point refined(TanhCurve curve, TanhCurve.Point start) {
    TanhCurve.Search search = curve.from(start);
    try {
      new LevenbergMarquardtOptimizer()
          .optimize(
              new LeastSquaresBuilder()
                  .start(start.parameters())
                  .model(search)
                  .target(curve.y())
                  .maxEvaluations(MOST_EVALUATIONS)
                  .maxIterations(MOST_EVALUATIONS)
                  .build());
    } catch (MathIllegalStateException e) {
      // the optimizer also stops like this when it is as near as rounding allows
    }
    TanhCurve.Point found =
        curve.at(FastMath.max(LINE, search.best().slope()), search.best().center());
    return found.error() < start.error() ? found : curve.at(start.slope(), start.center());
  }

  /** So few points that a grid costs little, spread evenly over all by the golden ratio. */
  private static TanhCurve thinned(TanhCurve all) {
    int n = all.x().length;
    if (n <= MOST_POINTS_TO_START) {
      return all;
    }
    double[] x = new double[MOST_POINTS_TO_START];
    double[] y = new double[MOST_POINTS_TO_START];
    for (int i = 0; i < x.length; i++) {
      double place = i * GOLDEN;
      int chosen = (int) ((place - Math.floor(place)) * n);
      x[i] = all.x()[chosen];
      y[i] = all.y()[chosen];
    }
    return new TanhCurve(x, y);
  }
}
