package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/**
 * Keel: Post-LN with a large constant on the residual and a second norm before the branch, {@code
 * LN(α·x + f(LN(x)))}, α the number of residual branches of the stack; weights begin as usual.
 * Source: arXiv 2601.19895; the form is that of its ports, and so is α.
 *
 * <p>That each stack of an encoder–decoder counts its own branches is this toolkit's reading.
 */
public final class Keel extends TransformersOnly {
  @Override
  public String name() {
    return "keel";
  }

  /** Nothing at the end: a stack of such layers ends normalized. Elsewhere a layer norm. */
  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return site.kind() == NormSite.Kind.FINAL ? x : LayerNorms.apply(scope, site, x);
  }

  @Override
  String reason() {
    return "it has a norm before each branch and one behind the addition, where such a stack has none";
  }

  @Override
  SDVariable join(Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    SDVariable in = normalize(scope.child("input_norm"), branch.site(), x);
    double alpha = branch.stack().ownBranches();
    return LayerNorms.joined(scope.child("norm"), branch.site(), x, () -> f.apply(in), alpha);
  }
}
