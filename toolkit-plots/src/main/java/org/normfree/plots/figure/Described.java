package org.normfree.plots.figure;

import java.util.Collection;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Scale;
import org.normfree.core.record.Summary;

/** What is known of a value that runs recorded. */
final class Described {
  private Described() {}

  /**
   * Of a value that the summary does not describe its numbers say what they can: intervals of what
   * is never below 0 do not go below 0, and those of what is always above 0 are taken on a log
   * scale.
   *
   * @param summary a summary
   * @param name a value's name in {@code metrics.jsonl}
   * @param curves what runs recorded
   * @return the metric
   */
  static Metric metric(
      Summary summary, String name, Collection<? extends Map<Long, Double>> curves) {
    Metric known = summary.metric(name);
    double least =
        curves.stream()
            .flatMapToDouble(c -> c.values().stream().flatMapToDouble(DoubleStream::of))
            .min()
            .orElse(Double.NEGATIVE_INFINITY);
    return summary.metrics().contains(known) || !(least >= 0)
        ? known
        : new Metric(
            known.name(),
            known.title(),
            known.unit(),
            known.better(),
            least > 0 ? Scale.LOG : known.scale(),
            0.0,
            known.upper());
  }
}
