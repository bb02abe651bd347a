package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/** Post-normalization: {@code LN(x + f(x))}; no last norm, the stream is normalized already. */
abstract class PostNorm extends TransformersOnly {
  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return site.kind() == NormSite.Kind.FINAL ? x : LayerNorms.apply(scope, site, x);
  }

  @Override
  String reason() {
    return "it normalizes behind the addition, where such a stack has no norm, and its branches have norms of their own";
  }

  @Override
  SDVariable join(Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    return normalize(scope.child("norm"), branch.site(), x.add(f.apply(x)));
  }
}
