package org.normfree.core.kernel;

import java.util.Arrays;
import org.bytedeco.dnnl.memory;
import org.normfree.core.task.Tensor;

/**
 * The weights of a convolution, in one of ND4J's formats or that of this project.
 *
 * @param address where they start
 * @param sizes [out, in, kH, kW], or [groups, out a group, in a group, kH, kW]
 * @param strides in elements, for the same axes
 */
record Filters(long address, long[] sizes, long[] strides) {
  /**
   * Dense ones.
   *
   * @param tensor 4 axes, or 3 for sequences
   * @param format 0 [kH, kW, in, out], 1 [out, in, kH, kW], 2 [out, kH, kW, in]; without kH for
   *     sequences
   */
  static Filters dense(Tensor tensor, int format) {
    long[] s = tensor.shape();
    if (s.length == 3) {
      long[] withHeight =
          switch (format) {
            case 0 -> new long[] {1, s[0], s[1], s[2]};
            case 1 -> new long[] {s[0], s[1], 1, s[2]};
            default -> new long[] {s[0], 1, s[1], s[2]};
          };
      return dense(tensor.reshaped(withHeight), format);
    }
    int[] order = order(format);
    long[] strides = rowMajor(s);
    return new Filters(
        tensor.address(),
        new long[] {s[order[0]], s[order[1]], s[order[2]], s[order[3]]},
        new long[] {strides[order[0]], strides[order[1]], strides[order[2]], strides[order[3]]});
  }

  /**
   * A group of its own for each input channel; result channel = input channel · m + i.
   *
   * @param tensor weights with m in the place of out
   * @param format as for dense ones
   */
  static Filters depthwise(Tensor tensor, int format) {
    Filters d = dense(tensor, format);
    long[] s = d.sizes;
    long[] t = d.strides;
    return new Filters(
        d.address, new long[] {s[1], s[0], 1, s[2], s[3]}, new long[] {t[1], t[0], 1, t[2], t[3]});
  }

  /**
   * The project's own, result channels group by group.
   *
   * @param tensor [kH, kW, in a group, out]; without kH for sequences
   * @param groups in how many groups out falls
   */
  static Filters grouped(Tensor tensor, long groups) {
    Filters d = dense(tensor, 0);
    if (groups == 1) {
      return d;
    }
    long[] s = d.sizes;
    long[] t = d.strides;
    long out = s[0] / groups;
    return new Filters(
        d.address,
        new long[] {groups, out, s[1], s[2], s[3]},
        new long[] {out * t[0], t[0], t[1], t[2], t[3]});
  }

  /** Where out, in, kH, kW are among the axes. */
  private static int[] order(int format) {
    return switch (format) {
      case 0 -> new int[] {3, 2, 0, 1};
      case 1 -> new int[] {0, 1, 2, 3};
      default -> new int[] {0, 3, 1, 2};
    };
  }

  private static long[] rowMajor(long[] sizes) {
    long[] strides = new long[sizes.length];
    long stride = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= sizes[axis];
    }
    return strides;
  }

  /** The same weights elsewhere. */
  Filters at(long elsewhere) {
    return new Filters(elsewhere, sizes, strides);
  }

  /** Number of weights. */
  long length() {
    return Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
  }

  /** Height and width of the window. */
  long[] area() {
    return new long[] {sizes[sizes.length - 2], sizes[sizes.length - 1]};
  }

  /** How they lie. */
  memory.desc layout() {
    return new memory.desc(sizes, memory.data_type.f32, strides);
  }

  /** A layout of oneDNN's choice. */
  memory.desc anyLayout() {
    return new memory.desc(sizes, memory.data_type.f32, memory.format_tag.any);
  }
}
