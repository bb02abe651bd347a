package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.List;
import org.normfree.experiments.Preset;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.sweep.TrialResult;

/** Keys and presets that the studies share. */
final class Studies {
  private Studies() {}

  /** The keys of an image classifier's run without its method, and seeds and jobs. */
  static List<Key<?>> keys() {
    return keys(ImageClassification.KIND);
  }

  /** The keys of a run without its method, and seeds and jobs. */
  static List<Key<?>> keys(Problem.Kind kind) {
    return Config.schema(
        kind.keys().stream().filter(key -> key != Keys.METHOD).toList(),
        List.of(Keys.SEEDS, Keys.JOBS));
  }

  /**
   * Settings of {@code toolkit paper}: small and short, or the defaults with more seeds.
   *
   * @param preset how large
   * @param quick what the quick preset sets besides
   */
  static List<String> preset(Preset preset, String... quick) {
    return switch (preset) {
      case QUICK -> {
        List<String> settings =
            new ArrayList<>(
                List.of("width=32", "heads=2", "epochs=12", "warmup=2", "eval.every=2", "seeds=3"));
        settings.addAll(List.of(quick));
        yield settings;
      }
      case STANDARD -> List.of("seeds=5");
    };
  }

  /**
   * The metrics that probes of single layers gave, {@code name:layer}.
   *
   * @param results a study's runs
   * @return their names, each once, in alphabetical order
   */
  static List<String> layerMetrics(List<TrialResult> results) {
    return results.stream()
        .filter(TrialResult::done)
        .flatMap(result -> result.outcome().values().keySet().stream())
        .filter(metric -> metric.contains(":"))
        .distinct()
        .sorted()
        .toList();
  }
}
