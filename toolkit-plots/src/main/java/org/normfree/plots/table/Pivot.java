package org.normfree.plots.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Group;
import org.normfree.plots.table.ResultTable.Column;
import org.normfree.plots.table.ResultTable.Row;
import org.normfree.plots.table.ResultTable.RowGroup;

/**
 * Turns a summary's long list of rows into tables. Metrics that share the keys of their settings
 * share a table, unless one of the keys is an ordered axis: then each metric has a table with that
 * axis as its columns.
 */
final class Pivot {
  private static final int FEW_METRICS = 3;

  private final String label;
  private final Layout layout;
  private final List<Metric> metrics;
  private final List<SummaryRow> rows;

  private record Place(Group variant, Map<String, String> condition, int copy) {}

  private record ColumnKey(String metric, String value) {}

  private Pivot(String label, Summary summary, Set<String> metrics, List<SummaryRow> rows) {
    this.label = label;
    this.layout = Layout.of(summary, rows);
    this.metrics = metrics.stream().map(summary::metric).toList();
    this.rows = rows;
  }

  /**
   * @param experiment a recorded experiment
   * @return its tables, that of the primary metric first
   */
  static List<ResultTable> of(Experiment experiment) {
    Summary summary = experiment.summary();
    Map<Set<String>, Map<String, List<SummaryRow>>> byKeys = new LinkedHashMap<>();
    for (String metric : metrics(summary)) {
      List<SummaryRow> rows = experiment.rows(metric);
      Set<String> keys =
          rows.stream()
              .flatMap(row -> row.setting().keySet().stream())
              .collect(Collectors.toCollection(TreeSet::new));
      byKeys.computeIfAbsent(keys, k -> new LinkedHashMap<>()).put(metric, rows);
    }
    List<ResultTable> tables = new ArrayList<>();
    for (Map<String, List<SummaryRow>> group : byKeys.values()) {
      List<SummaryRow> all = group.values().stream().flatMap(List::stream).toList();
      if (Layout.of(summary, all).over().isEmpty()) {
        tables.add(new Pivot(label(experiment, tables), summary, group.keySet(), all).table());
      } else {
        group.forEach(
            (metric, rows) ->
                tables.add(
                    new Pivot(label(experiment, tables), summary, Set.of(metric), rows).table()));
      }
    }
    return tables;
  }

  private static String label(Experiment experiment, List<ResultTable> before) {
    return before.isEmpty() ? experiment.id() : experiment.id() + "-" + (before.size() + 1);
  }

  private static Set<String> metrics(Summary summary) {
    Set<String> present =
        summary.rows().stream()
            .map(SummaryRow::metric)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    Set<String> ordered = new LinkedHashSet<>();
    summary.metrics().stream().map(Metric::name).filter(present::contains).forEach(ordered::add);
    ordered.addAll(present);
    return ordered;
  }

  private ResultTable table() {
    Map<Place, Map<ColumnKey, SummaryRow>> places = places();
    List<ColumnKey> keys = keys();
    TableWords words = new TableWords(layout, metrics, rows);
    Set<SummaryRow> best = best();
    List<Column> columns = columns(keys, words);
    List<RowGroup> groups = new ArrayList<>();
    byCondition(places)
        .forEach(
            (condition, members) -> {
              List<Row> lines = new ArrayList<>();
              members.forEach((name, cells) -> lines.add(row(name, keys, cells, words, best)));
              groups.add(new RowGroup(condition, lines));
            });
    boolean isOneVariant = places.keySet().stream().map(Place::variant).distinct().count() == 1;
    ResultTable table =
        new ResultTable(
            label, words.caption(best), words.stub(isOneVariant), columns, groups, words.notes());
    boolean single = table.rows().count() == 1;
    return single && layout.over().isEmpty() && metrics.size() > FEW_METRICS
        ? turned(table, words)
        : table;
  }

  private Map<Place, Map<ColumnKey, SummaryRow>> places() {
    Map<Place, Map<ColumnKey, SummaryRow>> places = new LinkedHashMap<>();
    for (SummaryRow row : rows) {
      ColumnKey key = new ColumnKey(row.metric(), layout.column(row));
      int copy = 0;
      // what was recorded twice is shown twice
      while (places
              .computeIfAbsent(
                  new Place(layout.variant(row), layout.condition(row), copy),
                  place -> new LinkedHashMap<>())
              .putIfAbsent(key, row)
          != null) {
        copy++;
      }
    }
    return places;
  }

  private List<ColumnKey> keys() {
    List<ColumnKey> keys = new ArrayList<>();
    for (Metric metric : metrics) {
      Set<String> values = new LinkedHashSet<>();
      rows.stream()
          .filter(row -> row.metric().equals(metric.name()))
          .forEach(row -> values.add(layout.column(row)));
      layout
          .over()
          .map(axis -> layout.sorted(axis, values))
          .orElse(List.copyOf(values))
          .forEach(value -> keys.add(new ColumnKey(metric.name(), value)));
    }
    return keys;
  }

