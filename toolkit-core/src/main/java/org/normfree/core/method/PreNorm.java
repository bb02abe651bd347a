package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/** Pre-normalization: {@code x + f(norm(x))}, and a last norm before the head. */
abstract class PreNorm implements Method {
  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    return x.add(f.apply(normalize(scope.child("norm"), branch.site(), x)));
  }
}
