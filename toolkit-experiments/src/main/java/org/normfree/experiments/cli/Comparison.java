package org.normfree.experiments.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.normfree.core.record.Metric;
import org.normfree.experiments.launch.Columns;
import org.normfree.experiments.statistics.Estimate;
import org.normfree.experiments.statistics.Estimates;
import org.normfree.experiments.statistics.Gauge;

/**
 * Two experiments or runs side by side, in words.
 *
 * @param a the one
 * @param b the other, whose differences from the first are told
 */
record Comparison(Side a, Side b) {
  private static final double LARGE = 10;
  private static final double SMALL = 1e-3;

  /** A row of both sides. */
  private record Row(Side.Key key, Map<Long, Double> a, Map<Long, Double> b) {}

  /** The settings that differ, a line each with both values; each line ended. */
  String settings() {
    Map<String, String> ofA = a.settings();
    Map<String, String> ofB = b.settings();
    TreeSet<String> names = new TreeSet<>(ofA.keySet());
    names.addAll(ofB.keySet());
    Columns columns = new Columns("setting", "A", "B");
    for (String name : names) {
      if (!Objects.equals(ofA.get(name), ofB.get(name))) {
        columns.add(name, ofA.getOrDefault(name, "-"), ofB.getOrDefault(name, "-"));
      }
    }
    return columns.isEmpty() ? "All settings are the same.\n" : columns.toString();
  }

  /** The rows that both have, with the difference paired by seed; each line ended. */
  String differences() {
    Map<Side.Key, Row> common = common();
    Columns columns =
        new Columns("method", "setting", "metric", "A", "B", "B - A", "95 % interval", "pairs");
    common.values().forEach(row -> add(columns, row));
    StringBuilder text =
        new StringBuilder(
            columns.isEmpty()
                ? "There is no method, setting and metric that both have.\n"
                : columns.toString());
    rest("A", a, common.size()).ifPresent(text::append);
    rest("B", b, common.size()).ifPresent(text::append);
    return text.toString();
  }

  private static Optional<String> rest(String name, Side side, int common) {
    int more = side.values().size() - common;
    return more == 0
        ? Optional.empty()
        : Optional.of(
            "%s %s in %s alone.%n".formatted(more, more == 1 ? "row is" : "rows are", name));
  }

  /**
   * Two single runs are compared as they are; else method, setting and seed have to be the same.
   */
  private Map<Side.Key, Row> common() {
    Map<Side.Key, Row> common = new LinkedHashMap<>();
    Map<Side.Key, Map<Long, Double>> ofA = a.values();
    Map<Side.Key, Map<Long, Double>> ofB = b.values();
    ofA.forEach(
        (key, values) -> {
          if (!a.single() || !b.single()) {
            Optional.ofNullable(ofB.get(key))
                .ifPresent(others -> common.put(key, new Row(key, values, others)));
          } else {
            partner(key, ofA.keySet(), ofB.keySet())
                .ifPresent(
                    other ->
                        common.put(
                            named(key, other),
                            new Row(named(key, other), one(values), one(ofB.get(other)))));
          }
        });
    return common;
  }

  /** Of the same metric and setting, or of the same metric where there is one such row a side. */
  private static Optional<Side.Key> partner(Side.Key key, Set<Side.Key> own, Set<Side.Key> others) {
    List<Side.Key> sameMetric =
        others.stream().filter(other -> other.metric().equals(key.metric())).toList();
    boolean alone =
        sameMetric.size() == 1
            && own.stream().filter(other -> other.metric().equals(key.metric())).count() == 1;
    return sameMetric.stream()
        .filter(other -> alone || other.setting().equals(key.setting()))
        .findFirst();
  }

  /** Under the method and setting that both have, if they have the same. */
  private static Side.Key named(Side.Key key, Side.Key other) {
    return new Side.Key(
        key.method().equals(other.method()) ? key.method() : "",
        key.setting().equals(other.setting()) ? key.setting() : new TreeMap<>(),
        key.metric());
  }

  /** A single run's value under one seed for both, so that it finds its partner. */
  private static Map<Long, Double> one(Map<Long, Double> values) {
    return Map.of(0L, values.values().iterator().next());
  }

  private void add(Columns columns, Row row) {
    Gauge gauge = gauge(row.key.metric());
    Optional<Estimate> difference = Estimates.difference(gauge, row.b, row.a);
    columns.add(
        row.key.method(),
        row.key.setting().entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(" ")),
        row.key.metric(),
        mean(gauge, row.a),
        mean(gauge, row.b),
        difference.map(d -> signed(d.value())).orElse(""),
        difference
            .flatMap(Estimate::interval)
            .map(i -> "[%s, %s]".formatted(signed(i.low()), signed(i.high())))
            .orElse(""),
        difference.map(d -> Integer.toString(d.n())).orElse("none"));
  }

  /** The scale of a metric, as either side describes it; that of plain numbers if neither does. */
  private Gauge gauge(String metric) {
    return Gauge.of(
        a.metric(metric)
            .or(() -> b.metric(metric))
            .orElseGet(() -> Metric.number(metric, metric, "")));
  }

  private static String mean(Gauge gauge, Map<Long, Double> values) {
    return Estimates.mean(gauge, List.copyOf(values.values()))
        .map(estimate -> number(estimate.value()))
        .orElse("-");
  }

  private static String signed(double value) {
    return (value > 0 ? "+" : "") + number(value);
  }

  private static String number(double value) {
    double size = Math.abs(value);
    return String.format(
        Locale.ROOT, size >= LARGE ? "%.2f" : size >= SMALL || size == 0 ? "%.4f" : "%.2e", value);
  }
}