  private List<Column> columns(List<ColumnKey> keys, TableWords words) {
    List<Column> columns = new ArrayList<>();
    for (String key : layout.chosen()) {
      columns.add(new Column(layout.summary().axis(key).title(), false));
    }
    for (ColumnKey key : keys) {
      columns.add(new Column(words.heading(key.metric(), key.value()), true));
      if (isPublished(key)) {
        columns.add(new Column(TableWords.PUBLISHED, true));
      }
    }
    return columns;
  }

  private boolean isPublished(ColumnKey key) {
    return rows.stream()
        .anyMatch(
            row ->
                row.published() != null
                    && key.equals(new ColumnKey(row.metric(), layout.column(row))));
  }

  /** Groups with a title where several rows share a condition, else one group of longer names. */
  private Map<String, Map<String, Map<ColumnKey, SummaryRow>>> byCondition(
      Map<Place, Map<ColumnKey, SummaryRow>> places) {
    Map<Group, String> names =
        layout.labels(
            places.keySet().stream()
                .map(Place::variant)
                .collect(Collectors.toCollection(LinkedHashSet::new)));
    List<Map<String, String>> conditions =
        new ArrayList<>(places.keySet().stream().map(Place::condition).distinct().toList());
    for (int i = layout.conditions().size() - 1; i >= 0; i--) {
      String axis = layout.conditions().get(i);
      List<String> order =
          layout.sorted(
              axis, conditions.stream().map(c -> c.getOrDefault(axis, "")).distinct().toList());
      conditions.sort(Comparator.comparingInt(c -> order.indexOf(c.getOrDefault(axis, ""))));
    }
    boolean grouped = conditions.size() > 1 && places.size() >= 2 * conditions.size();
    Map<String, Map<String, Map<ColumnKey, SummaryRow>>> groups = new LinkedHashMap<>();
    for (Map<String, String> condition : conditions) {
      places.forEach(
          (place, cells) -> {
            if (place.condition().equals(condition)) {
              String method = names.get(place.variant());
              String words = layout.words(condition);
              String name =
                  grouped || conditions.size() == 1 || words.isEmpty()
                      ? method
                      : names.size() == 1 ? words : method + ", " + words;
              String copy = place.copy() == 0 ? "" : " (%s)".formatted(place.copy() + 1);
              groups
                  .computeIfAbsent(grouped ? words : "", k -> new LinkedHashMap<>())
                  .put(unused(groups.get(grouped ? words : ""), name + copy), cells);
            }
          });
    }
    return groups;
  }

  /** Two settings that have the same words stay two rows. */
  private static String unused(Map<String, ?> names, String name) {
    String free = name;
    for (int i = 2; names != null && names.containsKey(free); i++) {
      free = "%s (%s)".formatted(name, i);
    }
    return free;
  }

  private Set<SummaryRow> best() {
    Map<List<Object>, List<SummaryRow>> compared = new LinkedHashMap<>();
    for (SummaryRow row : rows) {
      compared
          .computeIfAbsent(
              List.of(row.metric(), layout.column(row), layout.condition(row)),
              k -> new ArrayList<>())
          .add(row);
    }
    Set<SummaryRow> best = new HashSet<>();
    compared
        .values()
        .forEach(
            group ->
                best.addAll(
                    Separation.best(layout.summary().metric(group.get(0).metric()), group)));
    return best;
  }

  private Row row(
      String name,
      List<ColumnKey> keys,
      Map<ColumnKey, SummaryRow> found,
      TableWords words,
      Set<SummaryRow> best) {
    boolean edge = found.values().stream().allMatch(SummaryRow::edge);
    List<Cell> cells = new ArrayList<>();
    for (String key : layout.chosen()) {
      String values =
          found.values().stream()
              .map(row -> row.setting().get(key))
              .filter(value -> value != null)
              .distinct()
              .collect(Collectors.joining(", "));
      cells.add(values.isEmpty() ? Cell.NOTHING : new Cell.Words(values));
    }
    for (ColumnKey key : keys) {
      SummaryRow row = found.get(key);
      cells.add(
          row == null
              ? Cell.NOTHING
              : words.cell(row, words.scientific(key.metric()), !edge, best.contains(row)));
      if (isPublished(key)) {
        cells.add(row == null ? Cell.NOTHING : words.published(row));
      }
    }
    return new Row(edge ? name + TableWords.EDGE : name, cells);
  }

  /** A single row of many metrics is better read as a list. */
  private static ResultTable turned(ResultTable table, TableWords words) {
    Row only = table.rows().findFirst().orElseThrow();
    List<Row> rows = new ArrayList<>();
    String metric = "";
    for (int i = 0; i < table.columns().size(); i++) {
      String heading = table.columns().get(i).heading();
      boolean published = heading.equals(TableWords.PUBLISHED);
      rows.add(new Row(published ? metric + ", published" : heading, List.of(only.cells().get(i))));
      metric = heading;
    }
    return new ResultTable(
        table.label(),
        table.caption(),
        words.metricHeading(),
        List.of(new Column(only.label(), true)),
        List.of(new RowGroup("", rows)),
        table.notes());
  }
}
