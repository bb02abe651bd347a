package org.normfree.plots.table;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trained;
import org.normfree.plots.archive.Group;
import org.normfree.plots.figure.Names;

/** The words of a pivoted table: caption, headings, cells and notes. */
final class TableWords {
  /** Marks what a search found at the end of what it searched. */
  static final String EDGE = " †";

  /** The heading of a column of published numbers. */
  static final String PUBLISHED = "published";

  private static final int FEWEST_FOR_INTERVAL = 3;
  private static final int NAMED_METRICS = 4;

  private final Layout layout;
  private final Summary summary;
  private final List<Metric> metrics;
  private final List<SummaryRow> rows;
  private final List<String> sources;
  private final int most;

  TableWords(Layout layout, List<Metric> metrics, List<SummaryRow> rows) {
    this.layout = layout;
    this.summary = layout.summary();
    this.metrics = metrics;
    this.rows = rows;
    this.sources =
        rows.stream()
            .filter(row -> row.published() != null)
            .map(SummaryRow::source)
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    this.most = rows.stream().mapToInt(SummaryRow::n).max().orElse(0);
  }

  /** What is shown, over how many runs, with which intervals, tested how. */
  String caption(Set<SummaryRow> best) {
    StringBuilder caption = new StringBuilder(summary.experiment()).append(": ");
    caption.append(
        metrics.size() <= NAMED_METRICS
            ? metrics.stream().map(Metric::label).collect(Collectors.joining(", "))
            : "%s and %s more metrics".formatted(metrics.get(0).label(), metrics.size() - 1));
    layout.over().ifPresent(axis -> caption.append(" by ").append(summary.axis(axis).title()));
    int fewest = rows.stream().mapToInt(SummaryRow::n).min().orElse(0);
    caption
        .append(". Means over n = ")
        .append(fewest == most ? most : fewest + " to " + most)
        .append(most == 1 ? " run" : " runs");
    if (rows.stream().anyMatch(row -> Rounding.known(row.ci95()))) {
      caption.append(" with 95 % intervals").append(intervals());
    } else if (most < FEWEST_FOR_INTERVAL) {
      caption.append("; below three there is no interval");
    }
    return caption.append('.').append(test(best)).toString();
  }

  private String intervals() {
    Map<String, List<String>> kinds = new LinkedHashMap<>();
    for (Metric metric : metrics) {
      interval(metric)
          .ifPresent(
              kind -> kinds.computeIfAbsent(kind, k -> new ArrayList<>()).add(metric.title()));
    }
    if (kinds.size() <= 1) {
      return kinds.keySet().stream().map(kind -> " (" + kind + ")").collect(Collectors.joining());
    }
    return kinds.entrySet().stream()
        .map(kind -> kind.getKey() + ": " + String.join(", ", kind.getValue()))
        .collect(Collectors.joining("; ", " (", ")"));
  }

  /** Empty if the summary is from before metrics were described, or there is no interval. */
  private Optional<String> interval(Metric metric) {
    List<SummaryRow> own =
        rows.stream()
            .filter(row -> row.metric().equals(metric.name()) && Rounding.known(row.ci95()))
            .toList();
    if (own.isEmpty() || !summary.metrics().contains(metric)) {
      return Optional.empty();
    }
    if (own.stream().allMatch(row -> isShareOfRuns(metric, row))) {
      return Optional.of("Wilson's interval of a share");
    }
    return Optional.of(
        "Student's t"
            + switch (metric.scale()) {
              case LINEAR -> "";
              case LOG -> " on the logarithm";
              case LOGIT -> " on the logit";
              case FISHER -> " on Fisher's z";
            });
  }

  /** Each run counts as all or nothing, and their mean is taken as it is. */
  private static boolean isShareOfRuns(Metric metric, SummaryRow row) {
    return row.mean() != null
        && metric.lower() != null
        && metric.upper() != null
        && !row.values().isEmpty()
        && row.values().stream()
            .allMatch(value -> metric.lower().equals(value) || metric.upper().equals(value))
        && Math.abs(
                row.mean() - row.values().stream().mapToDouble(value -> value).average().orElse(0))
            < 1e-9 * (metric.upper() - metric.lower());
  }

  private String test(Set<SummaryRow> best) {
    boolean tested =
        rows.stream()
            .anyMatch(row -> row.difference() != null && row.difference().estimate() != null);
    if (!tested) {
      return "";
    }
    boolean p =
        rows.stream().anyMatch(row -> row.difference() != null && row.difference().p() != null);
    String name =
        p
            ? "paired t test over seeds on the metric's scale, p < 0.05 after Holm's correction"
            : "95 % interval of the difference, paired by seed";
    return best.isEmpty()
        ? " Nothing is told apart from %s as the best (%s), so nothing is bold."
            .formatted(baseline(), name)
        : " Bold: the best, where the comparison with %s tells it apart (%s)."
            .formatted(baseline(), name);
  }

