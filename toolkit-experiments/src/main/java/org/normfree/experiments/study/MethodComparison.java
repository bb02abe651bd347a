package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;
import static org.normfree.experiments.study.Metrics.TEST_LOSS;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.FigureSpec;
import org.normfree.experiments.api.Claim;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Preset;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.api.Where;
import org.normfree.experiments.cli.Toolkit;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code method-comparison}: every method after the same learning-rate search. Each is trained once
 * at every rate of the grid with the first seed; while the best rate is the largest or smallest
 * tried, the next one beyond it is tried too, up to three on either side. The rate with the best
 * validation accuracy is then trained with all seeds and reported on the test split. Source: arXiv
 * 2503.10622, section 6.3, table 9.
 */
public final class MethodComparison implements Experiment {
  private static final Key<List<String>> METHODS =
      Studies.methods(
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
          "layerscale");

  private static final Key<List<Double>> RATES =
      Key.decimals(
          "lr.grid",
          List.of(1e-3, 3e-3, 1e-2),
          Range.any().above(0),
          "learning rates each method is searched over");

  private static final Key<Integer> BEYOND =
      Key.integer(
          "lr.beyond",
          3,
          Range.any().atLeast(0),
          "rates tried beyond either end of the grid while the best one lies there");

  /** By how much accuracies may differ and still be called about equal, in points. */
  private static final double MARGIN = 2;

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
    return Studies.keys().without(Keys.LEARNING_RATE).after(METHODS, RATES, BEYOND).keys();
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(Studies.preset(preset, "epochs=8", "lr.grid=0.003,0.01", "lr.beyond=1"));
  }

  @Override
  public Design design(Config config) {
    Published published = Published.table(9, "ViT-B");
    return Design.of(
            "How good is each method at its own best learning rate?", TEST_ACCURACY, TEST_LOSS)
        .against(Baseline.of("pre-ln"))
        .over(Axis.chosen("lr", "learning rate"))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, "test_accuracy", "method"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step"))
        .trainedFrom("test_accuracy", 50)
        .beside(
            (metric, row) ->
                metric.equals("test_accuracy") ? published.find(row.method()) : Optional.empty())
        .claiming(claims(config.get(METHODS)));
  }

  /** Those whose methods are compared. */
  private static List<Claim> claims(List<String> methods) {
    String nine = Studies.DYT + ", table 9, ViT-B";
    Map<Claim, List<String>> claims = new LinkedHashMap<>();
    claims.put(
        Claim.same(
            "dyt-about-ln",
            "DyT is about as good as LayerNorm",
            Studies.DYT + ", table 1, ViT-B: 82.5 against 82.3",
            TEST_ACCURACY,
            Where.of("dyt"),
            Where.of("pre-ln"),
            MARGIN),
        List.of("dyt", "pre-ln"));
    for (String other : List.of("fixup", "skipinit")) {
      claims.put(
          Claim.better(
              "sigma-reparam-over-" + other,
              "σReparam is better than " + (other.equals("fixup") ? "Fixup" : "SkipInit"),
              nine,
              TEST_ACCURACY,
              Where.of("sigma-reparam"),
              Where.of(other)),
          List.of("sigma-reparam", other));
    }
    claims.put(
        Claim.noWorse(
            "dyt-no-worse-than-sigma-reparam",
            "DyT is at least as good as σReparam",
            nine + ": 82.8 against 82.5",
            TEST_ACCURACY,
            Where.of("dyt"),
            Where.of("sigma-reparam"),
            MARGIN),
        List.of("dyt", "sigma-reparam"));
    claims.put(
        Claim.noWorse(
            "derf-no-worse-than-dyt",
            "Derf is at least as good as DyT",
            Studies.DERF + ", ViT-B: 82.8 against 82.5",
            TEST_ACCURACY,
            Where.of("derf"),
            Where.of("dyt"),
            MARGIN),
        List.of("derf", "dyt"));
    return claims.keySet().stream()
        .filter(claim -> methods.containsAll(claims.get(claim)))
        .toList();
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    List<TrialResult> searched = new ArrayList<>();
    Map<String, TreeSet<Double>> rates = new LinkedHashMap<>();
    config.get(METHODS).forEach(method -> rates.put(method, new TreeSet<>(config.get(RATES))));
    Map<String, Set<Double>> next = new LinkedHashMap<>();
    rates.forEach((method, grid) -> next.put(method, new TreeSet<>(grid)));
    int widened = 0;
    while (!next.isEmpty()) {
      Study search = new Study(name(), config, directory);
      next.forEach((method, more) -> more.forEach(rate -> search.search(method, rate)));
      searched.addAll(search.run("learning-rate search"));
      next.clear();
      if (widened++ < config.get(BEYOND)) {
        rates.forEach(
            (method, grid) ->
                beyond(grid, best(searched, method, grid))
                    .ifPresent(
                        rate -> {
                          grid.add(rate);
                          next.put(method, Set.of(rate));
                        }));
      }
    }
    Study study = new Study(name(), config, directory);
    Set<String> edges = new HashSet<>();
    rates.forEach(
        (method, grid) -> {
          double rate = best(searched, method, grid);
          if (beyond(grid, rate).isPresent()) {
            edges.add(method);
          }
          study.add(
              method,
              Map.of("lr", String.valueOf(rate)),
              run -> run.with(Keys.LEARNING_RATE, rate));
        });
    List<TrialResult> results = new ArrayList<>(searched);
    results.addAll(study.run(name()));
    return Runs.of(results).atEdge(edges);
  }

  /** The rate beyond the end of a grid at which the best one lies; empty if it lies within. */
  static Optional<Double> beyond(NavigableSet<Double> grid, double best) {
    if (grid.size() < 2) {
      return Optional.empty();
    }
    if (best == grid.last()) {
      return Optional.of(rounded(best * best / grid.lower(best)));
    }
    return best == grid.first()
        ? Optional.of(rounded(best * best / grid.higher(best)))
        : Optional.empty();
  }

  /** Two digits, so that names of runs are short and the same on every machine. */
  private static double rounded(double rate) {
    return new BigDecimal(rate).round(new MathContext(2, RoundingMode.HALF_EVEN)).doubleValue();
  }

  /** The rate of the best validation accuracy; the smallest rate if no run got to its end. */
  private static double best(
      List<TrialResult> searched, String method, NavigableSet<Double> rates) {
    return searched.stream()
        .filter(result -> result.done() && result.trial().method().equals(method))
        .max(
            Comparator.<TrialResult>comparingDouble(r -> value(r, "validation_accuracy"))
                .thenComparingDouble(r -> -value(r, "validation_loss")))
        .map(result -> Double.parseDouble(result.trial().setting().get("lr")))
        .orElseGet(rates::first);
  }

  private static double value(TrialResult result, String metric) {
    return result.outcome().values().get(metric);
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new MethodComparison(), args);
  }
}
