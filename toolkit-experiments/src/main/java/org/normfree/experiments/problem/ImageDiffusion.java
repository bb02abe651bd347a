package org.normfree.experiments.problem;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.data.Augmentation;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.ImageSplits;
import org.normfree.core.data.Images;
import org.normfree.core.data.Normalization;
import org.normfree.core.data.TrainingBatches;
import org.normfree.core.diffuse.Denoising;
import org.normfree.core.diffuse.Guidance;
import org.normfree.core.diffuse.NoiseSchedule;
import org.normfree.core.diffuse.ReverseStep;
import org.normfree.core.diffuse.Sampler;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.method.Method;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.image.DiTConfig;
import org.normfree.core.model.image.DiffusionTransformer;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;
import org.normfree.core.probe.FrechetDistance;
import org.normfree.core.record.ImageGrids;
import org.normfree.core.record.RunFiles;
import org.normfree.core.train.Trainer;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.DiffusionKeys;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.run.RunDirectory;

/**
 * Drawing images of a class with a Diffusion Transformer on pixels in [−1, 1]. At the end images
 * are drawn with the averaged weights and judged: by the Fréchet distance of their features to
 * those of the training images, beside that of two halves of these and of pure noise, and by the
 * share that an independent classifier takes for the class they were asked for.
 */
public final class ImageDiffusion extends ImageProblem {
  private static final Set<Key<?>> NOT_FOR_PIXELS = Set.of(Keys.MIXUP, Keys.LABEL_SMOOTHING);

  private static final List<Key<?>> KEYS =
      Schema.of(
              List.of(Keys.METHOD),
              Keys.data(),
              DiffusionKeys.model(),
              DiffusionKeys.sampling(),
              Keys.methodOptions(),
              Keys.training().stream().filter(key -> !NOT_FOR_PIXELS.contains(key)).toList(),
              Keys.execution(),
              List.of(Keys.SEED))
          .withDefault(Keys.STEPS, 1500)
          .withDefault(Keys.BATCH, 64)
          .withDefault(Keys.LEARNING_RATE, 3e-3)
          .withDefault(Keys.CLIP, 1.0)
          .withDefault(Keys.EMA, 0.998)
          .withDefault(Keys.EVAL_EVERY, 50)
          .keys();

  /** What runs of this problem are. */
  public static final Kind KIND =
      new Kind("model-diffusion", KEYS, ImageDiffusion::new, ImageDiffusion::architecture);

  private static final int AT_ONCE = 250;

  /** Rows and columns of a grid of samples, at most. */
  private static final int GRID = 10;

  private final NoiseSchedule schedule;

  private ImageDiffusion(Config config) {
    super(checked(config), ImageDiffusion::fromMinusOneToOne);
    schedule = schedule(config);
  }

  /** Refuses now what would only be met after training. */
  private static Config checked(Config config) {
    schedule(config).respaced(config.get(DiffusionKeys.SAMPLING_STEPS));
    requireSamples(config);
    return config;
  }

  private static NoiseSchedule schedule(Config config) {
    return NoiseSchedule.linear(config.get(DiffusionKeys.DIFFUSION_STEPS));
  }

  private static Normalization fromMinusOneToOne(Images images) {
    float[] half = new float[images.channels()];
    Arrays.fill(half, 0.5f);
    return new Normalization(half, half);
  }

  /**
   * Refuses a number of samples that cannot be judged.
   *
   * @throws InputException if there is one
   */
  public static void requireSamples(Config config) {
    if (config.get(DiffusionKeys.SAMPLES) == 1) {
      throw new InputException("samples=1, expected at least 2 to judge them, or 0 for none");
    }
  }

  private static Architecture architecture(Config config, Method method) {
    DiTConfig shape = shape(config, splits(config));
    DiffusionTransformer.requireOneZero(shape, method);
    return shape;
  }

  private DiffusionTransformer model(Method method) {
    return new DiffusionTransformer(shape(config, splits), method);
  }

  private static DiTConfig shape(Config config, ImageSplits splits) {
    Images images = splits.train();
    Optional<DiTConfig.Preset> preset = DiTConfig.Preset.named(config.get(DiffusionKeys.MODEL));
    return new DiTConfig(
        images.height(),
        images.width(),
        images.channels(),
        images.classes(),
        preset.map(DiTConfig.Preset::patch).orElse(config.get(Keys.PATCH)),
        preset.map(DiTConfig.Preset::dim).orElse(config.get(Keys.WIDTH)),
        preset.map(DiTConfig.Preset::depth).orElse(config.get(Keys.DEPTH)),
        preset.map(DiTConfig.Preset::heads).orElse(config.get(Keys.HEADS)),
        config.get(Keys.MLP_RATIO),
        schedule(config).steps(),
        DiTConfig.FREQUENCIES,
        variance(config) == ReverseStep.Variance.LEARNED_RANGE,
        DiTConfig.ZeroInit.valueOf(config.get(DiffusionKeys.ZERO_INIT).toUpperCase(Locale.ROOT)));
  }

