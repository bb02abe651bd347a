package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/** Post-normalization: {@code LN(x + f(x))}; no last norm, the stream is normalized already. */
abstract class PostNorm implements Method {
  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return site.kind() == NormSite.Kind.FINAL ? x : LayerNorms.apply(scope, site.width(), x);
  }

  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    return normalize(scope.child("norm"), branch.site(), x.add(f.apply(x)));
  }
}
