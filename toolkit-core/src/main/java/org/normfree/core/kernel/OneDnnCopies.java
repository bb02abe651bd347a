package org.normfree.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;

import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.reorder;
import org.normfree.core.task.Task;

/** Copies with another order or type, and element-wise arithmetic of two arrays, for a team. */
final class OneDnnCopies {
  private OneDnnCopies() {}

  /** {@code to = from}, the same sizes, whatever their strides and types. */
  static Task copy(View from, View to, int threads) {
    int axis = longestAxis(to);
    int length = (int) to.sizes()[axis];
    return new PreparedTask(
        threads,
        thread -> {
          int start = Task.share(length, thread, threads);
          int end = Task.share(length, thread + 1, threads);
          return start == end ? null : copy(from.part(axis, start, end), to.part(axis, start, end));
        });
  }

  private static Prepared copy(View from, View to) {
    return new Prepared(
        "reorder",
        () ->
            new reorder(
                new reorder.primitive_desc(
                    OneDnn.CPU, from.descriptor(), OneDnn.CPU, to.descriptor())),
        new int[] {DNNL_ARG_FROM, DNNL_ARG_TO},
        from,
        to);
  }

  /** {@code c = a ∘ b}; b's sizes are a's, or 1 where it broadcasts. */
  static Task binary(dnnl.algorithm operation, View a, View b, View c, int threads) {
    int axis = outermostAxis(c);
    int length = (int) c.sizes()[axis];
    return new PreparedTask(
        threads,
        thread -> {
          int start = Task.share(length, thread, threads);
          int end = Task.share(length, thread + 1, threads);
          View right = b.sizes()[axis] == 1 ? b : b.part(axis, start, end);
          return start == end
              ? null
              : binary(operation, a.part(axis, start, end), right, c.part(axis, start, end));
        });
  }

  /** {@code c = a ∘ b} for one thread. */
  static Prepared binary(dnnl.algorithm operation, View a, View b, View c) {
    return new Prepared(
        "binary " + operation,
        () ->
            new binary(
                new binary.primitive_desc(
                    OneDnn.CPU, operation, a.descriptor(), b.descriptor(), c.descriptor())),
        new int[] {DNNL_ARG_SRC_0, DNNL_ARG_SRC_1, DNNL_ARG_DST},
        a,
        b,
        c);
  }

  /**
   * The first axis that is not 1: parts of it are runs of memory. Of others oneDNN's arithmetic
   * takes a path that is a hundred times slower, which more threads do not make up for.
   */
  private static int outermostAxis(View view) {
    int axis = 0;
    while (axis < view.sizes().length - 1 && view.sizes()[axis] == 1) {
      axis++;
    }
    return axis;
  }

  /** The first axis along which every thread finds something to do, or the longest. */
  private static int longestAxis(View view) {
    int longest = 0;
    for (int axis = 1; axis < view.sizes().length; axis++) {
      if (view.sizes()[axis] > view.sizes()[longest] && view.sizes()[longest] < 16) {
        longest = axis;
      }
    }
    return longest;
  }
}
