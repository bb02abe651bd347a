package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
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
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.config.TextKeys;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;
import org.normfree.experiments.statistics.Statistics;
import org.normfree.experiments.statistics.SummaryBuilder;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code depth-sweep}: translation by encoder–decoders of several depths with several methods,
 * without warm-up and with it: the share of runs that train, and BLEU. A run trains if it ends, and
 * predicts at least half of the validation tokens rightly; one that only learns how often tokens
 * occur stays far below. Source: arXiv 2203.00555, section 5, table 1 and figure 6, at a size for a
 * CPU.
 */
public final class DepthSweep implements Experiment {
  private static final double TRAINED = 50;

  private static final Key<List<String>> METHODS =
      Key.choices(
          "methods",
          List.of("deepnorm", "pre-ln", "post-ln"),
          Methods::names,
          "the methods that are compared");

  private static final Key<List<Integer>> LAYERS =
      Key.integers(
          "layers", List.of(3, 9, 18), Range.any().atLeast(1), "depths: layers of either side");

  private static final Key<List<Double>> WARMUPS =
      Key.decimals(
          "warmups",
          List.of(0.0, 2.0),
          Range.any().atLeast(0),
          "epochs of linear warm-up, each tried with every depth");

  @Override
  public String name() {
    return "depth-sweep";
  }

  @Override
  public String summary() {
    return "translation against depth, with and without warm-up: who trains, and BLEU";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK -> List.of("pairs=300", "layers=2,6", "epochs=3", "warmups=0", "seeds=2");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Key<?>> keys() {
    List<Key<?>> shared =
        Studies.keys(Translating.KIND).stream()
            .filter(key -> !List.of("depth", "decoder.depth", "warmup").contains(key.name()))
            .map(DepthSweep::defaults)
            .toList();
    return Config.schema(List.of(METHODS, LAYERS, WARMUPS), shared);
  }

  /** Spanish numbers have words enough for BLEU. */
  private static Key<?> defaults(Key<?> key) {
    return switch (key.name()) {
      case "target" -> TextKeys.TARGET.withDefault("es");
      case "pairs" -> TextKeys.COUNT.withDefault(2000);
      case "largest" -> TextKeys.LARGEST.withDefault(9_999L);
      case "batch.tokens" -> TextKeys.BATCH_TOKENS.withDefault(512);
      case "epochs" -> Keys.EPOCHS.withDefault(6);
      case "eval.every" -> Keys.EVAL_EVERY.withDefault(1);
      default -> key;
    };
  }

  @Override
  public Result run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, Translating.KIND);
    for (double warmup : config.get(WARMUPS)) {
      for (int layers : config.get(LAYERS)) {
        for (String method : config.get(METHODS)) {
          study.addWith(
              method,
              Map.of("layers", String.valueOf(layers), "warmup", String.valueOf(warmup)),
              run -> run.with(Keys.DEPTH, layers).with(Keys.WARMUP, warmup));
        }
      }
    }
    List<TrialResult> results = study.run(name());
    SummaryBuilder table = new SummaryBuilder(name());
    shares(results).forEach(table::row);
    List.of("test_bleu", "test_exact_match", "validation_accuracy")
        .forEach(metric -> table.runs(results, metric, Published.none()));
    return Result.of(table.build(), results);
  }

  private record Place(String method, Map<String, String> setting) {}

  /** How many of a hundred runs train, with Wilson's interval. */
  private static List<SummaryRow> shares(List<TrialResult> results) {
    Map<Place, List<TrialResult>> places = new LinkedHashMap<>();
    for (TrialResult result : results) {
      Place place = new Place(result.trial().method(), result.trial().setting());
      places.computeIfAbsent(place, key -> new ArrayList<>()).add(result);
    }
    return places.entrySet().stream().map(e -> share(e.getKey(), e.getValue())).toList();
  }

  private static SummaryRow share(Place place, List<TrialResult> runs) {
    int trained = (int) runs.stream().filter(DepthSweep::trained).count();
    Statistics.Interval interval = Statistics.shareInterval(trained, runs.size());
    return new SummaryRow(
        place.method,
        place.setting,
        "trained_share",
        100.0 * trained / runs.size(),
        List.of(100 * interval.low(), 100 * interval.high()),
        runs.size(),
        runs.stream().map(run -> run.trial().seed()).toList(),
        (int) runs.stream().filter(run -> !run.done()).count(),
        null,
        null);
  }

  private static boolean trained(TrialResult run) {
    return run.done() && run.outcome().values().getOrDefault("validation_accuracy", 0.0) >= TRAINED;
  }

  /**
   * Runs it from an IDE.
   *
   * @param args {@code key=value} and options of {@code toolkit run}
   */
  public static void main(String[] args) {
    Launch.main(new DepthSweep(), args);
  }
}
