package org.normfree.experiments.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.normfree.core.data.speech.SpeechSets;
import org.normfree.core.model.speech.Wav2Vec2Config;

/** The keys of experiments with speech, beside those in {@link Keys}. */
public final class SpeechKeys {
  private static final Range ONE_UP = Range.any().atLeast(1);
  private static final Range NOT_NEGATIVE = Range.any().atLeast(0);
  private static final Range POSITIVE = Range.any().above(0);
  private static final Range FRACTION = Range.any().atLeast(0).below(1);
  private static final String ANY_SIZE = "wav2vec2";

  /** The recordings. */
  public static final Key<String> DATA =
      Key.choice(
          "data",
          "synthetic",
          () -> SpeechSets.NAMES,
          "the recordings; synthetic is made by rules here and is no human speech");

  /** Where they lie. */
  public static final Key<Optional<Path>> PATH =
      Key.optionalPath("data.path", "folder of the .wav files; empty for synthetic");

  /** Their rate. */
  public static final Key<Integer> RATE =
      Key.integer("data.rate", 8000, ONE_UP, "samples a second that recordings are brought to");

  /** The architecture. */
  public static final Key<String> MODEL =
      Key.choice(
          "model",
          ANY_SIZE,
          SpeechKeys::models,
          "the architecture; the named sizes override all that shapes it, dropouts included");

  /** Channels of the feature encoder. */
  public static final Key<Integer> CHANNELS =
      Key.integer("channels", 32, ONE_UP, "channels of the convolutions that make frames");

  /** Window of the positions. */
  public static final Key<Integer> POSITION_KERNEL =
      Key.integer("position.kernel", 32, ONE_UP, "frames that the convolution of positions sees");

  /** Groups of the positions. */
  public static final Key<Integer> POSITION_GROUPS =
      Key.integer("position.groups", 8, ONE_UP, "groups of the convolution of positions");

  /** Where the norms stand. */
  public static final Key<String> ORDER =
      Key.choice(
          "norm.order",
          "post",
          () -> List.of("post", "pre"),
          "norms behind the additions, as in Base, or before the branches, as in Large");

  /** What stands behind the convolutions. */
  public static final Key<String> FEATURE_NORM =
      Key.choice(
          "feature.norm",
          "method",
          () -> List.of("method", "layer-norm"),
          "behind the convolutions: the method's norm, or LayerNorm as the published patch leaves it");

  /** Groups of the quantizer. */
  public static final Key<Integer> CODE_GROUPS =
      Key.integer("code.groups", 2, ONE_UP, "groups of the quantizer");

  /** Entries of a group. */
  public static final Key<Integer> CODE_ENTRIES =
      Key.integer("code.entries", 32, Range.any().atLeast(2), "entries of each group");

  /** Channels of codes. */
  public static final Key<Integer> CODE_DIM =
      Key.integer("code.dim", 64, ONE_UP, "channels of a code, all groups together");

  /** Channels in which vectors are compared. */
  public static final Key<Integer> FINAL_DIM =
      Key.integer("final.dim", 64, ONE_UP, "channels in which context and targets are compared");

  /** K. */
  public static final Key<Integer> NEGATIVES =
      Key.integer("negatives", 20, ONE_UP, "other targets among which the own one is to be found");

  /** How much is masked. */
  public static final Key<Double> MASK_SHARE =
      Key.decimal("mask.share", 0.65, POSITIVE, "frames in masked spans, if none overlapped");

  /** Length of masked spans. */
  public static final Key<Integer> MASK_LENGTH =
      Key.integer("mask.length", 5, ONE_UP, "frames of a masked span");

  /** Dropout. */
  public static final Key<Double> DROPOUT =
      Key.decimal("dropout", 0, FRACTION, "dropout of frames, branches and attention weights");

  /** Layer drop. */
  public static final Key<Double> LAYER_DROP =
      Key.decimal("drop.layer", 0, FRACTION, "rate at which a layer is skipped in training");

  /** τ at the start. */
  public static final Key<Double> TEMPERATURE =
      Key.decimal("temperature", 2, POSITIVE, "the quantizer's temperature at the start");

