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
import org.normfree.core.record.Metric;
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
import org.normfree.experiments.problem.DnaClassification;
import org.normfree.experiments.run.RunDirectory;

/**
 * {@code hyena-embedding-scale}: whether dynamic activations in a model of DNA need a trained
 * scalar behind the embedding. The published patch of DyT puts one into LLaMA and none into models
 * of DNA, whose first activation then sees numbers of size 0.02. Source: arXiv 2503.10622, appendix
 * A, which says it of language models.
 */
public final class HyenaEmbeddingScale implements Experiment {
  private static final Key<List<String>> METHODS = Studies.methods("pre-ln", "dyt", "derf");

  /** Methods that have the scalar. */
  private static final List<String> SCALED = List.of("dyt", "derf");

  private static final String AXIS = "embedding.scale";

  private static final Metric MATTHEWS = Metrics.matthews("test_matthews", "Matthews' coefficient");
  private static final Metric STRINGS =
      Metric.percent("test_string_accuracy", "accuracy of a linear model of 4-mers");
  private static final Metric OVER_STRINGS =
      Metrics.points("test_over_strings", "accuracy over that of 4-mers");
  private static final Metric BEST =
      Metric.percent("test_best_accuracy", "accuracy of the rule the sequences were made by");

  /** By how much accuracies may differ and still be called about equal, in points. */
  private static final double MARGIN = 2;

  /** One run, {@code classify-dna}. */
  static final SingleRun RUN =
      SingleRun.of(
          DnaClassification.KIND,
          "one training run of a classifier of DNA",
          TEST_ACCURACY,
          MATTHEWS,
          OVER_STRINGS,
          STRINGS,
          BEST,
          TEST_LOSS);

  @Override
  public String name() {
    return "hyena-embedding-scale";
  }

  @Override
  public String summary() {
    return "DyT in models of DNA with and without a scalar behind the embedding";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK -> List.of("methods=pre-ln,dyt", "epochs=5", "planted=800", "seeds=3");
          case STANDARD -> List.of();
        });
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(DnaClassification.KIND)
        .without(Keys.EMBEDDING_SCALE)
        .withDefault(Keys.SEEDS, 5)
        .after(METHODS)
        .keys();
  }

  @Override
  public List<Experiment> parts() {
    return List.of(RUN);
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "Do dynamic activations in models of DNA need a scalar behind the embedding?",
            TEST_ACCURACY,
            MATTHEWS,
            OVER_STRINGS,
            STRINGS,
            BEST,
            TEST_LOSS)
        .against(Baseline.of("pre-ln"))
        .over(
            Axis.variant(AXIS, "embedding factor")
                .with(Map.of("false", "no embedding factor, as the published patch")))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, TEST_ACCURACY.name(), "method"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step"))
        .claiming(claims(config.get(METHODS)));
  }

  private static List<Claim> claims(List<String> methods) {
    List<Claim> claims = new ArrayList<>();
    for (String method : SCALED) {
      if (!methods.contains(method)) {
        continue;
      }
      claims.add(
          Claim.better(
              method + "-needs-the-factor",
              "In so short a run %s needs a scalar behind the embedding".formatted(method),
              Studies.DYT + ", appendix A, of language models",
              TEST_ACCURACY,
              Where.of(method),
              Where.of(method).with(AXIS, false)));
      if (methods.contains("pre-ln")) {
        claims.add(
            Claim.same(
                method + "-about-ln",
                "With the scalar %s is about as good as LayerNorm".formatted(method),
                Studies.DYT + ", table 6, HyenaDNA: 85.2 and 85.2, without it",
                TEST_ACCURACY,
                Where.of(method),
                Where.of("pre-ln"),
                MARGIN));
      }
    }
    return claims;
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, DnaClassification.KIND);
    for (String method : config.get(METHODS)) {
      study.add(method);
      if (SCALED.contains(method)) {
        study.add(method, Map.of(AXIS, "false"), run -> run.with(Keys.EMBEDDING_SCALE, false));
      }
    }
    return Runs.of(study.run(name()));
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new HyenaEmbeddingScale(), args);
  }
}
