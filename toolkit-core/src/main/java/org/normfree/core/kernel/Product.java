package org.normfree.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/** Prepares (batched) matrix products {@code c = scale·a·b (+ bias)}. */
final class Product {
  private Product() {}

  /** {@code c = a·b}. */
  static Prepared of(View a, View b, View c) {
    return scaled(a, b, c, 1);
  }

  /** {@code c = scale·a·b}. */
  static Prepared scaled(View a, View b, View c, float scale) {
    primitive_attr attributes = new primitive_attr();
    if (scale != 1) {
      post_ops then = new post_ops();
      then.append_eltwise(dnnl.algorithm.eltwise_linear, scale, 0);
      attributes.set_post_ops(then);
    }
    matmul.primitive_desc description =
        new matmul.primitive_desc(
            OneDnn.CPU, a.descriptor(), b.descriptor(), c.descriptor(), attributes, false);
    return new Prepared(
        new matmul(description), new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST}, a, b, c);
  }

  /** {@code c = a·b + bias}, the bias [1, columns]; its address comes last. */
  static Prepared biased(View a, View b, View c, View bias) {
    matmul.primitive_desc description =
        new matmul.primitive_desc(
            OneDnn.CPU, a.descriptor(), b.descriptor(), bias.descriptor(), c.descriptor());
    return new Prepared(
        new matmul(description),
        new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_BIAS},
        a,
        b,
        c,
        bias);
  }

  /** What oneDNN would compute an [m, inner]·[inner, n] product with, as it calls it. */
  static String implementation(long m, long inner, long n) {
    return new matmul.primitive_desc(
            OneDnn.CPU,
            View.matrix(m, inner).descriptor(),
            View.matrix(inner, n).descriptor(),
            View.matrix(m, n).descriptor())
        .impl_info_str()
        .getString();
  }
}
