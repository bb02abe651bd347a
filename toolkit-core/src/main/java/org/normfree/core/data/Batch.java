package org.normfree.core.data;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.normfree.core.nn.Network;

/**
 * A mini-batch ready for a model: an array for each placeholder that data fill, and for what a
 * metric reads beside.
 *
 * @param feeds by the placeholder's name, see {@link Network}
 * @param weight what the batch counts in a mean over batches: how many items its loss is the mean
 *     of
 * @param size how many images or sequences
 */
public record Batch(Map<String, Feed> feeds, double weight, int size) {
  /** Target of a row that does not count. */
  public static final int IGNORED = Network.IGNORED;

  /** Row-major elements of one placeholder. */
  public sealed interface Feed {
    /** The array's shape. */
    long[] shape();
  }

  /**
   * Numbers.
   *
   * @param elements row-major
   * @param shape their shape
   */
  public record Reals(float[] elements, long... shape) implements Feed {
    /** Checks that the shape has as many elements. */
    public Reals {
      requireLength(elements.length, shape);
    }
  }

  /**
   * Ids.
   *
   * @param elements row-major
   * @param shape their shape
   */
  public record Integers(int[] elements, long... shape) implements Feed {
    /** Checks that the shape has as many elements. */
    public Integers {
      requireLength(elements.length, shape);
    }
  }

  /** Copies the map. */
  public Batch {
    feeds = new LinkedHashMap<>(feeds);
  }

  /**
   * A batch of labelled images.
   *
   * @param input normalized pixels [size, height, width, channels]
   * @param labels target distribution, row-major [size, classes]: one-hot, smoothed or mixed
   * @param targets the class index of each image before smoothing and mixing
   * @return the batch
   */
  public static Batch images(Reals input, float[] labels, int[] targets) {
    long size = targets.length;
    return new Batch(
        Map.of(
            Network.INPUT,
            input,
            Network.LABELS,
            new Reals(labels, size, labels.length / size),
            Network.TARGETS,
            new Integers(targets, size)),
        size,
        targets.length);
  }

  /**
   * @param name a placeholder that gets numbers
   * @return their elements, row-major
   * @throws IllegalArgumentException if this batch has no numbers for it
   */
  public float[] reals(String name) {
    if (feeds.get(name) instanceof Reals reals) {
      return reals.elements;
    }
    throw new IllegalArgumentException(
        "the batch has no numbers for %s, only %s".formatted(name, feeds.keySet()));
  }

  /**
   * @param name a placeholder that gets ids, or what a metric reads
   * @return the ids, row-major
   * @throws IllegalArgumentException if this batch has no ids for it
   */
  public int[] integers(String name) {
    if (feeds.get(name) instanceof Integers ids) {
      return ids.elements;
    }
    throw new IllegalArgumentException(
        "the batch has no ids for %s, only %s".formatted(name, feeds.keySet()));
  }

  /** How many targets count: the weight of a batch whose loss is the mean over them. */
  public static int counted(int... targets) {
    return (int) Arrays.stream(targets).filter(target -> target != IGNORED).count();
  }

  private static void requireLength(int length, long... shape) {
    if (Arrays.stream(shape).reduce(1, Math::multiplyExact) != length) {
      throw new IllegalArgumentException(
          "%s elements do not fill shape %s".formatted(length, Arrays.toString(shape)));
    }
  }
}
