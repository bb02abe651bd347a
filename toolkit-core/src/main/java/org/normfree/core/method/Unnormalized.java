package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/** A method without any normalization layer, to which one shortcut is like another. */
abstract class Unnormalized implements Method {
  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return x;
  }

  @Override
  public final SDVariable residual(
      Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    return residual(scope, branch, x, x, f);
  }

  @Override
  public abstract SDVariable residual(
      Scope scope, Branch branch, SDVariable x, SDVariable shortcut, UnaryOperator<SDVariable> f);
}
