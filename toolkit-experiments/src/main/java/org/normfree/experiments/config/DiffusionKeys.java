package org.normfree.experiments.config;

import java.util.List;
import java.util.stream.Stream;
import org.normfree.core.model.image.DiTConfig;

/** The keys of experiments with diffusion. */
public final class DiffusionKeys {
  private static final Range ONE_UP = Range.any().atLeast(1);
  private static final Range NOT_NEGATIVE = Range.any().atLeast(0);

  /** The architecture. */
  public static final Key<String> MODEL =
      Key.choice(
          "model",
          "dit",
          DiffusionKeys::models,
          "the architecture; the named sizes override patch, width, depth and heads");

  /** Which maps begin at 0. */
  public static final Key<String> ZERO_INIT =
      Key.choice(
          "zero.init",
          "dit",
          () -> List.of("dit", "derf", "dyt"),
          "what begins at 0, by source: dit: modulations and the last layer; derf: modulations of blocks; dyt: nothing");

  /** Where the variance of a step comes from. */
  public static final Key<String> SIGMA =
      Key.choice(
          "sigma",
          "fixed-small",
          () -> List.of("fixed-small", "fixed-large", "learned"),
          "the variance of a sampling step: that of the posterior, beta, or guessed beside the noise");

  /** T. */
  public static final Key<Integer> DIFFUSION_STEPS =
      Key.integer("diffusion.steps", 1000, ONE_UP, "T, the steps of the diffusion; above 20");

  /** How often the class is withheld. */
  public static final Key<Double> LABEL_DROPOUT =
      Key.decimal(
          "label.dropout",
          0.1,
          Range.any().atLeast(0).below(1),
          "share of the labels withheld in training, for guidance");

  /** How many images are drawn. */
  public static final Key<Integer> SAMPLES =
      Key.integer("samples", 500, NOT_NEGATIVE, "images drawn and judged at the end; 0 = none");

  /** K. */
  public static final Key<Integer> SAMPLING_STEPS =
      Key.integer(
          "sampling.steps", 50, ONE_UP, "K, the steps of sampling; at most diffusion.steps");

  /** How images are drawn. */
  public static final Key<String> SAMPLER =
      Key.choice("sampler", "ddpm", () -> List.of("ddpm", "ddim"), "how images are drawn");

  /** η. */
  public static final Key<Double> ETA =
      Key.decimal("ddim.eta", 0, NOT_NEGATIVE, "DDIM: share of DDPM's noise");

  /** w. */
  public static final Key<Double> GUIDANCE =
      Key.decimal("guidance", 1, NOT_NEGATIVE, "scale of classifier-free guidance; 1 = none");

  private DiffusionKeys() {}

  /** The names of the architectures. */
  public static List<String> models() {
    return Stream.concat(Stream.of("dit"), DiTConfig.Preset.names().stream()).toList();
  }

  /** Those that shape model and diffusion. */
  public static List<Key<?>> model() {
    return List.of(
        MODEL,
        Keys.PATCH,
        Keys.WIDTH.withDefault(64),
        Keys.DEPTH.withDefault(3),
        Keys.HEADS.withDefault(4),
        Keys.MLP_RATIO,
        ZERO_INIT,
        SIGMA,
        DIFFUSION_STEPS,
        LABEL_DROPOUT);
  }

  /** Those that say how images are drawn. */
  public static List<Key<?>> sampling() {
    return List.of(SAMPLES, SAMPLING_STEPS, SAMPLER, ETA, GUIDANCE);
  }
}
