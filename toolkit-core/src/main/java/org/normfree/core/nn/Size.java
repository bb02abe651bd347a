package org.normfree.core.nn;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One size of a {@link RandomInput}'s shape: a number, or what the value of another placeholder has
 * along an axis.
 *
 * @param placeholder the other placeholder's name; empty for a number
 * @param value the number, or the axis
 */
public record Size(String placeholder, long value) {
  /** Items of the batch. */
  public static final Size BATCH = along(Network.INPUT, 0);

  /** Tokens of the input. */
  public static final Size LENGTH = along(Network.INPUT, 1);

  /** Tokens the decoder reads. */
  public static final Size DECODER_LENGTH = along(Network.DECODER_INPUT, 1);

  /** A fixed size. */
  public static Size of(long size) {
    return new Size("", size);
  }

  /** The size of a placeholder's value along an axis. */
  public static Size along(String placeholder, int axis) {
    return new Size(placeholder, axis);
  }

  /** The size in a placeholder's declared shape: −1 where a batch decides. */
  long declared() {
    return placeholder.isEmpty() ? value : -1;
  }

  /**
   * @param values values of placeholders by name
   * @return the size among them
   * @throws IllegalArgumentException if the placeholder has no value
   */
  public long among(Map<String, INDArray> values) {
    if (placeholder.isEmpty()) {
      return value;
    }
    INDArray array = values.get(placeholder);
    if (array == null) {
      throw new IllegalArgumentException(
          "a random input is as long as %s, which has no value; the batch must bring it, there are %s"
              .formatted(placeholder, values.keySet()));
    }
    return array.size((int) value);
  }
}
