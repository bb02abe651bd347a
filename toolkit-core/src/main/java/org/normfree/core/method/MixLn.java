package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/**
 * Mix-LN: Post-LN, {@code LN(x + f(x))}, in the first quarter of the layers, Pre-LN, {@code x +
 * f(LN(x))}, behind, and a last LN before the head. Source: arXiv 2412.13795, share 0.25.
 *
 * <p>Where the quarter is no whole number of layers it is rounded, to at least one; the source says
 * nothing that we know of.
 */
public final class MixLn extends TransformersOnly {
  private static final double SHARE = 0.25;

  @Override
  public String name() {
    return "mix-ln";
  }

  /**
   * How many layers are Post-LN.
   *
   * @param stack the stack they belong to
   * @return a quarter of its layers, rounded, at least 1
   */
  public static int postLayers(Stack stack) {
    return (int) Math.max(1, Math.round(SHARE * stack.layers()));
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return LayerNorms.apply(scope, site, x);
  }

  @Override
  String reason() {
    return "it mixes norms before and behind branches, and branches of convolutions have theirs inside";
  }

  @Override
  SDVariable join(Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    Scope norm = scope.child("norm");
    return branch.block() < postLayers(branch.stack())
        ? normalize(norm, branch.site(), x.add(f.apply(x)))
        : x.add(f.apply(normalize(norm, branch.site(), x)));
  }
}
