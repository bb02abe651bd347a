package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.method.Methods;
import org.normfree.experiments.Experiment;
import org.normfree.experiments.Launch;
import org.normfree.experiments.Preset;
import org.normfree.experiments.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;
import org.normfree.experiments.statistics.SummaryBuilder;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code method-comparison}: every method after the same learning-rate search. Each is trained once
 * at every rate of the grid with the first seed; the rate with the best validation accuracy is then
 * trained with all seeds and reported on the test split. Source: arXiv 2503.10622, section 6.3,
 * table 9.
 */
public final class MethodComparison implements Experiment {
  private static final Key<List<String>> METHODS =
      Key.choices(
          "methods",
          List.of(
              "pre-ln",
              "fixup",
              "skipinit",
              "sigma-reparam",
              "dyt",
              "derf",
              "rms-norm",
              "post-ln",
              "deepnorm",
              "admin",
              "rezero",
              "layerscale"),
          Methods::names,
          "the methods to compare");
  private static final Key<List<Double>> RATES =
      Key.decimals(
          "lr.grid",
          List.of(1e-3, 3e-3, 1e-2),
          Range.any().above(0),
          "learning rates each method is searched over");

  @Override
  public String name() {
    return "method-comparison";
  }

  @Override
  public String summary() {
    return "every method after the same learning-rate search (table 9)";
  }

  @Override
  public List<Key<?>> keys() {
    return Config.schema(
        List.of(METHODS, RATES),
        Studies.keys().stream().filter(key -> key != Keys.LEARNING_RATE).toList());
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(Studies.preset(preset));
  }

  @Override
  public Result run(Config config, RunDirectory directory) {
    List<String> methods = config.get(METHODS);
    Study search = new Study(name(), config, directory);
    for (String method : methods) {
      config.get(RATES).forEach(rate -> search.search(method, rate));
    }
    List<TrialResult> searched = search.run("learning-rate search");
    Study study = new Study(name(), config, directory);
    for (String method : methods) {
      double rate = best(searched, method, config.get(RATES));
      study.add(method, Map.of("lr", String.valueOf(rate)), rate, TrainingRun.Probing.NONE);
    }
    List<TrialResult> results = new ArrayList<>(searched);
    results.addAll(study.run(name()));
    return Result.of(
        new SummaryBuilder(name())
            .runs(results, "test_accuracy", Published.table(9, "ViT-B"))
            .runs(results, "test_loss", Published.none())
            .build(),
        results);
  }

  /** The rate of the best validation accuracy; the smallest rate if no run got to its end. */
  private static double best(List<TrialResult> searched, String method, List<Double> rates) {
    return searched.stream()
        .filter(result -> result.done() && result.trial().method().equals(method))
        .max(
            Comparator.<TrialResult>comparingDouble(r -> value(r, "validation_accuracy"))
                .thenComparingDouble(r -> -value(r, "validation_loss")))
        .map(result -> Double.parseDouble(result.trial().setting().get("lr")))
        .orElseGet(() -> rates.stream().min(Double::compare).orElseThrow());
  }

  private static double value(TrialResult result, String metric) {
    return result.outcome().values().get(metric);
  }

  /**
   * Runs it from an IDE.
   *
   * @param args {@code key=value} and options of {@code toolkit run}
   */
  public static void main(String[] args) {
    Launch.main(new MethodComparison(), args);
  }
}
