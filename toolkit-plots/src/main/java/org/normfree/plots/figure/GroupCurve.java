package org.normfree.plots.figure;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.DataTable;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;
import org.normfree.plots.stats.MeanCurve;

/**
 * What a group of runs recorded over training.
 *
 * @param mean the mean of the runs that ended
 * @param single each of these runs
 * @param lastSeen where runs that diverged or failed were last seen
 */
record GroupCurve(
    MeanCurve mean,
    List<NavigableMap<Long, Double>> single,
    List<Map.Entry<Long, Double>> lastSeen) {

  static GroupCurve of(List<Run> runs, RecordedValue recorded) {
    List<NavigableMap<Long, Double>> ended =
        runs.stream()
            .filter(Run::done)
            .map(run -> recorded.curves().get(run.folder()))
            .filter(Objects::nonNull)
            .toList();
    List<Map.Entry<Long, Double>> lastSeen =
        runs.stream()
            .filter(run -> !run.done() && run.marker().isPresent())
            .map(run -> recorded.curves().get(run.folder()))
            .filter(Objects::nonNull)
            .<Map.Entry<Long, Double>>map(NavigableMap::lastEntry)
            .toList();
    return new GroupCurve(MeanCurve.of(ended, recorded.metric()), ended, lastSeen);
  }

  /** Every step that something was recorded at. */
  double[] steps() {
    return DoubleStream.concat(
            DoubleStream.of(mean.x()), lastSeen.stream().mapToDouble(Map.Entry::getKey))
        .toArray();
  }

  /** What is drawn around the mean. */
  double[] bounds() {
    return mean.hasBand()
        ? DoubleStream.concat(DoubleStream.of(mean.low()), DoubleStream.of(mean.high())).toArray()
        : single.stream()
            .flatMapToDouble(curve -> curve.values().stream().mapToDouble(v -> v))
            .toArray();
  }

  /** The band, or single seeds where there are too few for one. */
  void drawBehind(Panel panel, Pen pen) {
    if (mean.hasBand()) {
      panel.band(mean.x(), mean.low(), mean.high(), pen.color());
    } else if (single.size() > 1) {
      for (NavigableMap<Long, Double> curve : single) {
        panel.line(
            curve.keySet().stream().mapToDouble(step -> step).toArray(),
            curve.values().stream().mapToDouble(v -> v).toArray(),
            PaperStyle.thin(pen),
            0);
      }
    }
  }

  /** The mean, and where runs were lost. */
  void draw(Panel panel, Pen pen, int marks) {
    if (mean.x().length == 1) {
      panel.point(mean.x()[0], mean.mean()[0], pen, 5, 0);
    } else if (!mean.isEmpty()) {
      panel.line(mean.x(), mean.mean(), pen, marks);
    }
    lastSeen.forEach(seen -> panel.cross(seen.getKey(), seen.getValue(), pen.color()));
  }

  void record(DataTable.Builder data, String split, String method, String label) {
    double[] x = mean.x();
    for (int i = 0; i < x.length; i++) {
      data.add(
          split,
          method,
          label,
          (long) x[i],
          mean.mean()[i],
          mean.low()[i],
          mean.high()[i],
          single.size());
    }
  }
}
