package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * A residual branch with a small constant factor: {@code x + ε·f(x)}, ε = 1/√n for n residual
 * branches in the stack, Xavier-normal weights, no normalization. In many dimensions a branch and
 * the stream are nearly orthogonal, so the stream's variance grows by (1 + ε²)ⁿ &lt; e only, while
 * the gradient of a branch shrinks with depth. Source: Su Jianlin, kexue.fm 8994; that each stack
 * of an encoder–decoder counts its own branches is this toolkit's reading.
 */
public final class ScaledResidual extends Unnormalized {
  @Override
  public String name() {
    return "scaled-residual";
  }

  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, SDVariable shortcut, UnaryOperator<SDVariable> f) {
    return shortcut.add(f.apply(x).mul(1 / Math.sqrt(branch.stack().ownBranches())));
  }

  @Override
  public SDVariable weight(Scope scope, WeightRole role, long... shape) {
    return switch (role.kind()) {
      case QUERY, KEY, VALUE, ATTENTION_OUT, FFN_IN, FFN_OUT ->
          role.declare(scope, role.chosen().orElse(Initializer.xavierNormal(1)), shape);
      default -> super.weight(scope, role, shape);
    };
  }
}
