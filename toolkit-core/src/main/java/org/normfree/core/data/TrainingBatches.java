package org.normfree.core.data;

import java.util.SplittableRandom;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.random.AbstractRandomGenerator;
import org.apache.commons.math3.random.RandomGenerator;
import org.normfree.core.InputException;

/**
 * An endless stream of mini-batches in which the batch of a step depends on nothing but the
 * arguments of the constructor and the step's number. The number is therefore all that has to be
 * remembered to go on with a run.
 *
 * <p>Every epoch takes the images in an order of its own. What is left at its end is too little for
 * a batch and is dropped; if there are fewer images than a batch takes, the batch is all of them.
 * Safe for use by several threads.
 */
public final class TrainingBatches implements BatchStream {
  private final Images images;
  private final Normalization normalization;
  private final Augmentation augmentation;
  private final int batchSize;
  private final long seed;
  private volatile Epoch latest = new Epoch(-1, new int[0]);

  /** The order of the images in an epoch, remembered while its batches are made. */
  private record Epoch(long number, int[] order) {}

  /**
   * @param images the training images, at least one
   * @param normalization applied last
   * @param augmentation applied anew each time an image is used
   * @param batchSize images a batch, at least 1
   * @param seed of order and augmentation
   * @throws InputException if there are no images, the batch size is not positive, or the crop
   *     padding reaches the size of the images
   */
  public TrainingBatches(
      Images images,
      Normalization normalization,
      Augmentation augmentation,
      int batchSize,
      long seed) {
    EvaluationBatches.check(images, normalization, batchSize);
    if (augmentation.cropPadding() >= Math.min(images.height(), images.width())) {
      throw new InputException(
          "the crop padding is %s, expected less than the %s×%s pixels of an image"
              .formatted(augmentation.cropPadding(), images.height(), images.width()));
    }
    this.images = images;
    this.normalization = normalization;
    this.augmentation = augmentation;
    this.batchSize = Math.min(batchSize, images.count());
    this.seed = seed;
  }

  /** Images in every batch. */
  public int batchSize() {
    return batchSize;
  }

  @Override
  public int stepsPerEpoch() {
    return images.count() / batchSize;
  }

  @Override
  public Batch batch(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step %s is negative".formatted(step));
    }
    int[] order = order(step / stepsPerEpoch());
    int start = (int) (step % stepsPerEpoch()) * batchSize;
    SplittableRandom crop = Streams.CROP.of(seed, step);
    SplittableRandom flip = Streams.FLIP.of(seed, step);
    int padding = augmentation.cropPadding();
    float[] input = new float[batchSize * images.imageSize()];
    int[] targets = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      int image = order[start + i];
      int top = crop.nextInt(2 * padding + 1) - padding;
      int left = crop.nextInt(2 * padding + 1) - padding;
      boolean mirrored = augmentation.flip() && flip.nextInt(2) == 1;
      normalization.write(images, image, top, left, mirrored, input, i);
      targets[i] = images.labels()[image];
    }
    float[] labels =
        EvaluationBatches.labels(targets, images.classes(), augmentation.labelSmoothing());
    if (augmentation.mixupAlpha() == 0) {
      return Batch.images(input, labels, targets, images.shape());
    }
    SplittableRandom mixup = Streams.MIXUP.of(seed, step);
    float weight = (float) beta(augmentation.mixupAlpha(), mixup);
    int[] partners = Streams.permutation(batchSize, mixup);
    return Batch.images(
        mix(input, partners, weight), mix(labels, partners, weight), targets, images.shape());
  }

  private int[] order(long epoch) {
    Epoch known = latest;
    if (known.number != epoch) {
      known = new Epoch(epoch, Streams.permutation(images.count(), Streams.ORDER.of(seed, epoch)));
      latest = known;
    }
    return known.order;
  }

  private static double beta(double alpha, SplittableRandom random) {
    RandomGenerator generator =
        new AbstractRandomGenerator() {
          @Override
          public double nextDouble() {
            return random.nextDouble();
          }

          @Override
          public void setSeed(long seed) {
            throw new UnsupportedOperationException("the stream is seeded where it is made");
          }
        };
    return new BetaDistribution(generator, alpha, alpha).sample();
  }

  /** Each of the equal parts of the values that belong to one image, mixed with its partner's. */
  private static float[] mix(float[] values, int[] partners, float weight) {
    int size = values.length / partners.length;
    float[] mixed = new float[values.length];
    for (int i = 0; i < partners.length; i++) {
      for (int k = 0; k < size; k++) {
        mixed[i * size + k] =
            weight * values[i * size + k] + (1 - weight) * values[partners[i] * size + k];
      }
    }
    return mixed;
  }
}
