package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * SkipInit: {@code x + a·f(x)} with one trained scalar a for each branch that starts at 0; no
 * normalization. Source: arXiv 2002.10444.
 */
public final class SkipInit extends Unnormalized {
  @Override
  public String name() {
    return "skipinit";
  }

  @Override
  public boolean startsAtIdentity() {
    return true;
  }

  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, SDVariable shortcut, UnaryOperator<SDVariable> f) {
    SDVariable gate = scope.parameter("gate", Initializer.constant(0), 1);
    return shortcut.add(f.apply(x).mul(gate));
  }
}
