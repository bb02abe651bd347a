package org.normfree.experiments.problem;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.Images;
import org.normfree.core.model.image.MultiTaskMlp;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;

/**
 * Batches of images for a class, a parity and a reconstruction. Where few classes are known, a
 * batch begins with some of these images, which count for the class alone, and goes on with some of
 * all, which count for the other two.
 */
final class TaskBatches implements BatchStream {
  private final BatchStream all;
  private final Optional<BatchStream> known;
  private final int classes;

  /**
   * @param all batches of {@linkplain #coded coded} images
   * @param known batches of those whose class is known; empty if it is of all
   * @param classes number of classes
   */
  TaskBatches(BatchStream all, Optional<BatchStream> known, int classes) {
    this.all = all;
    this.known = known;
    this.classes = classes;
  }

  /**
   * Images whose label is {@code 2·class + parity}, with the parity of a share of them the wrong
   * one: the first of an order that the seed decides.
   */
  static Images coded(Images images, double wrong, long seed) {
    int[] order = new int[images.count()];
    Rng.of(seed, "wrong parities", 0).permute(order);
    int[] codes = Arrays.stream(images.labels()).map(label -> 2 * label + label % 2).toArray();
    for (int i = 0; i < Math.round(wrong * codes.length); i++) {
      codes[order[i]] ^= 1;
    }
    return new Images(
        images.pixels(),
        codes,
        images.height(),
        images.width(),
        images.channels(),
        images.classNames().stream()
            .flatMap(name -> IntStream.range(0, 2).mapToObj(parity -> name + " " + parity))
            .toList());
  }

  @Override
  public Batch batch(long step) {
    Batch rest = all.batch(step);
    return known
        .map(stream -> of(Optional.of(stream.batch(step)), rest, classes))
        .orElseGet(() -> of(Optional.empty(), rest, classes));
  }

  @Override
  public int stepsPerEpoch() {
    return all.stepsPerEpoch();
  }

  /** A batch of coded images, all of whose rows count for everything. */
  static Batch of(Batch coded, int classes) {
    return of(Optional.empty(), coded, classes);
  }

  private static Batch of(Optional<Batch> known, Batch rest, int classes) {
    int first = known.map(Batch::size).orElse(0);
    int size = first + rest.size();
    int[] codes = Arrays.copyOf(codes(known), size);
    System.arraycopy(codes(Optional.of(rest)), 0, codes, first, rest.size());
    float[] classWeights = new float[size];
    float[] otherWeights = new float[size];
    Arrays.fill(otherWeights, first, size, 1f / rest.size());
    if (known.isPresent()) {
      Arrays.fill(classWeights, 0, first, 1f / first);
    } else {
      Arrays.fill(classWeights, 1f / size);
    }
    int[] targets = Arrays.stream(codes).map(code -> code / 2).toArray();
    int[] parities = Arrays.stream(codes).map(code -> code % 2).toArray();
    Map<String, Batch.Feed> feeds = new HashMap<>();
    feeds.put(Network.INPUT, input(known, rest));
    feeds.put(Network.TARGETS, new Batch.Integers(targets, size));
    feeds.put(Network.LABELS, new Batch.Reals(oneHot(classes, targets), size, classes));
    feeds.put(MultiTaskMlp.PARITY_TARGETS, new Batch.Integers(parities, size));
    feeds.put(MultiTaskMlp.PARITY_LABELS, new Batch.Reals(oneHot(2, parities), size, 2));
    feeds.put(MultiTaskMlp.CLASS_WEIGHTS, new Batch.Reals(classWeights, size));
    feeds.put(MultiTaskMlp.OTHER_WEIGHTS, new Batch.Reals(otherWeights, size));
    return new Batch(feeds, size, size);
  }

  private static int[] codes(Optional<Batch> batch) {
    return batch.map(b -> b.integers(Network.TARGETS)).orElseGet(() -> new int[0]);
  }

  private static Batch.Feed input(Optional<Batch> known, Batch rest) {
    Batch.Feed all = rest.feeds().get(Network.INPUT);
    if (known.isEmpty()) {
      return all;
    }
    float[] first = known.get().reals(Network.INPUT);
    float[] then = rest.reals(Network.INPUT);
    float[] both = Arrays.copyOf(first, first.length + then.length);
    System.arraycopy(then, 0, both, first.length, then.length);
    long[] shape = all.shape().clone();
    shape[0] += known.get().size();
    return new Batch.Reals(both, shape);
  }

  private static float[] oneHot(int classes, int... targets) {
    float[] rows = new float[targets.length * classes];
    for (int i = 0; i < targets.length; i++) {
      rows[i * classes + targets[i]] = 1;
    }
    return rows;
  }
}
