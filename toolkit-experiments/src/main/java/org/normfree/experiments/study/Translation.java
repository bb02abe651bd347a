package org.normfree.experiments.study;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.method.Methods;
import org.normfree.core.record.SummaryRow;
import org.normfree.experiments.Experiment;
import org.normfree.experiments.Launch;
import org.normfree.experiments.Preset;
import org.normfree.experiments.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;
import org.normfree.experiments.statistics.SummaryBuilder;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code translation}: encoder–decoder Transformers with several methods on one parallel corpus, by
 * default numbers in English and German words; BLEU and exact match of the unseen test pairs.
 * Source: arXiv 2203.00555, section 5, at a size for a CPU.
 */
public final class Translation implements Experiment {
  private static final Key<List<String>> METHODS =
      Key.choices(
          "methods",
          List.of("deepnorm", "pre-ln", "post-ln", "dyt"),
          Methods::names,
          "the methods that are compared");

  private static final String BLEU = "test_bleu";

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
                  "pairs=1000", "largest=999", "epochs=6", "methods=deepnorm,pre-ln", "seeds=2");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Key<?>> keys() {
    return Config.schema(List.of(METHODS), Studies.keys(Translating.KIND));
  }

  @Override
  public Result run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, Translating.KIND);
    config.get(METHODS).forEach(method -> study.add(method, Map.of(), TrainingRun.Probing.NONE));
    List<TrialResult> results = study.run(name());
    SummaryBuilder table = new SummaryBuilder(name());
    boolean bleu = results.stream().anyMatch(result -> result.outcome().values().containsKey(BLEU));
    List<String> metrics = List.of("test_exact_match", BLEU, "test_accuracy", "test_loss");
    metrics.stream()
        .filter(metric -> bleu || !metric.equals(BLEU))
        .forEach(metric -> table.runs(results, metric, Published.none()));
    results.stream().flatMap(result -> bootstrapped(result).stream()).forEach(table::row);
    return Result.of(table.build(), results);
  }

  /** BLEU of a single run with its bootstrap interval over test sentences. */
  private static Optional<SummaryRow> bootstrapped(TrialResult result) {
    Map<String, Double> values = result.outcome().values();
    if (!result.done() || !values.containsKey(BLEU)) {
      return Optional.empty();
    }
    long seed = result.trial().seed();
    return Optional.of(
        new SummaryRow(
            result.trial().method(),
            Map.of("seed", String.valueOf(seed)),
            "test_bleu_over_sentences",
            values.get(BLEU),
            List.of(values.get(BLEU + "_low"), values.get(BLEU + "_high")),
            1,
            List.of(seed),
            0,
            null,
            null));
  }

  /**
   * Runs it from an IDE.
   *
   * @param args {@code key=value} and options of {@code toolkit run}
   */
  public static void main(String[] args) {
    Launch.main(new Translation(), args);
  }
}
