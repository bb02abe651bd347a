package org.normfree.plots.table;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Group;
import org.normfree.plots.figure.Names;

/**
 * Where the keys of some rows' settings go in a table: one ordered axis into the columns, variants
 * into the names of rows, conditions into groups of rows, values found by a search beside the rows.
 *
 * @param summary what describes the axes
 * @param over the axis of the columns; empty if columns are metrics
 * @param variants keys of what is compared
 * @param conditions keys of what is the same where it is compared
 * @param chosen keys of what a search found
 */
record Layout(
    Summary summary,
    Optional<String> over,
    List<String> variants,
    List<String> conditions,
    List<String> chosen) {

  /**
   * @param summary a summary
   * @param rows some of its rows, all with the same keys
   * @return the layout of their table; an axis that a figure of one of their metrics is drawn over
   *     comes into the columns before others do
   */
  static Layout of(Summary summary, List<SummaryRow> rows) {
    Set<String> keys = new LinkedHashSet<>();
    Set<String> present =
        rows.stream().flatMap(row -> row.setting().keySet().stream()).collect(Collectors.toSet());
    summary.axes().stream().map(Axis::name).filter(present::contains).forEach(keys::add);
    present.stream().sorted().forEach(keys::add);
    Map<Axis.Role, List<String>> roles =
        keys.stream()
            .collect(Collectors.groupingBy(key -> role(summary, key), Collectors.toList()));
    List<String> conditions = new ArrayList<>(roles.getOrDefault(Axis.Role.CONDITION, List.of()));
    Optional<String> over = over(summary, rows, conditions);
    over.ifPresent(conditions::remove);
    List<String> variants = new ArrayList<>(roles.getOrDefault(Axis.Role.VARIANT, List.of()));
    List<String> chosen = roles.getOrDefault(Axis.Role.CHOSEN, List.of());
    if (!chosen.isEmpty() && !apart(rows, chosen)) {
      // rows that differ in nothing but what was searched are compared, whatever the axis says
      variants.addAll(chosen);
      chosen = List.of();
    }
    return new Layout(
        summary, over, List.copyOf(variants), List.copyOf(conditions), List.copyOf(chosen));
  }

  private static Axis.Role role(Summary summary, String key) {
    Axis.Role role = summary.axis(key).role();
    return role == null ? Axis.Role.VARIANT : role;
  }

  private static Optional<String> over(
      Summary summary, List<SummaryRow> rows, List<String> conditions) {
    List<String> ordered =
        conditions.stream()
            .filter(key -> isOrdered(summary, key) && values(rows, key).size() > 1)
            .toList();
    Set<String> metrics = rows.stream().map(SummaryRow::metric).collect(Collectors.toSet());
    return summary.figures().stream()
        .filter(figure -> metrics.contains(figure.metric()) && ordered.contains(figure.over()))
        .map(figure -> figure.over())
        .findFirst()
        .or(
            () ->
                ordered.stream()
                    .max(
                        Comparator.<String>comparingInt(key -> values(rows, key).size())
                            .thenComparing(key -> -ordered.indexOf(key))));
  }

  private static boolean isOrdered(Summary summary, String key) {
    Axis.Kind kind = summary.axis(key).kind();
    return kind == Axis.Kind.LINEAR || kind == Axis.Kind.LOG;
  }

  private static Set<String> values(List<SummaryRow> rows, String key) {
    return rows.stream()
        .map(row -> row.setting().get(key))
        .filter(value -> value != null)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static boolean apart(List<SummaryRow> rows, List<String> without) {
    return rows.stream()
            .map(
                row -> {
                  Map<String, String> setting = new TreeMap<>(row.setting());
                  without.forEach(setting::remove);
                  return List.of(row.metric(), row.method(), setting);
                })
            .distinct()
            .count()
        == rows.size();
  }

  /** The method and variant of a row. */
  Group variant(SummaryRow row) {
    return new Group(row.method(), part(row, variants));
  }

  /** The condition of a row. */
  Map<String, String> condition(SummaryRow row) {
    return part(row, conditions);
  }

  /** What a row's value of the column axis is; empty if columns are metrics or it has none. */
  String column(SummaryRow row) {
    return over.map(key -> row.setting().getOrDefault(key, "")).orElse("");
  }

  private static Map<String, String> part(SummaryRow row, List<String> keys) {
    Map<String, String> part = new LinkedHashMap<>();
    for (String key : keys) {
      if (row.setting().containsKey(key)) {
        part.put(key, row.setting().get(key));
      }
    }
    return part;
  }

  /**
   * @param values values of an axis
   * @return them in order: numbers by size where the axis has numbers, else as they came
   */
  List<String> sorted(String axis, Collection<String> values) {
    List<String> sorted = new ArrayList<>(values);
    if (isOrdered(summary, axis)) {
      sorted.sort(Comparator.comparingDouble(Layout::number));
    }
    return sorted;
  }

  private static double number(String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      return Double.POSITIVE_INFINITY;
    }
  }

  /** A condition in words; empty if there is none. */
  String words(Map<String, String> setting) {
    return setting.entrySet().stream()
        .map(entry -> summary.axis(entry.getKey()).words(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  /**
   * Names of rows as short as they can be: the method, and of the variant what is needed to tell
   * the rows apart.
   *
   * @param groups methods and variants, each once
   * @return a name for each
   */
  Map<Group, String> labels(Collection<Group> groups) {
    boolean oneMethod = groups.stream().map(Group::method).distinct().count() == 1;
    List<String> keys = new ArrayList<>(variants);
    keys.removeIf(
        key -> groups.stream().map(group -> group.setting().get(key)).distinct().count() <= 1);
    for (String key : List.copyOf(keys)) {
      List<String> fewer = keys.stream().filter(other -> !other.equals(key)).toList();
      if (groups.stream().map(group -> label(group, fewer, oneMethod)).distinct().count()
          == groups.size()) {
        keys.remove(key);
      }
    }
    Map<Group, String> labels = new LinkedHashMap<>();
    groups.forEach(group -> labels.put(group, label(group, keys, oneMethod)));
    return labels;
  }

  private String label(Group group, List<String> keys, boolean oneMethod) {
    Map<String, String> shown = new LinkedHashMap<>(group.setting());
    shown.keySet().retainAll(keys);
    String words = words(shown);
    String method = Names.method(group.method());
    return words.isEmpty() ? method : oneMethod ? words : method + ", " + words;
  }
}
