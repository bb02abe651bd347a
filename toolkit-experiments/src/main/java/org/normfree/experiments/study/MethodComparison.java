package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;
import static org.normfree.experiments.study.Metrics.TEST_LOSS;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;

/**
 * {@code method-comparison}: every method after the same learning-rate search. See {@link
 * RateSearch}; reported on the test split. Source: arXiv 2503.10622, section 6.3, table 9.
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
    return Studies.keys()
        .without(Keys.LEARNING_RATE)
        .after(RateSearch.keys())
        .after(METHODS)
        .keys();
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(Studies.preset(preset, "epochs=8", "lr.grid=0.003,0.01", "lr.beyond=0"));
  }

  @Override
  public Design design(Config config) {
    Published published = Published.table(9, "ViT-B");
    return Design.of(
            "How good is each method at its own best learning rate?", TEST_ACCURACY, TEST_LOSS)
        .against(Baseline.of("pre-ln"))
        .over(Axis.chosen(RateSearch.AXIS, "learning rate"))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, "test_accuracy", "method"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step"))
        .trainedFrom("test_accuracy", 50)
        .beside(
            (metric, row) ->
                metric.equals("test_accuracy") ? published.find(row.method()) : Optional.empty())
        .claiming(claims(config.get(METHODS)));
  }

  /** A claim about some methods. */
  private record Between(Claim claim, List<String> methods) {}

  /** Those whose methods are compared. */
  private static List<Claim> claims(List<String> methods) {
    String nine = Studies.DYT + ", table 9, ViT-B";
    List<Between> claims = new ArrayList<>();
    claims.add(
        new Between(
            Claim.same(
                "dyt-about-ln",
                "DyT is about as good as LayerNorm",
                Studies.DYT + ", table 1, ViT-B: 82.5 against 82.3",
                TEST_ACCURACY,
                Where.of("dyt"),
                Where.of("pre-ln"),
                MARGIN),
            List.of("dyt", "pre-ln")));
    for (String other : List.of("fixup", "skipinit")) {
      claims.add(
          new Between(
              Claim.better(
                  "sigma-reparam-over-" + other,
                  "σReparam is better than " + (other.equals("fixup") ? "Fixup" : "SkipInit"),
                  nine,
                  TEST_ACCURACY,
                  Where.of("sigma-reparam"),
                  Where.of(other)),
              List.of("sigma-reparam", other)));
    }
    claims.add(
        new Between(
            Claim.noWorse(
                "dyt-no-worse-than-sigma-reparam",
                "DyT is at least as good as σReparam",
                nine + ": 82.8 against 82.5",
                TEST_ACCURACY,
                Where.of("dyt"),
                Where.of("sigma-reparam"),
                MARGIN),
            List.of("dyt", "sigma-reparam")));
    claims.add(
        new Between(
            Claim.noWorse(
                "derf-no-worse-than-dyt",
                "Derf is at least as good as DyT",
                Studies.DERF + ", ViT-B: 82.8 against 82.5",
                TEST_ACCURACY,
                Where.of("derf"),
                Where.of("dyt"),
                MARGIN),
            List.of("derf", "dyt")));
    return claims.stream()
        .filter(each -> methods.containsAll(each.methods()))
        .map(Between::claim)
        .toList();
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    RateSearch search = new RateSearch(name(), config, directory);
    config.get(METHODS).forEach(method -> search.add(method, Map.of(), run -> run));
    return search.run();
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new MethodComparison(), args);
  }
}
