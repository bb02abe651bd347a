package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;
import static org.normfree.experiments.study.Metrics.TEST_LOSS;
import static org.normfree.experiments.study.Metrics.VALIDATION_LOSS;

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
import org.normfree.experiments.problem.LanguageModeling;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;

/**
 * {@code language-model}: LLaMA-style language models with several methods, and DyT without its
 * factor behind the embedding and with other initial α. Source: arXiv 2503.10622, tables 4 and 10
 * and appendix A, at a size for a CPU.
 */
public final class LanguageModel implements Experiment {
  private static final Key<List<String>> METHODS =
      Studies.methods("rms-norm", "dyt", "derf", "bhyt", "see-d-norm", "deepnorm");

  private static final Key<Boolean> VARIANTS =
      Key.flag(
          "variants", true, "add DyT without its embedding factor and with other initial alpha");

  private static final List<Double> ALPHAS = List.of(0.2, 2.0);

  /** By how much losses may differ and still be called about equal, in nats. */
  private static final double MARGIN = 0.05;

  private static final Metric TEST_PERPLEXITY =
      Metric.loss("test_perplexity", "test perplexity", "");
  private static final Metric BITS = Metric.loss("test_bits_per_byte", "test loss a byte", "bits");

  /** One run, {@code model-language}. */
  static final SingleRun RUN =
      SingleRun.of(
          LanguageModeling.KIND,
          "one training run of a language model",
          TEST_LOSS,
          TEST_PERPLEXITY,
          BITS,
          TEST_ACCURACY);

  @Override
  public String name() {
    return "language-model";
  }

  @Override
  public String summary() {
    return "language models by several methods: perplexity; DyT's embedding factor and alpha";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK ->
              List.of(
                  "characters=100000",
                  "tokenizer=character",
                  "vocabulary=0",
                  "epochs=1",
                  "batch.tokens=512",
                  "depth=2",
                  "width=32",
                  "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(LanguageModeling.KIND).after(METHODS, VARIANTS).keys();
  }

  @Override
  public List<Experiment> parts() {
    return List.of(RUN);
  }

  @Override
  public Design design(Config config) {
    Published llama = Published.model("LLaMA 7B");
    Published gpt = Published.model("GPT-2 124M");
    return Design.of(
            "How good are language models with each method, and what do DyT's factor and α₀ matter?",
            TEST_LOSS,
            TEST_PERPLEXITY,
            BITS,
            TEST_ACCURACY,
            VALIDATION_LOSS)
        .against(Baseline.of("rms-norm"))
        .over(
            Axis.variant("embedding.scale", "embedding factor")
                .with(Map.of("false", "no embedding factor")),
            Axis.variant("alpha0", "α₀"),
            Axis.variant("alpha0.attention", "α₀ of attention"),
            Axis.variant("alpha0.table", "α₀ by width").with(Map.of("true", "α₀ by width")))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, TEST_LOSS.name(), "method"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step"))
        // what was printed was measured with the factor and a good α₀
        .beside(
            (metric, row) ->
                !row.setting().isEmpty()
                    ? Optional.empty()
                    : metric.equals(TEST_LOSS.name())
                        ? llama.find(row.method())
                        : metric.equals(VALIDATION_LOSS.name())
                            ? gpt.find(row.method())
                            : Optional.empty())
        .claiming(claims(config));
  }

  private static List<Claim> claims(Config config) {
    List<String> methods = config.get(METHODS);
    List<Claim> claims = new ArrayList<>();
    if (methods.containsAll(List.of("dyt", "rms-norm"))) {
      claims.add(
          Claim.same(
              "dyt-about-rms-norm",
              "DyT is about as good as RMSNorm in language models",
              Studies.DYT + ", table 4, LLaMA 7B, and appendix on GPT-2: 2.97 against 2.94",
              TEST_LOSS,
              Where.of("dyt"),
              Where.of("rms-norm"),
              MARGIN));
    }
    if (methods.containsAll(List.of("dyt", "derf"))) {
      claims.add(
          Claim.noWorse(
              "derf-no-worse-than-dyt",
              "Derf is at least as good as DyT in language models",
              Studies.DERF,
              TEST_LOSS,
              Where.of("derf"),
              Where.of("dyt"),
              MARGIN));
    }
    if (config.get(VARIANTS) && methods.contains("dyt")) {
      claims.add(
          Claim.better(
              "embedding-factor-needed",
              "DyT needs its factor behind the embedding",
              Studies.DYT + ", section 5, in words",
              TEST_LOSS,
              Where.of("dyt"),
              Where.of("dyt").with("embedding.scale", false)));
      claims.add(
          Claim.better(
              "alpha0-by-width",
              "At this width a larger α₀ is better than that of LLaMA 7B",
              Studies.DYT + ", table 11: the wider the model the smaller α₀",
              TEST_LOSS,
              Where.of("dyt").with("alpha0.table", true),
              Where.of("dyt").with("alpha0.attention", 0.8).with("alpha0", 0.2)));
    }
    return claims;
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, LanguageModeling.KIND);
    config.get(METHODS).forEach(study::add);
    if (config.get(VARIANTS)) {
      variants(study);
    }
    return Runs.of(study.run(name()));
  }

  /** DyT without its factor, with other α₀, with the α₀ of LLaMA 7B, and with that of its width. */
  private static void variants(Study study) {
    study.add("dyt", Map.of("embedding.scale", "false"), c -> c.with(Keys.EMBEDDING_SCALE, false));
    for (double alpha0 : ALPHAS) {
      study.add("dyt", Map.of("alpha0", String.valueOf(alpha0)), c -> c.with(Keys.ALPHA0, alpha0));
    }
    study.add(
        "dyt",
        Map.of("alpha0.attention", "0.8", "alpha0", "0.2"),
        c -> c.with(Keys.ALPHA0_ATTENTION, 0.8).with(Keys.ALPHA0, 0.2));
    study.add("dyt", Map.of("alpha0.table", "true"), c -> c.with(Keys.ALPHA0_TABLE, true));
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new LanguageModel(), args);
  }
}
