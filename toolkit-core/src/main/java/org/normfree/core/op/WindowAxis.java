package org.normfree.core.op;

/**
 * How a window moves along one axis of an image or a sequence. Output i sees the inputs {@code
 * i·stride − before + j·dilation} for j = 0 … size − 1; inputs at the end that fill no whole window
 * are not seen.
 *
 * @param size taps of the window, at least 1
 * @param stride inputs between neighbouring outputs, at least 1
 * @param dilation inputs between neighbouring taps, at least 1; 1 for side by side
 * @param before padding before the first input, at least 0
 * @param after padding behind the last input, at least 0
 */
public record WindowAxis(long size, long stride, long dilation, long before, long after) {
  static final int NUMBERS = 5;

  /**
   * @throws IllegalArgumentException if a number is too small
   */
  public WindowAxis {
    require("size", size, 1);
    require("stride", stride, 1);
    require("dilation", dilation, 1);
    require("padding before", before, 0);
    require("padding after", after, 0);
  }

  private static void require(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "the %s of a window is %s, expected at least %s".formatted(name, value, least));
    }
  }

  /** A window of so many neighbours, at every input, without padding. */
  public static WindowAxis of(long size) {
    return new WindowAxis(size, 1, 1, 0, 0);
  }

  /** The same with another stride. */
  public WindowAxis stride(long other) {
    return new WindowAxis(size, other, dilation, before, after);
  }

  /** The same with another dilation. */
  public WindowAxis dilation(long other) {
    return new WindowAxis(size, stride, other, before, after);
  }

  /** The same with the same padding at either end. */
  public WindowAxis padding(long both) {
    return padding(both, both);
  }

  /** The same with another padding. */
  public WindowAxis padding(long newBefore, long newAfter) {
    return new WindowAxis(size, stride, dilation, newBefore, newAfter);
  }

  /** The same with all padding before, so that the last tap is the present and none the future. */
  public WindowAxis causal() {
    return padding(reach() - 1, 0);
  }

  /** Inputs from the first tap to the last: {@code (size − 1)·dilation + 1}. */
  public long reach() {
    return (size - 1) * dilation + 1;
  }

  /**
   * Number of outputs: {@code ⌊(length + before + after − reach)/stride⌋ + 1}.
   *
   * @param length number of inputs; -1 if it is not known
   * @return 0 or less if the window does not fit; -1 for an unknown length
   */
  public long outputs(long length) {
    return length < 0 ? -1 : Math.floorDiv(length + before + after - reach(), stride) + 1;
  }

  /**
   * The first output whose window sees padding alone.
   *
   * @param length number of inputs
   * @return -1 if there is none
   */
  long firstOutside(long length) {
    for (long i = 0; i < outputs(length); i++) {
      boolean seen = false;
      for (long j = 0; j < size; j++) {
        long at = i * stride - before + j * dilation;
        seen |= at >= 0 && at < length;
      }
      if (!seen) {
        return i;
      }
    }
    return -1;
  }

  /** Whether a window of only one input changes nothing about the axis. */
  boolean isPoint() {
    return size == 1 && stride == 1 && before == 0 && after == 0;
  }

  /** Requires the window to fit once, where the length is known. */
  void requireFits(NormfreeOp op, String axis, long length) {
    if (length >= 0 && outputs(length) < 1) {
      throw op.wrong(
          "a window of %d taps, dilation %d, reaches over %d inputs, but the %s of x is %d, %d with"
              + " padding; pad more or take a smaller window",
          size, dilation, reach(), axis, length, length + before + after);
    }
  }

  /** As arguments of an op. */
  long[] numbers() {
    return new long[] {size, stride, dilation, before, after};
  }

  /** Reads {@link #numbers} back. */
  static WindowAxis of(long[] arguments, int at) {
    return new WindowAxis(
        arguments[at], arguments[at + 1], arguments[at + 2], arguments[at + 3], arguments[at + 4]);
  }
}
