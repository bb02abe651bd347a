package org.normfree.experiments.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.normfree.core.record.Metric;
import org.normfree.core.record.NaturalOrder;
import org.normfree.core.record.Trial;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.Quantity;
import org.normfree.experiments.statistics.Estimate;
import org.normfree.experiments.statistics.Estimates;
import org.normfree.experiments.statistics.Gauge;
import org.normfree.experiments.sweep.TrialResult;

/**
 * What the reported runs of a study recorded, by metric, method and setting. A run that diverged
 * counts with what chance gives, where its problem says what that is.
 */
public final class Readings {
  private final Design design;
  private final List<TrialResult> runs;
  private final Map<String, Map<Where, List<Reading>>> rows = new HashMap<>();

  /**
   * One value of one run.
   *
   * @param run the run
   * @param value as it counts; empty if it does not
   */
  public record Reading(TrialResult run, Optional<Double> value) {}

  /**
   * How many runs of a group trained.
   *
   * @param trained how many
   * @param of how many there are
   */
  public record Counts(int trained, int of) {
    /** The share in percent. */
    public Estimate share() {
      return Estimates.share(trained, of);
    }
  }

  /**
   * @param design what the study declared
   * @param results its runs, those of a search too
   */
  public Readings(Design design, List<TrialResult> results) {
    this.design = design;
    this.runs = results.stream().filter(run -> run.trial().phase().equals(Trial.FINAL)).toList();
  }

  /** The reported runs. */
  public List<TrialResult> runs() {
    return runs;
  }

  /** The reported runs by method and setting, in the order they come. */
  public Map<Where, List<TrialResult>> groups() {
    return runs.stream()
        .collect(Collectors.groupingBy(Where::of, LinkedHashMap::new, Collectors.toList()));
  }

  /**
   * The rows of a metric: for every method and setting a value a run, in the order they come.
   *
   * @param metric the metric's name
   * @return readings by method and setting
   */
  public Map<Where, List<Reading>> rows(String metric) {
    return rows.computeIfAbsent(metric, this::read);
  }

  private Map<Where, List<Reading>> read(String metric) {
    Map<Where, List<Reading>> found = new LinkedHashMap<>();
    groups()
        .forEach(
            (group, members) -> {
              for (Map<String, String> place : places(members, metric)) {
                Where row = group;
                for (Map.Entry<String, String> entry : place.entrySet()) {
                  row = row.with(entry.getKey(), entry.getValue());
                }
                String name = new Quantity(metric, place).toString();
                found.put(
                    row, members.stream().map(run -> new Reading(run, value(run, name))).toList());
              }
            });
    return found;
  }

  /**
   * A value a seed.
   *
   * @param metric the metric
   * @param group which runs
   * @return value by seed; of several values of a seed the mean on the metric's scale
   */
  public Map<Long, Double> bySeed(Metric metric, Where group) {
    Gauge gauge = Gauge.of(metric);
    Map<Long, List<Double>> all = new TreeMap<>();
    rows(metric.name())
        .forEach(
            (row, readings) -> {
              if (design.matches(group, row)) {
                for (Reading reading : readings) {
                  reading
                      .value()
                      .ifPresent(
                          value ->
                              all.computeIfAbsent(
                                      reading.run().trial().seed(), seed -> new ArrayList<>())
                                  .add(value));
                }
              }
            });
    Map<Long, Double> means = new TreeMap<>();
    all.forEach(
        (seed, values) -> {
          if (values.size() == 1) {
            means.put(seed, values.get(0)); // as it is, not to the scale and back
          } else {
            Estimates.mean(gauge, values).ifPresent(mean -> means.put(seed, mean.value()));
          }
        });
    return means;
  }

  /** The mean of a group. */
  public Optional<Estimate> mean(Metric metric, Where group) {
    return Estimates.mean(Gauge.of(metric), List.copyOf(bySeed(metric, group).values()));
  }

  /** The difference of two groups, paired by seed. */
  public Optional<Estimate> difference(Metric metric, Where group, Where than) {
    return Estimates.difference(
        Gauge.of(metric), bySeed(metric, group), bySeed(metric, than), metric.better());
  }

  /** How many runs of a group trained; empty if there are none, or no rule for it. */
  public Optional<Counts> trained(Where group) {
    List<TrialResult> members =
        runs.stream().filter(run -> design.matches(group, Where.of(run))).toList();
    return members.isEmpty() || design.trained().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Counts((int) members.stream().filter(this::trained).count(), members.size()));
  }

  /** The difference of the shares of two groups that train. */
  public Optional<Estimate> trainedDifference(Where group, Where than) {
    return trained(group)
        .flatMap(
            one ->
                trained(than)
                    .map(
                        other ->
                            Estimates.shareDifference(
                                one.trained(), one.of(), other.trained(), other.of())));
  }

  /** Whether a run reached its end and passed the threshold, if there is one. */
  public boolean trained(TrialResult run) {
    return run.done()
        && design
            .trained()
            .map(
                threshold ->
                    run.outcome().values().getOrDefault(threshold.metric(), Double.NaN)
                        >= threshold.least())
            .orElse(true);
  }

  /** Where in these runs a metric was taken; of a run that diverged, what chance tells counts. */
  private static List<Map<String, String>> places(List<TrialResult> members, String metric) {
    return members.stream()
        .flatMap(
            run ->
                run.outcome().values().keySet().stream()
                    .filter(name -> name.startsWith(Outcome.CHANCE) != run.done()))
        .map(name -> name.replace(Outcome.CHANCE, ""))
        .map(Quantity::parse)
        .filter(quantity -> quantity.metric().equals(metric))
        .map(Quantity::place)
        .distinct()
        .sorted(Comparator.comparing(Map::toString, NaturalOrder.INSTANCE))
        .toList();
  }

  private static Optional<Double> value(TrialResult run, String name) {
    Map<String, Double> values = run.outcome().values();
    Double value = run.done() ? values.get(name) : values.get(Outcome.CHANCE + name);
    return Optional.ofNullable(value).filter(Double::isFinite);
  }
}
