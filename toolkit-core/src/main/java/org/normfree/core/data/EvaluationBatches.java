package org.normfree.core.data;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.normfree.core.InputException;
import org.normfree.core.data.augment.Image;

/** All images of a part once, in order, normalized and otherwise as they are, in mini-batches. */
public final class EvaluationBatches implements Iterable<Batch> {
  private final Images images;
  private final Normalization normalization;
  private final int batchSize;

  /**
   * @param images the images, at least one
   * @param normalization the one that was used in training
   * @param batchSize images a batch, at least 1; the last batch may be smaller
   * @throws InputException if there are no images or the batch size is not positive
   */
  public EvaluationBatches(Images images, Normalization normalization, int batchSize) {
    check(images, normalization, batchSize);
    this.images = images;
    this.normalization = normalization;
    this.batchSize = Math.min(batchSize, images.count());
  }

  /** How many batches there are. */
  public int count() {
    return (images.count() + batchSize - 1) / batchSize;
  }

  /**
   * @param index a batch's number, from 0 to {@link #count()} - 1
   * @return the batch, in arrays of its own; labels are one-hot
   */
  public Batch batch(int index) {
    if (index < 0 || index >= count()) {
      throw new IllegalArgumentException("batch %s of %s".formatted(index, count()));
    }
    int start = index * batchSize;
    int[] targets =
        Arrays.copyOfRange(images.labels(), start, Math.min(start + batchSize, images.count()));
    List<Image> chosen =
        IntStream.range(start, start + targets.length).mapToObj(images::image).toList();
    return Batch.images(normalization.batch(chosen), labels(targets, images.classes(), 0), targets);
  }

  /** The batches in order. */
  @Override
  public Iterator<Batch> iterator() {
    return IntStream.range(0, count()).mapToObj(this::batch).iterator();
  }

  /** Rows {@code (1-ε)·onehot + ε/classes}. */
  static float[] labels(int[] targets, int classes, double smoothing) {
    float[] labels = new float[targets.length * classes];
    Arrays.fill(labels, (float) (smoothing / classes));
    for (int i = 0; i < targets.length; i++) {
      labels[i * classes + targets[i]] = (float) (1 - smoothing + smoothing / classes);
    }
    return labels;
  }

  static void check(Images images, Normalization normalization, int batchSize) {
    if (images.count() == 0) {
      throw new InputException("there are no images to make batches of; check the data set");
    }
    if (batchSize < 1) {
      throw new InputException("the batch size is %s, expected at least 1".formatted(batchSize));
    }
    if (normalization.mean().length != images.channels()) {
      throw new InputException(
          "the normalization is for %s channels but the images have %s; compute it from them"
              .formatted(normalization.mean().length, images.channels()));
    }
  }
}