  /** τ at the end. */
  public static final Key<Double> TEMPERATURE_END =
      Key.decimal("temperature.end", 0.5, POSITIVE, "the same at the end of the run");

  /** Weight of the diversity. */
  public static final Key<Double> DIVERSITY =
      Key.decimal("loss.diversity", 0.1, NOT_NEGATIVE, "weight of the codes' diversity");

  /** Weight of the penalty. */
  public static final Key<Double> PENALTY =
      Key.decimal("loss.penalty", 10, NOT_NEGATIVE, "weight of the mean square of features");

  /** Length of a wave. */
  public static final Key<Double> SECONDS =
      Key.decimal("crop.seconds", 1.5, POSITIVE, "length of a wave in training");

  /** Waves a step. */
  public static final Key<Integer> BATCH = Key.integer("batch", 8, ONE_UP, "waves a step");

  /** Whether the network is judged. */
  public static final Key<Boolean> JUDGE =
      Key.flag("judge", true, "probe and fine-tune the network at the end");

  /** Passes of the probes. */
  public static final Key<Integer> PROBE_EPOCHS =
      Key.integer("probe.epochs", 60, ONE_UP, "epochs of the linear probes");

  /** Rate of the probes. */
  public static final Key<Double> PROBE_RATE =
      Key.decimal("probe.lr", 1.6, POSITIVE, "LARS's rate for the linear probes");

  /** Steps of fine-tuning. */
  public static final Key<Integer> TUNE_STEPS =
      Key.integer("tune.steps", 250, NOT_NEGATIVE, "steps of recognizing words; 0 = none");

  /** Labels of fine-tuning. */
  public static final Key<Double> TUNE_SHARE =
      Key.decimal(
          "tune.share",
          0.25,
          Range.any().above(0).atMost(1),
          "share of the training recordings whose words are told");

  /** Rate of fine-tuning. */
  public static final Key<Double> TUNE_RATE =
      Key.decimal("tune.lr", 3e-3, POSITIVE, "learning rate of recognizing words");

  /** Words of a string. */
  public static final Key<Integer> TUNE_WORDS =
      Key.integer("tune.words", 3, ONE_UP, "recordings of a string of words at most");

  /** Length of a string. */
  public static final Key<Double> TUNE_SECONDS =
      Key.decimal("tune.seconds", 1.8, POSITIVE, "length of a wave with a string of words");

  /** Whether frames are masked while words are learned. */
  public static final Key<Boolean> TUNE_MASK =
      Key.flag("tune.mask", false, "mask frames while words are learned, as published");

  private SpeechKeys() {}

  /** The names of the architectures. */
  public static List<String> models() {
    List<String> names = new ArrayList<>(List.of(ANY_SIZE));
    names.addAll(Wav2Vec2Config.Preset.names());
    return names;
  }

  /** The keys that choose the recordings. */
  public static List<Key<?>> data() {
    return List.of(DATA, PATH, RATE);
  }

  /** Those that shape the model. */
  public static List<Key<?>> model() {
    return List.of(
        MODEL,
        CHANNELS,
        Keys.WIDTH.withDefault(64),
        Keys.DEPTH.withDefault(3),
        Keys.HEADS.withDefault(4),
        Keys.MLP_RATIO,
        POSITION_KERNEL,
        POSITION_GROUPS,
        ORDER,
        FEATURE_NORM,
        CODE_GROUPS,
        CODE_ENTRIES,
        CODE_DIM,
        FINAL_DIM,
        NEGATIVES,
        MASK_SHARE,
        MASK_LENGTH,
        DROPOUT,
        LAYER_DROP,
        TEMPERATURE,
        TEMPERATURE_END,
        DIVERSITY,
        PENALTY,
        SECONDS);
  }

  /** Those that say how the network is judged. */
  public static List<Key<?>> judging() {
    return List.of(
        JUDGE,
        PROBE_EPOCHS,
        PROBE_RATE,
        TUNE_STEPS,
        TUNE_SHARE,
        TUNE_RATE,
        TUNE_WORDS,
        TUNE_SECONDS,
        TUNE_MASK);
  }
}
