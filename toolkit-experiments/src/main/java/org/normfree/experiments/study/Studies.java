package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.List;
import org.normfree.experiments.api.Preset;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.problem.ImageClassification;

/** Keys and presets that the studies share. */
final class Studies {
  /** Where most claims come from. */
  static final String DYT = "arXiv 2503.10622";

  static final String DEEPNET = "arXiv 2203.00555";
  static final String DERF = "arXiv 2512.10938";

  private Studies() {}

  /** The key of the methods that a study compares. */
  static Key<List<String>> methods(String... defaults) {
    return Keys.METHODS.withDefault(List.of(defaults));
  }

  /**
   * @param run settings of a run
   * @param others keys that its model does not read
   * @return the same with those at their defaults
   */
  static Config without(Config run, List<Key<?>> others) {
    Config own = run;
    for (Key<?> key : others) {
      own = reset(own, key);
    }
    return own;
  }

  private static <T> Config reset(Config run, Key<T> key) {
    return run.with(key, key.defaultValue());
  }

  /** The keys of an image classifier's run without its method, and seeds and jobs. */
  static Schema keys() {
    return Study.keys(ImageClassification.KIND);
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
}
