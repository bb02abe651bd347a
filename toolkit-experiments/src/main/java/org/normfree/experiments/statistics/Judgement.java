package org.normfree.experiments.statistics;

import java.util.Optional;
import org.normfree.core.record.ClaimResult.Needed;
import org.normfree.core.record.Verdict;

/**
 * Compares an estimate with what a claim says. One rule for every kind of claim: a claim names a
 * region of numbers; it is confirmed if the whole 95 % interval lies in the region, contradicted if
 * the whole interval lies outside, inconclusive otherwise. "Better" is the region above 0 of a
 * difference, "no worse by more than m" that above −m, "equal within m" that from −m to m, which is
 * the test of two one-sided hypotheses at 2.5 % each. An interval that contains 0 is thus no
 * evidence of equality.
 *
 * <p>A claim that could not have failed is inconclusive too: where the baseline lies so near the
 * worse end of the metric's range that the worst there is would still be within the margin, as when
 * neither of two groups has learned anything.
 *
 * @param verdict what it comes to
 * @param needed what would decide, if it is inconclusive
 */
public record Judgement(Verdict verdict, Optional<Needed> needed) {
  private static final int MOST = 100_000;

  private static final String CANNOT_FAIL =
      "the baseline is within the margin of the worst there is, so nothing could be worse by more:"
          + " runs that learn more";

  /**
   * @param estimate what the runs say
   * @param region what is claimed
   * @return the verdict
   */
  public static Judgement of(Estimate estimate, Interval region) {
    if (estimate.interval().isPresent()) {
      Interval interval = estimate.interval().get();
      if (region.contains(interval)
          && region.low() < estimate.worst()
          && estimate.worst() < region.high()) {
        return new Judgement(
            Verdict.INCONCLUSIVE, Optional.of(new Needed(null, null, CANNOT_FAIL)));
      }
      if (region.contains(interval)) {
        return new Judgement(Verdict.CONFIRMED, Optional.empty());
      }
      if (region.excludes(interval)) {
        return new Judgement(Verdict.CONTRADICTED, Optional.empty());
      }
    }
    return new Judgement(Verdict.INCONCLUSIVE, Optional.of(needed(estimate, region)));
  }

  /** Without any run that says something. */
  public static Judgement silent() {
    return new Judgement(Verdict.INCONCLUSIVE, Optional.empty());
  }

  private static Needed needed(Estimate estimate, Interval region) {
    Integer runs =
        estimate.n() < 2 || !decides(estimate, MOST, region) ? null : fewest(estimate, region);
    return new Needed(runs, detectable(estimate, region));
  }

  /** More runs at the same spread give a narrower interval, so halving finds the fewest. */
  private static int fewest(Estimate estimate, Interval region) {
    int undecided = estimate.n();
    int decided = MOST;
    while (decided - undecided > 1) {
      int middle = (undecided + decided) >>> 1;
      if (decides(estimate, middle, region)) {
        decided = middle;
      } else {
        undecided = middle;
      }
    }
    return decided;
  }

  private static boolean decides(Estimate estimate, int n, Interval region) {
    return estimate
        .foreseen()
        .apply(n)
        .filter(interval -> region.contains(interval) || region.excludes(interval))
        .isPresent();
  }

  /** The interval's reach towards the border of the region that is nearest. */
  private static Double detectable(Estimate estimate, Interval region) {
    if (estimate.interval().isEmpty()) {
      return null;
    }
    double toLow = Math.abs(estimate.value() - region.low());
    double toHigh = Math.abs(estimate.value() - region.high());
    double border = toLow <= toHigh ? region.low() : region.high();
    Interval interval = estimate.interval().get();
    return border <= estimate.value()
        ? estimate.value() - interval.low()
        : interval.high() - estimate.value();
  }
}
