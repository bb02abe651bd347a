package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import org.normfree.core.op.WindowAxis;

/**
 * How a convolution or pooling moves over an image, along height and width.
 *
 * @param kernel sizes of the window
 * @param strides steps between neighbouring outputs
 * @param dilations distance between neighbouring inputs of a window, 1 for side by side
 * @param before padding above and left
 * @param after padding below and right; negative where the last inputs are not used
 */
record Window(long[] kernel, long[] strides, long[] dilations, long[] before, long[] after) {
  private static final int SAME = 1;
  private static final int CAUSAL = 2;

  /**
   * The window of a known result.
   *
   * @param mode padding as ND4J numbers it: 0 explicit, 1 same, 2 causal
   * @param padding explicit padding, for mode 0
   * @param in sizes of the image
   * @param out sizes of the result
   */
  static Window of(
      long[] kernel,
      long[] strides,
      long[] dilations,
      int mode,
      long[] padding,
      long[] in,
      long[] out) {
    long[] before = padding.clone();
    long[] after = new long[kernel.length];
    for (int axis = 0; axis < kernel.length; axis++) {
      long extent = (kernel[axis] - 1) * dilations[axis];
      long total = (out[axis] - 1) * strides[axis] + extent + 1 - in[axis];
      if (mode == SAME) {
        before[axis] = total / 2;
      } else if (mode == CAUSAL) {
        before[axis] = extent;
      }
      after[axis] = total - before[axis];
    }
    return new Window(kernel, strides, dilations, before, after);
  }

  /**
   * The window of a known result.
   *
   * @param plane how it moves along height and width
   * @param in sizes of the image
   * @param out sizes of the result
   */
  static Window of(List<WindowAxis> plane, long[] in, long[] out) {
    return of(
        numbers(plane, WindowAxis::size),
        numbers(plane, WindowAxis::stride),
        numbers(plane, WindowAxis::dilation),
        0,
        numbers(plane, WindowAxis::before),
        in,
        out);
  }

  private static long[] numbers(List<WindowAxis> plane, ToLongFunction<WindowAxis> number) {
    return plane.stream().mapToLong(number).toArray();
  }

  /**
   * Whether oneDNN knows such a window. Where it sees padding alone, convolutions of oneDNN 3.11
   * were found to read memory that is not theirs.
   *
   * @param in sizes of the image
   * @param out sizes of the result
   */
  boolean isUsual(long[] in, long[] out) {
    boolean usual = true;
    for (int axis = 0; axis < kernel.length; axis++) {
      usual &= kernel[axis] > 0 && strides[axis] > 0 && dilations[axis] > 0;
      usual &= before[axis] >= 0 && after[axis] > -strides[axis];
      for (long i = 0; usual && i < out[axis]; i++) {
        usual = seesSomething(axis, i * strides[axis] - before[axis], in[axis]);
      }
    }
    return usual;
  }

  private boolean seesSomething(int axis, long first, long length) {
    for (long tap = 0; tap < kernel[axis]; tap++) {
      long at = first + tap * dilations[axis];
      if (at >= 0 && at < length) {
        return true;
      }
    }
    return false;
  }

  /** Dilations as oneDNN counts them: 0 for side by side. */
  long[] gaps() {
    return Arrays.stream(dilations).map(d -> d - 1).toArray();
  }
}
