package org.normfree.core.method;

import java.util.Set;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * LayerScale: Pre-LN with a trained factor a channel, {@code x + λ∘f(LN(x))}; λ starts small.
 * Source: arXiv 2103.17239 (CaiT) and its code, whose class default is 1e-4 (its deep models use
 * 1e-5 and 1e-6).
 */
public final class LayerScale extends PreNorm {
  private final MethodOptions options;

  /**
   * @param options initial value of λ
   */
  public LayerScale(MethodOptions options) {
    this.options = options;
  }

  @Override
  public String name() {
    return "layerscale";
  }

  @Override
  public Set<MethodOptions.Choice> reads() {
    return Set.of(MethodOptions.Choice.LAYER_SCALE);
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return LayerNorms.apply(scope, site, x);
  }

  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, SDVariable shortcut, UnaryOperator<SDVariable> f) {
    SDVariable scale =
        scope.parameter("scale", Initializer.constant(options.layerScale()), branch.width());
    return super.residual(
        scope,
        branch,
        x,
        shortcut,
        y -> scope.ops().scale(scope.name("scaled"), f.apply(y), scale));
  }
}
