package org.normfree.plots.table;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Group;

/**
 * Our order to the baseline against the published one, in sentences: published numbers come from
 * other data and sizes, so only the order can be compared.
 */
public final class PublishedOrder {
  /** Below it two printed numbers are the same one. */
  private static final double SAME = 1e-9;

  private final Layout layout;
  private final List<SummaryRow> rows;

  private enum Agreement {
    DISAGREES("ours disagrees with the published order for "),
    AGREES("it agrees for "),
    INCONCLUSIVE("not told apart from it by these runs: "),
    DIVERGED("without a number, since every run diverged: ");

    private final String words;

    Agreement(String words) {
      this.words = words;
    }
  }

  private PublishedOrder(Layout layout, List<SummaryRow> rows) {
    this.layout = layout;
    this.rows = rows;
  }

  /**
   * @param experiment a recorded experiment
   * @return a sentence a metric and condition for which the baseline and others have published
   *     numbers
   */
  public static List<String> sentences(Experiment experiment) {
    List<String> sentences = new ArrayList<>();
    Baseline baseline = experiment.summary().baseline();
    if (baseline == null) {
      return sentences;
    }
    for (String metric :
        experiment.summary().rows().stream().map(SummaryRow::metric).distinct().toList()) {
      List<SummaryRow> rows = experiment.rows(metric);
      Layout layout = Layout.of(experiment.summary(), rows);
      Map<String, List<SummaryRow>> conditions = new LinkedHashMap<>();
      for (SummaryRow row : rows) {
        Map<String, String> condition = new LinkedHashMap<>(layout.condition(row));
        layout.over().ifPresent(axis -> condition.put(axis, layout.column(row)));
        conditions.computeIfAbsent(layout.words(condition), k -> new ArrayList<>()).add(row);
      }
      conditions.forEach(
          (words, compared) ->
              new PublishedOrder(layout, compared)
                  .sentence(baseline, experiment.summary().metric(metric).title(), words)
                  .ifPresent(sentences::add));
    }
    return sentences;
  }

  private Optional<String> sentence(Baseline baseline, String metric, String condition) {
    Optional<SummaryRow> base =
        rows.stream()
            .filter(row -> row.published() != null && row.method().equals(baseline.method()))
            .filter(row -> row.setting().entrySet().containsAll(baseline.setting().entrySet()))
            .findFirst();
    if (base.isEmpty()) {
      return Optional.empty();
    }
    Map<Group, String> labels =
        layout.labels(rows.stream().map(layout::variant).distinct().toList());
    Map<Agreement, List<String>> found = new EnumMap<>(Agreement.class);
    for (SummaryRow row : rows) {
      if (!row.equals(base.get()) && row.published() != null) {
        found
            .computeIfAbsent(
                agreement(row, row.published() - base.get().published()), k -> new ArrayList<>())
            .add(labels.get(layout.variant(row)));
      }
    }
    if (found.isEmpty()) {
      return Optional.empty();
    }
    String clauses =
        found.entrySet().stream()
            .map(entry -> entry.getKey().words + names(entry.getValue()))
            .collect(Collectors.joining("; "));
    return Optional.of(
        "Order to %s on %s%s: %s%s."
            .formatted(
                labels.get(layout.variant(base.get())),
                metric,
                condition.isEmpty() ? "" : ", " + condition,
                found.containsKey(Agreement.DISAGREES)
                    ? ""
                    : "ours disagrees with the published order nowhere; ",
                clauses));
  }

  private static Agreement agreement(SummaryRow row, double published) {
    if (row.mean() == null) {
      return Agreement.DIVERGED;
    }
    int ours = Separation.of(row.difference());
    if (ours == 0) {
      return Agreement.INCONCLUSIVE;
    }
    int theirs = Math.abs(published) < SAME ? 0 : (int) Math.signum(published);
    return ours == theirs ? Agreement.AGREES : Agreement.DISAGREES;
  }

  private static String names(List<String> labels) {
    return labels.stream()
        .map(label -> label.contains(",") ? "“" + label + "”" : label)
        .collect(Collectors.joining(", "));
  }
}