  /** The baseline in words. */
  String baseline() {
    Baseline baseline = summary.baseline();
    if (baseline == null) {
      return "the baseline";
    }
    Set<Group> variants =
        rows.stream().map(layout::variant).collect(Collectors.toCollection(LinkedHashSet::new));
    return layout.labels(variants).entrySet().stream()
        .filter(entry -> entry.getKey().method().equals(baseline.method()))
        .filter(
            entry -> entry.getKey().setting().entrySet().containsAll(baseline.setting().entrySet()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseGet(
            () -> {
              String words = layout.words(baseline.setting());
              return Names.method(baseline.method()) + (words.isEmpty() ? "" : ", " + words);
            });
  }

  String stub(boolean conditionsOnly) {
    if (conditionsOnly && !layout.conditions().isEmpty()) {
      return layout.conditions().stream()
          .map(key -> summary.axis(key).title())
          .collect(Collectors.joining(", "));
    }
    List<String> varying =
        layout.variants().stream()
            .filter(key -> rows.stream().map(row -> row.setting().get(key)).distinct().count() > 1)
            .toList();
    return varying.isEmpty() || rows.stream().map(SummaryRow::method).distinct().count() > 1
        ? "method"
        : varying.stream().map(key -> summary.axis(key).title()).collect(Collectors.joining(", "));
  }

  String metricHeading() {
    return "metric";
  }

  String heading(String metric, String value) {
    return layout
        .over()
        .map(axis -> value.isEmpty() ? "any" : layout.words(Map.of(axis, value)))
        .orElseGet(() -> summary.metric(metric).label());
  }

  /** Whether a metric's numbers need powers of ten: then all of them get one. */
  boolean scientific(String metric) {
    return rows.stream()
        .filter(row -> row.metric().equals(metric) && Rounding.isNumber(row.mean()))
        .anyMatch(row -> Rounding.needsPowerOfTen(row.mean(), row.ci95()));
  }

  /** A row's mean with what must be said beside it. */
  Cell cell(SummaryRow row, boolean scientific, boolean markEdge, boolean strong) {
    List<String> remarks = new ArrayList<>();
    if (row.edge() && markEdge) {
      remarks.add(EDGE.strip());
    }
    if (row.trained() != null) {
      remarks.add(trained(row.trained(), scientific));
    } else if (row.diverged() > 0 && Rounding.isNumber(row.mean())) {
      remarks.add(row.diverged() + " diverged");
    }
    if (row.n() != most && Rounding.isNumber(row.mean())) {
      remarks.add("n = " + row.n());
    }
    if (!Rounding.isNumber(row.mean())) {
      return row.diverged() > 0 ? new Cell.Words("diverged") : Cell.NOTHING;
    }
    return Cell.measured(row.mean(), row.ci95(), scientific, String.join("; ", remarks), strong);
  }

  private static String trained(Trained trained, boolean scientific) {
    String count = "%s of %s".formatted(trained.trained(), trained.of());
    return Rounding.isNumber(trained.mean())
        ? count + ": " + Rounding.of(trained.mean(), null, scientific).apply(trained.mean()).shown()
        : count;
  }

  /** The published number as it was printed, with its source's number if there are several. */
  Cell published(SummaryRow row) {
    if (!Rounding.isNumber(row.published())) {
      return Cell.NOTHING;
    }
    return new Cell.Measured(
        new Decimal(BigDecimal.valueOf(row.published()), false),
        Optional.empty(),
        sources.size() < 2 || row.source() == null
            ? ""
            : "[%s]".formatted(1 + sources.indexOf(row.source())),
        false);
  }

  /** What a reader must know of single cells. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (summary.smokeTest() != null) {
      notes.add("Smoke test: " + summary.smokeTest());
    }
    if (rows.stream().anyMatch(row -> row.trained() != null)) {
      notes.add(
          "“k of m: x”: k of m runs trained, and x is their mean; the number before it counts the"
              + " others at chance.");
    }
    if (rows.stream().anyMatch(SummaryRow::edge)) {
      notes.add(
          "†: the best value of the search lies at the end of what was searched, so a better one"
              + " may lie beyond.");
    }
    if (rows.stream().anyMatch(row -> row.diverged() > 0 && row.trained() == null)) {
      notes.add("“diverged” counts runs that diverged or failed.");
    }
    if (sources.size() == 1) {
      notes.add("Published: %s.".formatted(sources.get(0)));
    } else if (!sources.isEmpty()) {
      StringBuilder numbered = new StringBuilder("Published:");
      for (int i = 0; i < sources.size(); i++) {
        numbered.append(i == 0 ? " " : "; ").append("[%s] %s".formatted(i + 1, sources.get(i)));
      }
      notes.add(numbered.append('.').toString());
    }
    return notes;
  }
}