  private static ReverseStep.Variance variance(Config config) {
    return switch (config.get(DiffusionKeys.SIGMA)) {
      case "learned" -> ReverseStep.Variance.LEARNED_RANGE;
      case "fixed-large" -> ReverseStep.Variance.FIXED_LARGE;
      default -> ReverseStep.Variance.FIXED_SMALL;
    };
  }

  private Denoising denoising(Method method) {
    return new Denoising(model(method), schedule, config.get(DiffusionKeys.LABEL_DROPOUT));
  }

  @Override
  public Network network(Method method, long seed) {
    return denoising(method).network(DataType.FLOAT, seed);
  }

  @Override
  public BatchStream batches(long seed) {
    Augmentation augmentation =
        new Augmentation(config.get(Keys.CROP), config.get(Keys.FLIP), 0, 0);
    return new TrainingBatches(
        splits.train(), normalization, augmentation, config.get(Keys.BATCH), seed);
  }

  /** Guessing no noise costs 1, the noise's variance. */
  @Override
  public Map<String, Double> chance() {
    return Map.of(
        "validation_squared_error",
        1.0,
        "test_squared_error",
        1.0,
        "fd_share",
        1.0,
        "right_class",
        100.0 / splits.train().classes());
  }

  @Override
  public Map<String, Double> atEnd(
      Trainer trainer, Method method, RunDirectory directory, Executors executors) {
    int count = config.get(DiffusionKeys.SAMPLES);
    if (count == 0) {
      return Map.of();
    }
    int classes = splits.train().classes();
    int[] labels = new int[count];
    Arrays.setAll(labels, i -> i % classes);
    INDArray samples = sample(trainer, method, executors, labels);
    directory.write(RunFiles.IMAGES, new ImageGrids(List.of(grid(samples, classes))));
    return judged(samples, labels, executors);
  }

  private INDArray sample(Trainer trainer, Method method, Executors executors, int... labels) {
    Denoising denoising = denoising(method);
    long seed = config.get(Keys.SEED);
    Network network = denoising.denoiser(DataType.FLOAT, seed);
    trainer.evaluating(() -> Denoising.adopt(network.evaluation(), trainer.network()));
    ReverseStep step =
        new ReverseStep(
            schedule.respaced(config.get(DiffusionKeys.SAMPLING_STEPS)), variance(config), true);
    OptionalDouble eta =
        config.get(DiffusionKeys.SAMPLER).equals("ddim")
            ? OptionalDouble.of(config.get(DiffusionKeys.ETA))
            : OptionalDouble.empty();
    Guidance guidance =
        new Guidance(
            config.get(DiffusionKeys.GUIDANCE),
            Math.min(Guidance.OFFICIAL_CHANNELS, splits.train().channels()));
    try (GraphExecutor executor = executors.of(network.evaluation())) {
      return new Sampler(executor, denoising.model(), step, eta, guidance, AT_ONCE)
          .sample(labels, seed);
    }
  }

  /** A row a class; labels go round the classes. */
  private ImageGrids.Grid grid(INDArray samples, int classes) {
    int rows = Math.min(GRID, Math.min(classes, (int) samples.size(0)));
    int columns = (int) Math.min(GRID, Math.max(1, samples.size(0) / classes));
    Images images = splits.train();
    float[] all = samples.dup('c').data().asFloat();
    int size = images.imageSize();
    float[] shown = new float[rows * columns * size];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int from = (column * classes + row) * size;
        System.arraycopy(all, from, shown, (row * columns + column) * size, size);
      }
    }
    return ImageGrids.Grid.of(
        "samples", "Samples, a row a class", rows, columns, images.shape(), shown, -1, 1);
  }

  private Map<String, Double> judged(INDArray samples, int[] labels, Executors executors) {
    Images train = splits.train();
    try (ImageJudge judge = ImageJudge.train(train, normalization, executors)) {
      ImageJudge.Opinion real = judge.of(train);
      ImageJudge.Opinion drawn = judge.of(samples);
      double distance = FrechetDistance.between(drawn.features(), real.features());
      double floor = FrechetDistance.between(real.half(0), real.half(1));
      INDArray pure = noise(samples.shape());
      double noise = FrechetDistance.between(judge.of(pure).features(), real.features());
      Map<String, Double> values = new TreeMap<>();
      values.put("fd", distance);
      values.put("fd_floor", floor);
      values.put("fd_noise", noise);
      values.put("fd_share", (distance - floor) / (noise - floor));
      values.put("right_class", drawn.right(labels));
      values.put("judge_accuracy", judge.of(splits.test()).right(splits.test().labels()));
      return values;
    }
  }

  /** What sampling starts from, clipped as its end is. */
  private static INDArray noise(long... shape) {
    Rng rng = Rng.of(1, "noise beside samples", 0);
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.max(-1, Math.min(1, rng.gaussian()));
    }
    return Nd4j.create(values, shape, 'c');
  }
}
