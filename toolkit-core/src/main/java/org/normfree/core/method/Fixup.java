package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * Fixup: no normalization; the head and the last weight of every branch start at 0, the others at
 * Xavier times {@code L^(−1/(2m−2))} for L branches in the model and m weights in the branch;
 * scalar shifts (0) before linear maps and activations, a scalar scale (1) behind each branch, no
 * bias vectors. Source: arXiv 1901.09321, section 4; the Transformer form (attention as m = 4, so
 * q, k, v get L^(−1/6); FFN as m = 2, so fc1 gets L^(−1/2); one shift and scale behind the stack)
 * is that of the repository bzhangGo/zero.
 *
 * <p>That repository has no shift before the attention's output projection; the paper's rule is one
 * before every linear map, which this follows.
 */
public final class Fixup implements Method {
  @Override
  public String name() {
    return "fixup";
  }

  /** A scalar shift and scale behind the stack. */
  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return x.add(scalar(scope, "shift", 0)).mul(scalar(scope, "scale", 1));
  }

  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    SDVariable shifted = x.add(scalar(scope, "shift", 0));
    return x.add(f.apply(shifted).mul(scalar(scope, "scale", 1)));
  }

  @Override
  public SDVariable weight(Scope scope, WeightRole role, long... shape) {
    int branches = role.stack().branches();
    Initializer initial =
        switch (role.kind()) {
          case ATTENTION_OUT, FFN_OUT, HEAD -> Initializer.constant(0);
          case QUERY, KEY, VALUE ->
              Initializer.xavierUniform(1).times(Math.pow(branches, -1.0 / 6));
          case FFN_IN -> Initializer.xavierUniform(1).times(Math.pow(branches, -0.5));
          case PATCH, EMBEDDING -> Method.initial(role, shape);
        };
    return scope.parameter("weight", initial, shape);
  }

  /**
   * Inside a branch {@code x·weight} with scalar shifts: before the activation behind fc1, before
   * fc2 and o; the shift before the branch's first map is {@link #residual}'s. The patch embedding
   * and the head keep their bias vectors.
   */
  @Override
  public SDVariable linear(Scope scope, WeightRole role, SDVariable x, long in, long out) {
    return switch (role.kind()) {
      case PATCH, EMBEDDING, HEAD -> Method.super.linear(scope, role, x, in, out);
      case QUERY, KEY, VALUE -> product(scope, role, x, in, out);
      case FFN_IN -> product(scope, role, x, in, out).add(scalar(scope, "shift_behind", 0));
      case ATTENTION_OUT, FFN_OUT ->
          product(scope, role, x.add(scalar(scope, "shift_before", 0)), in, out);
    };
  }

  private SDVariable product(Scope scope, WeightRole role, SDVariable x, long in, long out) {
    return scope.ops().linear(scope.name("product"), x, weight(scope, role, in, out), null);
  }

  private static SDVariable scalar(Scope scope, String name, double initial) {
    return scope.parameter(name, Initializer.constant(initial), 1);
  }
}
