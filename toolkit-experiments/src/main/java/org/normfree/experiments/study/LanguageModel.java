package org.normfree.experiments.study;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.normfree.core.method.Methods;
import org.normfree.experiments.Experiment;
import org.normfree.experiments.Launch;
import org.normfree.experiments.Preset;
import org.normfree.experiments.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;
import org.normfree.experiments.statistics.SummaryBuilder;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code language-model}: LLaMA-style language models with several methods, and DyT without its
 * factor behind the embedding and with other initial α. Source: arXiv 2503.10622, tables 4 and 10
 * and appendix A, at a size for a CPU.
 */
public final class LanguageModel implements Experiment {
  private static final Key<List<String>> METHODS =
      Key.choices(
          "methods",
          List.of("rms-norm", "dyt", "derf", "deepnorm"),
          Methods::names,
          "the methods that are compared");

  private static final Key<Boolean> VARIANTS =
      Key.flag(
          "variants", true, "add DyT without its embedding factor and with other initial alpha");

  private static final List<Double> ALPHAS = List.of(0.2, 2.0);

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
          case QUICK -> List.of("characters=60000", "epochs=2", "depth=2", "width=32", "seeds=2");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Key<?>> keys() {
    return Config.schema(List.of(METHODS, VARIANTS), Studies.keys(LanguageModeling.KIND));
  }

  @Override
  public Result run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, LanguageModeling.KIND);
    config.get(METHODS).forEach(method -> study.add(method, Map.of(), TrainingRun.Probing.NONE));
    if (config.get(VARIANTS)) {
      variants(study);
    }
    List<TrialResult> results = study.run(name());
    SummaryBuilder table = new SummaryBuilder(name());
    for (String metric :
        List.of(
            "validation_perplexity", "test_perplexity", "test_bits_per_byte", "test_accuracy")) {
      table.runs(results, metric, Published.none());
    }
    losses(table, results, "validation_loss", Published.model("GPT-2 124M"));
    losses(table, results, "test_loss", Published.model("LLaMA 7B"));
    return Result.of(table.build(), results);
  }

  /**
   * What was printed was measured with the factor and a good α₀, so it stands beside that alone.
   */
  private static void losses(
      SummaryBuilder table, List<TrialResult> results, String metric, Published published) {
    Map<Boolean, List<TrialResult>> plain =
        results.stream().collect(Collectors.partitioningBy(run -> run.trial().setting().isEmpty()));
    table.runs(plain.get(true), metric, published).runs(plain.get(false), metric, Published.none());
  }

  /** DyT without its factor, with other α₀, with the α₀ of LLaMA 7B, and with that of its width. */
  private static void variants(Study study) {
    study.addWith(
        "dyt", Map.of("embedding.scale", "false"), c -> c.with(Keys.EMBEDDING_SCALE, false));
    for (double alpha0 : ALPHAS) {
      study.addWith(
          "dyt", Map.of("alpha0", String.valueOf(alpha0)), c -> c.with(Keys.ALPHA0, alpha0));
    }
    study.addWith(
        "dyt",
        Map.of("alpha0.attention", "0.8", "alpha0", "0.2"),
        c -> c.with(Keys.ALPHA0_ATTENTION, 0.8).with(Keys.ALPHA0, 0.2));
    study.addWith("dyt", Map.of("alpha0.table", "true"), c -> c.with(Keys.ALPHA0_TABLE, true));
  }

  /**
   * Runs it from an IDE.
   *
   * @param args {@code key=value} and options of {@code toolkit run}
   */
  public static void main(String[] args) {
    Launch.main(new LanguageModel(), args);
  }
}
