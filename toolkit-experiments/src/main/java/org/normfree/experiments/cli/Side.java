package org.normfree.experiments.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.normfree.core.InputException;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trial;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.run.Quantity;
import org.normfree.experiments.run.RecordedExperiment;
import org.normfree.experiments.run.RecordedRun;

/**
 * One of the two that are compared: an experiment, or a single run of one.
 *
 * @param shown how the user names it
 * @param config its settings
 * @param summary its table; empty for a run, and before an experiment's end
 * @param metrics what its experiment says about its metrics
 * @param runs its reported runs with what they stand for
 * @param single whether it is one run
 */
record Side(
    String shown,
    JsonNode config,
    Optional<Summary> summary,
    List<Metric> metrics,
    Map<RecordedRun, Trial> runs,
    boolean single) {
  /**
   * What a row of a table is about.
   *
   * @param method the method
   * @param setting what else sets it apart, without what a search chose
   * @param metric the metric's name
   */
  record Key(String method, SortedMap<String, String> setting, String metric) {}

  /**
   * @param path an experiment's directory or a run's
   * @return what was recorded there
   * @throws InputException if it is neither
   */
  static Side at(Path path) {
    Optional<RecordedExperiment> whole = RecordedExperiment.around(path);
    Optional<RecordedExperiment> own = RecordedExperiment.at(path);
    if (own.isEmpty()) {
      throw new InputException(
          "%s is no run directory (there is no config.json of a run): name an experiment's directory, or one in its folder \"runs\""
              .formatted(path));
    }
    RecordedExperiment experiment = own.get();
    Map<RecordedRun, Trial> runs = new LinkedHashMap<>();
    if (whole.isPresent()) {
      RecordedRun run = new RecordedRun(experiment.path());
      runs.put(run, run.trial().orElseGet(() -> trialOf(experiment)));
      List<Metric> metrics = whole.get().summary().map(Summary::metrics).orElseGet(List::of);
      return new Side(path.toString(), experiment.config(), Optional.empty(), metrics, runs, true);
    }
    if (experiment.isSingle()) {
      runs.put(experiment.whole(), trialOf(experiment));
    }
    for (RecordedRun run : experiment.runs()) {
      run.trial()
          .filter(trial -> Trial.FINAL.equals(trial.phase()))
          .ifPresent(trial -> runs.put(run, trial));
    }
    Optional<Summary> summary = experiment.summary();
    return new Side(
        path.toString(),
        experiment.config(),
        summary,
        summary.map(Summary::metrics).orElseGet(List::of),
        runs,
        experiment.isSingle());
  }

  /** An experiment that is one run has its method and seed among its settings. */
  private static Trial trialOf(RecordedExperiment experiment) {
    JsonNode config = experiment.config();
    return new Trial(
        experiment.name(),
        config.path(Keys.METHOD.name()).asText(experiment.name()),
        Map.of(),
        config.path(Keys.SEED.name()).asLong(1),
        Trial.FINAL);
  }

  /** The settings as texts; the experiment's name is one of them. */
  SortedMap<String, String> settings() {
    SortedMap<String, String> settings = new TreeMap<>();
    config
        .properties()
        .forEach(
            entry ->
                settings.put(
                    entry.getKey(),
                    entry.getValue().isTextual()
                        ? entry.getValue().asText()
                        : entry.getValue().toString()));
    return settings;
  }

  /**
   * Value by seed of every row: those its table holds, else those its finished runs ended with, and
   * for a table that holds neither the means that are of one run.
   */
  Map<Key, Map<Long, Double>> values() {
    Map<Key, Map<Long, Double>> values = new LinkedHashMap<>();
    rows()
        .filter(row -> !row.values().isEmpty())
        .forEach(row -> values.put(key(row), bySeed(row.seeds(), row.values())));
    if (values.isEmpty()) {
      runs.forEach((run, trial) -> addResult(values, run, trial));
    }
    if (values.isEmpty()) {
      rows()
          .filter(row -> row.mean() != null && row.seeds().size() == 1)
          .forEach(row -> values.put(key(row), Map.of(row.seeds().get(0), row.mean())));
    }
    values.values().removeIf(Map::isEmpty);
    return values;
  }

  private Stream<SummaryRow> rows() {
    return summary.stream().flatMap(table -> table.rows().stream());
  }

  private static Map<Long, Double> bySeed(List<Long> seeds, List<Double> values) {
    Map<Long, Double> bySeed = new TreeMap<>();
    for (int i = 0; i < Math.min(seeds.size(), values.size()); i++) {
      if (values.get(i) != null) {
        bySeed.put(seeds.get(i), values.get(i));
      }
    }
    return bySeed;
  }

  private void addResult(Map<Key, Map<Long, Double>> values, RecordedRun run, Trial trial) {
    if (run.hasResult()) {
      new TreeMap<>(run.outcome().values())
          .forEach(
              (metric, value) ->
                  values
                      .computeIfAbsent(
                          key(trial.method(), trial.setting(), metric), key -> new TreeMap<>())
                      .put(trial.seed(), value));
    }
  }

  private Key key(SummaryRow row) {
    return key(row.method(), row.setting(), row.metric());
  }

  private Key key(String method, Map<String, String> setting, String metric) {
    SortedMap<String, String> kept = new TreeMap<>(setting);
    summary.ifPresent(
        table -> kept.keySet().removeIf(name -> table.axis(name).role() == Axis.Role.CHOSEN));
    return new Key(method, kept, metric);
  }

  /**
   * @param name a metric's name, with or without where in the run it was taken
   * @return what is said about it; empty if nothing is
   */
  Optional<Metric> metric(String name) {
    String plain = Quantity.parse(name).metric();
    return metrics.stream().filter(metric -> metric.name().equals(plain)).findFirst();
  }

  /** The experiment's name. */
  String experiment() {
    return config.path(Config.EXPERIMENT).asText();
  }
}
