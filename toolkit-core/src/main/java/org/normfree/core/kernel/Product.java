package org.normfree.core.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/** Prepares (batched) matrix products {@code c = scale·a·b + bias + addend} for one thread. */
final class Product {
  private final View a;
  private final View b;
  private final View c;
  private float scale = 1;
  private View bias;
  private final List<View> addends = new ArrayList<>();

  private Product(View a, View b, View c) {
    this.a = a;
    this.b = b;
    this.c = c;
  }

  /** {@code c = a·b}. */
  static Product of(View a, View b, View c) {
    return new Product(a, b, c);
  }

  /** The product times a factor, before anything is added. */
  Product scaled(float factor) {
    scale = factor;
    return this;
  }

  /** Plus a bias [1, columns]; null for none. */
  Product plusBias(View values) {
    bias = values;
    return this;
  }

  /** Plus what broadcasts to c's shape; the same memory as c is allowed. Null for none. */
  Product plus(View values) {
    if (values != null) {
      addends.add(values);
    }
    return this;
  }

  /** The same numbers computed as {@code cᵀ = bᵀ·aᵀ}; without a bias. */
  Product transposed() {
    if (bias != null) {
      throw new IllegalStateException("a product with a bias is not transposed; add it afterwards");
    }
    Product result = of(b.transposed(), a.transposed(), c.transposed()).scaled(scale);
    addends.forEach(addend -> result.plus(addend.transposed()));
    return result;
  }

  Prepared prepare() {
    List<Integer> names = new ArrayList<>(List.of(DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST));
    List<View> views = new ArrayList<>(List.of(a, b, c));
    if (bias != null) {
      names.add(DNNL_ARG_BIAS);
      views.add(bias);
    }
    int operation = scale == 1 ? 0 : 1;
    StringBuilder kind = new StringBuilder("matmul scale=" + scale + " bias=" + (bias != null));
    for (View addend : addends) {
      kind.append(isSum(addend) ? " sum" : " add");
      if (!isSum(addend)) {
        names.add(DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (operation + 1) | DNNL_ARG_SRC_1);
        views.add(addend);
      }
      operation++;
    }
    return new Prepared(
        kind.toString(),
        () -> new matmul(description(postOperations())),
        names.stream().mapToInt(Integer::intValue).toArray(),
        views.toArray(View[]::new));
  }

  private post_ops postOperations() {
    post_ops then = new post_ops();
    if (scale != 1) {
      then.append_eltwise(dnnl.algorithm.eltwise_linear, scale, 0);
    }
    for (View addend : addends) {
      if (isSum(addend)) {
        then.append_sum(1, 0, memory.data_type.undef);
      } else {
        then.append_binary(dnnl.algorithm.binary_add, addend.descriptor());
      }
    }
    return then;
  }

  /** Whether it lies where the product goes. */
  private boolean isSum(View addend) {
    return addend.address() == c.address() && c.address() != 0;
  }

  private matmul.primitive_desc description(post_ops then) {
    primitive_attr attributes = new primitive_attr();
    attributes.set_post_ops(then);
    memory.desc left = a.descriptor();
    memory.desc right = b.descriptor();
    memory.desc result = c.descriptor();
    return bias == null
        ? new matmul.primitive_desc(OneDnn.CPU, left, right, result, attributes, false)
        : new matmul.primitive_desc(
            OneDnn.CPU, left, right, bias.descriptor(), result, attributes, false);
  }

  /** What oneDNN would compute the product with, as it calls it. */
  String implementation() {
    return description(new post_ops()).impl_info_str().getString();
  }
}
