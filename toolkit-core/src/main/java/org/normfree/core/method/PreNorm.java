package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/**
 * Pre-normalization: {@code x + f(norm(x))}, and a last norm before the head; a branch of
 * convolutions has its norms inside, so there only {@code shortcut + f(x)}.
 */
abstract class PreNorm implements Method {
  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    return residual(scope, branch, x, x, f);
  }

  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, SDVariable shortcut, UnaryOperator<SDVariable> f) {
    boolean inside = branch.kind() == Branch.Kind.CONVOLUTION;
    SDVariable in = inside ? x : normalize(scope.child("norm"), branch.site(), x);
    return shortcut.add(f.apply(in));
  }

  @Override
  public Method postNorm() {
    return new NormBehind(this);
  }
}
