package org.normfree.experiments.study;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.normfree.core.InputException;
import org.normfree.core.model.image.ImageClassifiers;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.DiffusionKeys;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.problem.ImageClassification;
import org.normfree.experiments.problem.ImageDiffusion;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.training.Problem;

/**
 * The image models whose layers a study looks into: every classifier, and Diffusion Transformers,
 * which learn to denoise and draw nothing. A figure of arXiv 2503.10622 shows both.
 */
final class LookedInto {
  private static final Key<String> MODEL =
      Key.choice(
          Keys.MODEL.name(),
          Keys.MODEL.defaultValue(),
          () ->
              Stream.concat(ImageClassifiers.names().stream(), DiffusionKeys.models().stream())
                  .toList(),
          "the architecture; a key that it does not read may not be set");

  private final Config config;
  private final Study study;
  private final boolean diffusion;

  /**
   * @param experiment the experiment's name
   * @param config its settings, with the {@link #keys}
   * @param directory its directory
   * @throws InputException if a key is set that a Diffusion Transformer does not read
   */
  LookedInto(String experiment, Config config, RunDirectory directory) {
    this.config = config;
    diffusion = isDiffusion(config);
    Problem.Kind kind = diffusion ? ImageDiffusion.KIND : ImageClassification.KIND;
    if (diffusion) {
      requireRead();
    }
    study = new Study(experiment, config, directory, kind);
  }

  /** Whether the model is a Diffusion Transformer, which has no accuracy. */
  static boolean isDiffusion(Config config) {
    return DiffusionKeys.models().contains(config.get(MODEL));
  }

  /** The keys of a run without its method, and seeds and jobs. */
  static Schema keys() {
    return Studies.keys().without(Keys.MODEL).after(MODEL);
  }

  private void requireRead() {
    Set<String> read =
        ImageDiffusion.KIND.keys().stream()
            .map(Key::name)
            .collect(Collectors.toCollection(TreeSet::new));
    read.addAll(List.of(Keys.SEEDS.name(), Keys.JOBS.name()));
    for (String assignment : config.overrides()) {
      String key = assignment.substring(0, assignment.indexOf('='));
      if (!read.contains(key)) {
        throw new InputException(
            "%s is set, but model=%s does not read it; leave it out"
                .formatted(key, config.get(MODEL)));
      }
    }
  }

  /** A reported run of a method for every seed. */
  Study runs(String method) {
    UnaryOperator<Config> own = run -> diffusion ? run.with(DiffusionKeys.SAMPLES, 0) : run;
    return study.add(method, Map.of(), own);
  }
}
