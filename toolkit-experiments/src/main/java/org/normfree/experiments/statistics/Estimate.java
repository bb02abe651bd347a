package org.normfree.experiments.statistics;

import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What runs say about one number: its value, how sure it is, and how sure it would be with other
 * numbers of runs that spread alike.
 *
 * @param value the number
 * @param interval its 95 % interval; empty below three runs
 * @param n how many runs, pairs of runs or trials it rests on
 * @param foreseen the interval that so many runs would give at this value and spread
 * @param worst for a difference, the worst it could have been: the group at the metric's worse end;
 *     NaN if there is no such end
 */
public record Estimate(
    double value,
    Optional<Interval> interval,
    int n,
    IntFunction<Optional<Interval>> foreseen,
    double worst) {
  /** The fewest runs an interval is given for. */
  public static final int FEWEST = 3;

  /** A number without an interval, of which more runs would tell nothing new. */
  static Estimate exact(double value, int n) {
    return new Estimate(value, Optional.empty(), n, more -> Optional.empty(), Double.NaN);
  }

  /** A number whose interval was found by resampling, so that others cannot be foreseen. */
  static Estimate of(double value, Interval interval, int n) {
    return new Estimate(value, Optional.of(interval), n, more -> Optional.empty(), Double.NaN);
  }

  /** The same where it could not have been worse than that. */
  Estimate noWorseThan(double end) {
    return new Estimate(value, interval, n, foreseen, end);
  }
}
