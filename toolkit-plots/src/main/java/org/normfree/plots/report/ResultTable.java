package org.normfree.plots.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.figure.Names;
import org.normfree.plots.stats.Interval;

/**
 * The table of an experiment: a row a method, setting and metric, ours as mean ± half the 95 %
 * interval beside the published number.
 *
 * @param experiment the experiment's id
 * @param columns the headings
 * @param rows the cells
 * @param notes what a reader must know: the interval, the sources of published numbers
 */
public record ResultTable(
    String experiment, List<String> columns, List<List<String>> rows, List<String> notes) {

  /**
   * @param experiment a recorded experiment
   * @return its table; a column that would say nothing is left out
   */
  public static ResultTable of(Experiment experiment) {
    List<SummaryRow> summary = experiment.summary().rows();
    TreeSet<String> keys = new TreeSet<>();
    summary.forEach(row -> keys.addAll(row.setting().keySet()));
    boolean oneMetric = summary.stream().map(SummaryRow::metric).distinct().count() <= 1;
    boolean published = summary.stream().anyMatch(row -> row.published() != null);
    List<String> sources =
        summary.stream()
            .filter(row -> row.published() != null)
            .map(SummaryRow::source)
            .filter(Objects::nonNull)
            .distinct()
            .toList();

    List<String> columns = new ArrayList<>(List.of("method"));
    keys.forEach(key -> columns.add(Names.key(key)));
    if (!oneMetric) {
      columns.add("metric");
    }
    columns.add(oneMetric && !summary.isEmpty() ? Names.metric(summary.get(0).metric()) : "value");
    columns.add("n");
    columns.add("diverged");
    if (published) {
      columns.add("published");
    }

    List<List<String>> rows = new ArrayList<>();
    for (SummaryRow row : summary) {
      List<String> cells = new ArrayList<>(List.of(Names.method(row.method())));
      keys.forEach(key -> cells.add(row.setting().getOrDefault(key, "–")));
      if (!oneMetric) {
        cells.add(Names.metric(row.metric()));
      }
      cells.add(value(row));
      cells.add(Integer.toString(row.n()));
      cells.add(Integer.toString(row.diverged()));
      if (published) {
        cells.add(publishedCell(row, sources));
      }
      rows.add(List.copyOf(cells));
    }
    return new ResultTable(experiment.id(), List.copyOf(columns), rows, notes(sources));
  }

  private static String value(SummaryRow row) {
    Optional<Interval> interval = Interval.of(row);
    if (interval.isEmpty()) {
      return row.diverged() > 0 ? "diverged" : "–";
    }
    Interval ours = interval.get();
    if (!ours.known()) {
      return round(ours.mean(), Math.abs(ours.mean()) >= 10 ? 2 : 3);
    }
    // two digits of the half-width are as much as it is worth
    int places =
        ours.half() == 0
            ? 2
            : (int) Math.max(0, Math.min(6, 1 - Math.floor(Math.log10(ours.half()))));
    String mean = round(ours.mean(), places);
    double lopsided = Math.abs(ours.low() + ours.high() - 2 * ours.mean());
    return lopsided <= 1e-6 * ours.half()
        ? mean + " ± " + round(ours.half(), places)
        : "%s [%s, %s]".formatted(mean, round(ours.low(), places), round(ours.high(), places));
  }

  private static String round(double value, int places) {
    return BigDecimal.valueOf(value)
        .setScale(places, RoundingMode.HALF_EVEN)
        .toPlainString()
        .replace('-', '−');
  }

  private static String publishedCell(SummaryRow row, List<String> sources) {
    if (row.published() == null) {
      return "–";
    }
    String number = BigDecimal.valueOf(row.published()).toPlainString().replace('-', '−');
    return sources.size() < 2 || row.source() == null
        ? number
        : number + " [" + (1 + sources.indexOf(row.source())) + "]";
  }

  private static List<String> notes(List<String> sources) {
    List<String> notes = new ArrayList<>();
    notes.add(
        "Mean ± half the 95 % confidence interval (Student's t; of correlations on Fisher's z, as [low, high]) over the n runs that ended;"
            + " diverged: runs that diverged or failed.");
    if (sources.size() == 1) {
      notes.add("Published: " + sources.get(0) + ".");
    } else if (!sources.isEmpty()) {
      StringBuilder numbered = new StringBuilder("Published:");
      for (int i = 0; i < sources.size(); i++) {
        numbered.append(i == 0 ? " " : "; ").append('[').append(i + 1).append("] ");
        numbered.append(sources.get(i));
      }
      notes.add(numbered.append('.').toString());
    }
    return List.copyOf(notes);
  }
}
