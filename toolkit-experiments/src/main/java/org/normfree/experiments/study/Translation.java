package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.BLEU;
import static org.normfree.experiments.study.Metrics.EXACT_MATCH;
import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;
import static org.normfree.experiments.study.Metrics.TEST_LOSS;

import java.util.List;
import java.util.Optional;
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
import org.normfree.experiments.problem.Translating;
import org.normfree.experiments.run.RunDirectory;

/**
 * {@code translation}: encoder–decoder Transformers with several methods on one parallel corpus, by
 * default numbers in English and German words; BLEU and exact match of the unseen test pairs.
 * Source: arXiv 2203.00555, section 5, at a size for a CPU.
 */
public final class Translation implements Experiment {
  private static final Key<List<String>> METHODS =
      Studies.methods("deepnorm", "pre-ln", "post-ln", "dyt");

  /** By how much accuracies may differ and still be called about equal, in points. */
  private static final double MARGIN = 2;

  /** One run, {@code translate}. */
  static final SingleRun RUN =
      SingleRun.of(
          Translating.KIND,
          "one training run of an encoder-decoder on parallel text",
          EXACT_MATCH,
          BLEU,
          TEST_ACCURACY,
          TEST_LOSS);

  @Override
  public String name() {
    return "translation";
  }

  @Override
  public String summary() {
    return "translation by several methods: BLEU and exact match";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK ->
              List.of(
                  "methods=deepnorm,pre-ln",
                  "pairs=600",
                  "largest=999",
                  "width=32",
                  "heads=2",
                  "batch.tokens=192",
                  "epochs=12",
                  "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(Translating.KIND).after(METHODS).keys();
  }

  @Override
  public List<Experiment> parts() {
    return List.of(RUN);
  }

  @Override
  public Design design(Config config) {
    List<String> methods = config.get(METHODS);
    return Design.of(
            "How well do encoder–decoders with each method translate?",
            EXACT_MATCH,
            BLEU,
            TEST_ACCURACY,
            TEST_LOSS)
        .against(Baseline.of("pre-ln"))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, EXACT_MATCH.name(), "method"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step"))
        .claiming(
            methods.containsAll(List.of("deepnorm", "pre-ln"))
                ? List.of(
                    Claim.noWorse(
                        "deepnorm-no-worse-than-pre-ln",
                        "DeepNorm translates at least as well as Pre-LN",
                        Studies.DEEPNET + ", table 1, 6L–6L: BLEU 27.8 against 27.0",
                        EXACT_MATCH,
                        Where.of("deepnorm"),
                        Where.of("pre-ln"),
                        MARGIN))
                : List.of());
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, Translating.KIND);
    config.get(METHODS).forEach(study::add);
    return Runs.of(study.run(name()));
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new Translation(), args);
  }
}
