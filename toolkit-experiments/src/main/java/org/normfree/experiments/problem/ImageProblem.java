package org.normfree.experiments.problem;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.normfree.core.data.Batch;
import org.normfree.core.data.DataSets;
import org.normfree.core.data.EvaluationBatches;
import org.normfree.core.data.ImageSplits;
import org.normfree.core.data.Images;
import org.normfree.core.data.Normalization;
import org.normfree.core.model.image.ImageShape;
import org.normfree.core.nn.Rng;
import org.normfree.core.record.DataIdentity;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.training.Problem;

/** What problems on images share: the images that a configuration names, and how they are read. */
abstract class ImageProblem implements Problem {
  private static final int EVALUATION_BATCH = 300;

  /** Kept, so that the next run shares it. */
  private final Read read;

  final Config config;
  final ImageSplits splits;
  final Normalization normalization;

  /** What every run with the same images needs of them. */
  private record Read(ImageSplits splits, Normalization standard) {}

  /** Values normalized by the mean and deviation of the training images. */
  ImageProblem(Config config) {
    this(config, read(config), Read::standard);
  }

  /**
   * @param config names the images
   * @param normalization of the training images
   */
  ImageProblem(Config config, Function<Images, Normalization> normalization) {
    this(config, read(config), read -> normalization.apply(read.splits().train()));
  }

  private ImageProblem(Config config, Read read, Function<Read, Normalization> normalization) {
    this.config = config;
    this.read = read;
    splits = this.read.splits();
    this.normalization = normalization.apply(read);
  }

  private static Read read(Config config) {
    return Shared.of(
        Read.class,
        config,
        Keys.data(),
        () -> {
          ImageSplits splits =
              DataSets.load(
                  config.get(Keys.DATA), config.get(Keys.DATA_PATH), config.get(Keys.DATA_SIZE));
          return new Read(splits, Normalization.of(splits.train()));
        });
  }

  /** The images that a configuration names. */
  static ImageSplits splits(Config config) {
    return read(config).splits();
  }

  /** What the images are like. */
  static ImageShape shape(ImageSplits splits) {
    Images images = splits.train();
    return new ImageShape(images.height(), images.width(), images.channels(), images.classes());
  }

  @Override
  public final DataIdentity data() {
    return new DataIdentity(
        config.assignments(Keys.data()),
        new TreeMap<>(
            Map.of(
                "classes", Fingerprint.ofClasses(splits.train().classNames()),
                "train", Fingerprint.of(splits.train()),
                "validation", Fingerprint.of(splits.validation()),
                "test", Fingerprint.of(splits.test()))));
  }

  @Override
  public Iterable<Batch> validation() {
    return evaluation(splits.validation());
  }

  @Override
  public Iterable<Batch> test() {
    return evaluation(splits.test());
  }

  /**
   * Some of the images, the first of an order that the seed decides: those whose labels may be
   * seen.
   */
  static Images known(Images all, int count, long seed) {
    int[] order = new int[all.count()];
    Rng.of(seed, "labels", 0).permute(order);
    float[] pixels = new float[count * all.imageSize()];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = all.labels()[order[i]];
      System.arraycopy(
          all.pixels(), order[i] * all.imageSize(), pixels, i * all.imageSize(), all.imageSize());
    }
    return new Images(pixels, labels, all.height(), all.width(), all.channels(), all.classNames());
  }

  /** Images in batches, in order, as they are. */
  final EvaluationBatches evaluation(Images images) {
    return new EvaluationBatches(images, normalization, EVALUATION_BATCH);
  }

  /**
   * Some of the training images: the first of an order that the seed decides.
   *
   * @param count how many, at most as many as there are
   */
  final Images few(long seed, int count) {
    return known(splits.train(), count, seed);
  }
}
