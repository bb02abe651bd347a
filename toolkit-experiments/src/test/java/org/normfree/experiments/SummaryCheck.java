package org.normfree.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.normfree.core.record.ClaimResult;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;

/** What holds of the summary of every study, whatever its runs came to. */
public final class SummaryCheck {
  private SummaryCheck() {}

  /**
   * Numbers are numbers, intervals stay where their metric can be and around their mean, nothing
   * has an interval below three runs, every row's metric and every key of its setting is described.
   *
   * @param summary a study's summary
   */
  public static void check(Summary summary) {
    assertThat(summary.question()).isNotBlank();
    for (SummaryRow row : summary.rows()) {
      String what = "%s %s %s".formatted(row.method(), row.setting(), row.metric());
      assertThat(summary.metrics()).as(what).extracting(Metric::name).contains(row.metric());
      assertThat(summary.axes().stream().map(axis -> axis.name()))
          .as(what)
          .containsAll(row.setting().keySet());
      Metric metric = summary.metric(row.metric());
      numbers(what, Stream.of(row.mean()));
      numbers(what, row.values().stream());
      assertThat(row.values()).as(what).hasSameSizeAs(row.seeds());
      interval(what, row.ci95(), row.n(), row.mean());
      if (row.ci95() != null) {
        inRange(what, metric, row.ci95());
      }
      if (row.difference() != null) {
        interval(
            what + ", difference",
            row.difference().interval(),
            row.difference().n(),
            row.difference().estimate());
        numbers(
            what,
            Stream.of(
                row.difference().p(), row.difference().pHolm(), row.difference().pPermutation()));
      }
    }
    for (ClaimResult claim : summary.claims()) {
      assertThat(claim.text()).isNotBlank();
      assertThat(claim.source()).isNotBlank();
      assertThat(claim.criterion()).isNotBlank();
      interval(claim.id(), claim.interval(), claim.n(), claim.estimate());
    }
  }

  private static void interval(String what, List<Double> interval, int n, Double mean) {
    if (interval == null) {
      return;
    }
    assertThat(n).as(what).isGreaterThanOrEqualTo(3);
    numbers(what, interval.stream());
    double room = 1e-9 * (1 + Math.abs(mean));
    assertThat(mean).as(what).isBetween(interval.get(0) - room, interval.get(1) + room);
  }

  private static void inRange(String what, Metric metric, List<Double> interval) {
    if (metric.lower() != null) {
      assertThat(interval.get(0)).as(what).isGreaterThanOrEqualTo(metric.lower());
    }
    if (metric.upper() != null) {
      assertThat(interval.get(1)).as(what).isLessThanOrEqualTo(metric.upper());
    }
  }

  private static void numbers(String what, Stream<Double> values) {
    values.forEach(
        value -> {
          if (value != null) {
            assertThat(value).as(what).isFinite();
          }
        });
  }
}
