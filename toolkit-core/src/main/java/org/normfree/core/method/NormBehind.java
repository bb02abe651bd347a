package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.ConvolutionTerms;

/**
 * A method whose norms usually stand before the branches, with them behind the additions: {@code
 * n(x + f(x))}. Everything else is the method's own answer.
 *
 * @param inner the method
 */
record NormBehind(Method inner) implements Method {
  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return inner.normalize(scope, site, x);
  }

  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    return branch.kind() == Branch.Kind.CONVOLUTION
        ? inner.residual(scope, branch, x, f)
        : normalize(scope.child("norm"), branch.site(), x.add(f.apply(x)));
  }

  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, SDVariable shortcut, UnaryOperator<SDVariable> f) {
    return branch.kind() == Branch.Kind.CONVOLUTION
        ? inner.residual(scope, branch, x, shortcut, f)
        : Method.super.residual(scope, branch, x, shortcut, f);
  }

  @Override
  public boolean startsAtIdentity() {
    return inner.startsAtIdentity();
  }

  @Override
  public SDVariable weight(Scope scope, WeightRole role, long... shape) {
    return inner.weight(scope, role, shape);
  }

  @Override
  public SDVariable embedded(Scope scope, SDVariable x, long width) {
    return inner.embedded(scope, x, width);
  }

  @Override
  public SDVariable linear(Scope scope, WeightRole role, SDVariable x, long in, long out) {
    return inner.linear(scope, role, x, in, out);
  }

  @Override
  public SDVariable convolution(
      Scope scope, WeightRole role, SDVariable x, ConvolutionTerms terms, long in, long out) {
    return inner.convolution(scope, role, x, terms, in, out);
  }
}
