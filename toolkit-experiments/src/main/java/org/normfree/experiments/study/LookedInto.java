package org.normfree.experiments.study;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.normfree.core.InputException;
import org.normfree.core.data.DataSets;
import org.normfree.core.data.speech.SpeechSets;
import org.normfree.core.model.image.ImageClassifiers;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.DiffusionKeys;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.config.SpeechKeys;
import org.normfree.experiments.problem.ImageClassification;
import org.normfree.experiments.problem.ImageDiffusion;
import org.normfree.experiments.problem.MaskedSpeech;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.training.Problem;

/**
 * The models whose layers a study looks into: every image classifier; Diffusion Transformers, which
 * learn to denoise and draw nothing; wav2vec 2.0 with its norms before the branches, which is not
 * judged. A figure of arXiv 2503.10622 shows all three.
 */
final class LookedInto {
  private static final Key<String> MODEL =
      Key.choice(
          Keys.MODEL.name(),
          Keys.MODEL.defaultValue(),
          () ->
              Stream.of(ImageClassifiers.names(), DiffusionKeys.models(), SpeechKeys.models())
                  .flatMap(List::stream)
                  .toList(),
          "the architecture; a key that it does not read may not be set");

  private static final Key<String> DATA =
      Key.choice(
          Keys.DATA.name(),
          Keys.DATA.defaultValue(),
          () ->
              Stream.concat(DataSets.NAMES.stream(), SpeechSets.NAMES.stream()).distinct().toList(),
          "the data set; digits is built in, and stands for synthetic with model=wav2vec2");

  private final Config config;
  private final Study study;
  private final Model model;

  /** What kind of model is looked into. */
  private enum Model {
    CLASSIFIER(ImageClassification.KIND),
    DIFFUSION(ImageDiffusion.KIND),
    SPEECH(MaskedSpeech.KIND);

    @SuppressWarnings("ImmutableEnumChecker") // kinds are constants
    private final Problem.Kind kind;

    Model(Problem.Kind kind) {
      this.kind = kind;
    }

    static Model of(Config config) {
      String name = config.get(MODEL);
      return DiffusionKeys.models().contains(name)
          ? DIFFUSION
          : SpeechKeys.models().contains(name) ? SPEECH : CLASSIFIER;
    }
  }

  /**
   * @param experiment the experiment's name
   * @param config its settings, with the {@link #keys}
   * @param directory its directory
   * @throws InputException if a key is set that a model which is no classifier does not read
   */
  LookedInto(String experiment, Config config, RunDirectory directory) {
    this.config = config;
    model = Model.of(config);
    if (model != Model.CLASSIFIER) {
      requireRead();
    }
    study = new Study(experiment, config, directory, model.kind);
  }

  /** The keys of a run without its method, and seeds and jobs. */
  static Schema keys() {
    return Studies.keys().without(Keys.MODEL, Keys.DATA).after(MODEL, DATA);
  }

  private void requireRead() {
    Set<String> read =
        model.kind.keys().stream().map(Key::name).collect(Collectors.toCollection(TreeSet::new));
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
    return study.add(method, Map.of(), this::own);
  }

  private Config own(Config run) {
    return switch (model) {
      case CLASSIFIER -> run;
      case DIFFUSION -> run.with(DiffusionKeys.SAMPLES, 0);
      case SPEECH ->
          run.with(SpeechKeys.DATA, speech(config.get(DATA)))
              .with(SpeechKeys.JUDGE, false)
              .with(SpeechKeys.ORDER, "pre");
    };
  }

  private static String speech(String data) {
    if (SpeechSets.NAMES.contains(data)) {
      return data;
    }
    if (data.equals(DATA.defaultValue())) {
      return SpeechKeys.DATA.defaultValue();
    }
    throw new InputException(
        "data=%s are images, expected %s for a model of speech"
            .formatted(data, String.join(", ", SpeechSets.NAMES)));
  }
}
