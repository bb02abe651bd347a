package org.normfree.plots.stats;

import java.util.List;
import java.util.Optional;
import org.normfree.core.record.SummaryRow;

/**
 * Our ordering against the published one: each row's difference to a baseline row, with Welch's 95
 * % interval, beside the published difference.
 *
 * @param metric the metric compared
 * @param baseline the row the others are compared with
 * @param entries the other rows that have a published number, in the summary's order
 */
public record Comparison(String metric, SummaryRow baseline, List<Entry> entries) {

  /** How a row's order to the baseline stands to the published order. */
  public enum Verdict {
    /** The interval excludes 0 on the side of the published difference. */
    AGREES,
    /** The interval excludes 0, on another side than the published difference. */
    DISAGREES,
    /** The interval includes 0, or there is none. */
    INCONCLUSIVE,
    /** Every run of the row diverged or failed. */
    DIVERGED
  }

  /**
   * One compared row.
   *
   * @param row the row
   * @param difference ours minus the baseline's; empty if every run diverged
   * @param published the published difference
   */
  public record Entry(SummaryRow row, Optional<Interval> difference, double published) {
    /**
     * @return how the two orders stand to each other
     */
    public Verdict verdict() {
      if (difference.isEmpty()) {
        return Verdict.DIVERGED;
      }
      Interval ours = difference.get();
      if (!ours.known() || (ours.low() <= 0 && ours.high() >= 0)) {
        return Verdict.INCONCLUSIVE;
      }
      // published numbers are rounded to a tenth, so closer ones than that are equal
      double sign = Math.abs(published) < 0.05 ? 0 : Math.signum(published);
      return sign == Math.signum(ours.mean()) ? Verdict.AGREES : Verdict.DISAGREES;
    }
  }

  /**
   * Compares with the baseline the papers use: layer normalization, else tanh with a learned α,
   * else the first row that has both numbers.
   *
   * @param rows rows of one metric
   * @return the comparison; empty if fewer than two rows have published numbers or no baseline has
   *     one of ours
   */
  public static Optional<Comparison> of(List<SummaryRow> rows) {
    List<SummaryRow> published = rows.stream().filter(row -> row.published() != null).toList();
    Optional<SummaryRow> baseline =
        baseline(published.stream().filter(row -> Interval.of(row).isPresent()).toList());
    if (baseline.isEmpty() || published.size() < 2) {
      return Optional.empty();
    }
    SummaryRow base = baseline.get();
    Interval ours = Interval.of(base).orElseThrow();
    return Optional.of(
        new Comparison(
            base.metric(),
            base,
            published.stream()
                .filter(row -> !row.equals(base))
                .map(
                    row ->
                        new Entry(
                            row,
                            Interval.of(row).map(interval -> interval.minus(ours)),
                            row.published() - base.published()))
                .toList()));
  }

  /**
   * @param rows rows of one metric that each have a mean
   * @return the row that others are best compared with
   */
  public static Optional<SummaryRow> baseline(List<SummaryRow> rows) {
    for (String method : List.of("pre-ln", "post-ln", "layer-norm", "ln")) {
      Optional<SummaryRow> found =
          rows.stream().filter(row -> row.method().equals(method)).findFirst();
      if (found.isPresent()) {
        return found;
      }
    }
    return rows.stream()
        .filter(row -> "tanh".equals(row.setting().get("squash")))
        .filter(row -> "learned".equals(row.setting().get("alpha")))
        .findFirst()
        .or(() -> rows.stream().findFirst());
  }
}
