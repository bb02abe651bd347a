package org.normfree.experiments.training;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.normfree.core.nn.Metric;
import org.normfree.core.record.MetricLine;
import org.normfree.core.train.Progress;

/** How the gradients of several losses agreed over all steps of a run, from what it recorded. */
final class TaskAgreement {
  private static final String COSINE = "cosine_";
  private static final String CONFLICT = "conflict_";
  private static final String FALLS = "falls_";
  private static final String RISES = "rises";

  private TaskAgreement() {}

  /**
   * @param lines what the run recorded, a line an epoch
   * @param progress how far it came: what the last epoch has so far, if it was cut short
   * @return {@code cosine_<pair>}, the mean over the steps; {@code conflict_<pair>}, the share of
   *     steps with a cosine below 0, in percent; {@code not_falling_<task>}, the number of steps
   *     along which that loss does not fall to first order; {@code rising}, that of steps along
   *     which any rises
   */
  static Map<String, Double> of(List<MetricLine> lines, Progress progress) {
    Map<String, Metric.Share> sums = new TreeMap<>();
    long before = 0;
    for (MetricLine line : lines) {
      if (line.kind().equals(MetricLine.METRIC) && line.scope().equals("train")) {
        double steps = line.step() - before;
        before = line.step();
        line.values()
            .forEach(
                (name, mean) ->
                    sums.merge(name, new Metric.Share(mean * steps, steps), Metric.Share::plus));
      }
    }
    progress.sums().forEach((name, share) -> sums.merge(name, share, Metric.Share::plus));
    Map<String, Double> found = new TreeMap<>();
    sums.forEach(
        (name, sum) -> {
          if (name.startsWith(COSINE)) {
            found.put(name, sum.mean());
          } else if (name.startsWith(CONFLICT)) {
            found.put(name, 100 * sum.mean());
          } else if (name.startsWith(FALLS)) {
            found.put(
                "not_falling_" + name.substring(FALLS.length()),
                (double) Math.round(sum.weight() - sum.sum()));
          } else if (name.equals(RISES)) {
            found.put("rising", (double) Math.round(sum.sum()));
          }
        });
    return found;
  }
}
