package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/**
 * LayerNorm scaling: Pre-LN whose normalized input gets smaller with depth, {@code x + f(LN(x)/√l)}
 * in layer l, counted from 1; attention and feed-forward network of a layer have the same factor.
 * The last norm before the head is not scaled. Source: arXiv 2502.05795 and its code,
 * lmsdss/LayerNorm-Scaling.
 */
public final class LayerNormScaling extends TransformersOnly {
  @Override
  public String name() {
    return "lns";
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return LayerNorms.apply(scope, site, x);
  }

  @Override
  String reason() {
    return "its factor belongs to the norm before a branch, where such a stack has none";
  }

  @Override
  SDVariable join(Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    SDVariable in = normalize(scope.child("norm"), branch.site(), x);
    return x.add(f.apply(in.mul(1 / Math.sqrt(branch.block() + 1.0))));
  }
}
