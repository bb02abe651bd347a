package org.normfree.core.data;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.normfree.core.InputException;
import org.normfree.core.data.augment.HorizontalFlip;
import org.normfree.core.data.augment.Image;
import org.normfree.core.data.augment.Shift;
import org.normfree.core.data.augment.Transform;

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
  private static final Transform FLIP = new HorizontalFlip();

  private final Images images;
  private final Normalization normalization;
  private final Augmentation augmentation;
  private final Shift shift;
  private final EpochOrder order;
  private final long seed;

  /**
   * @param images the training images, at least one
   * @param normalization applied last
   * @param augmentation applied anew each time an image is used
   * @param batchSize images a batch, at least 1
   * @param seed of order and augmentation
   * @throws InputException if there are no images, the batch size is not positive, the crop padding
   *     reaches the size of the images, or the transform refuses images of that size
   */
  public TrainingBatches(
      Images images,
      Normalization normalization,
      Augmentation augmentation,
      int batchSize,
      long seed) {
    EvaluationBatches.check(images, normalization, batchSize);
    this.shift = new Shift(augmentation.cropPadding());
    augmentation.transform().sizeAfter(shift.sizeAfter(images.size()));
    this.images = images;
    this.normalization = normalization;
    this.augmentation = augmentation;
    this.order = new EpochOrder(images.count(), batchSize, seed);
    this.seed = seed;
  }

  /** Images in every batch. */
  public int batchSize() {
    return order.batchSize();
  }

  @Override
  public int stepsPerEpoch() {
    return order.stepsPerEpoch();
  }

  @Override
  public Batch batch(long step) {
    int[] chosen = order.images(step);
    SplittableRandom crop = Streams.CROP.of(seed, step);
    SplittableRandom flip = Streams.FLIP.of(seed, step);
    SplittableRandom transform = Streams.TRANSFORM.of(seed, step);
    List<Image> varied = new ArrayList<>();
    for (int number : chosen) {
      Image image = shift.apply(images.image(number), crop);
      image = augmentation.flip() ? FLIP.apply(image, flip) : image;
      varied.add(augmentation.transform().apply(image, transform.split()));
    }
    Batch.Reals input = normalization.batch(varied);
    int[] targets = images.labels(chosen);
    float[] labels =
        EvaluationBatches.labels(targets, images.classes(), augmentation.labelSmoothing());
    SplittableRandom cutmix = Streams.CUTMIX.of(seed, step);
    double mixupAlpha = augmentation.mixupAlpha();
    double cutmixAlpha = augmentation.cutmixAlpha();
    if (cutmixAlpha > 0 && (mixupAlpha == 0 || cutmix.nextInt(2) == 1)) {
      return Mixing.cutmix(input, labels, targets, cutmixAlpha, cutmix);
    }
    return mixupAlpha > 0
        ? Mixing.mixup(input, labels, targets, mixupAlpha, Streams.MIXUP.of(seed, step))
        : Batch.images(input, labels, targets);
  }
}
