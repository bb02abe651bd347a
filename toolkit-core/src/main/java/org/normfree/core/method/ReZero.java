package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * ReZero: {@code x + a·f(x)} with one trained scalar a for each <em>layer</em>, shared by its
 * branches, that starts at 0; no normalization. Source: arXiv 2003.04887 and its code.
 */
public final class ReZero extends Unnormalized {
  @Override
  public String name() {
    return "rezero";
  }

  @Override
  public boolean startsAtIdentity() {
    return true;
  }

  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, SDVariable shortcut, UnaryOperator<SDVariable> f) {
    SDVariable weight = scope.parent().parameter("resweight", Initializer.constant(0), 1);
    return shortcut.add(f.apply(x).mul(weight));
  }
}
