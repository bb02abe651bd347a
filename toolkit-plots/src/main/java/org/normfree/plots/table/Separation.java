package org.normfree.plots.table;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.normfree.core.record.Better;
import org.normfree.core.record.Difference;
import org.normfree.core.record.Metric;
import org.normfree.core.record.SummaryRow;

/**
 * Which rows are told apart from the baseline, and so which are best by more than noise. The word
 * is with the paired test after Holm's correction; where no p was recorded, with the interval of
 * the difference.
 */
final class Separation {
  /** Below it a p counts. */
  static final double LEVEL = 0.05;

  private Separation() {}

  /**
   * @param difference a row's difference to the baseline; null if there is none
   * @return 1 if the row is above the baseline, −1 if it is below, 0 if the runs do not say
   */
  static int of(Difference difference) {
    if (difference == null || difference.estimate() == null) {
      return 0;
    }
    List<Double> interval = difference.interval();
    Double p = difference.pHolm() != null ? difference.pHolm() : difference.p();
    boolean apart =
        p != null
            ? p < LEVEL
            : Rounding.known(interval) && (interval.get(0) > 0 || interval.get(1) < 0);
    return apart ? (int) Math.signum(difference.estimate()) : 0;
  }

  /**
   * The best rows among those that are compared with one baseline. A row is among them if it is
   * told apart from the baseline for the better, and is the best of these or has an interval that
   * reaches the best one's; the baseline alone is, if every other row is told apart from it for the
   * worse.
   *
   * @param metric their metric
   * @param rows the rows
   * @return the best; empty if the runs do not say
   */
  static Set<SummaryRow> best(Metric metric, List<SummaryRow> rows) {
    int sign = metric.better() == Better.HIGHER ? 1 : metric.better() == Better.LOWER ? -1 : 0;
    Set<SummaryRow> best = new HashSet<>();
    SummaryRow first = null;
    for (SummaryRow row : rows) {
      if (Rounding.isNumber(row.mean())
          && (first == null || sign * row.mean() > sign * first.mean())) {
        first = row;
      }
    }
    if (sign == 0 || first == null || rows.size() < 2) {
      return best;
    }
    if (first.difference() == null) {
      for (SummaryRow row : rows) {
        if (!row.equals(first) && of(row.difference()) != -sign) {
          return best;
        }
      }
      best.add(first);
      return best;
    }
    for (SummaryRow row : rows) {
      if (of(row.difference()) == sign
          && of(first.difference()) == sign
          && (row.equals(first) || overlap(row.difference(), first.difference()))) {
        best.add(row);
      }
    }
    return best;
  }

  private static boolean overlap(Difference one, Difference other) {
    return Rounding.known(one.interval())
        && Rounding.known(other.interval())
        && one.interval().get(0) <= other.interval().get(1)
        && other.interval().get(0) <= one.interval().get(1);
  }
}
