package org.normfree.core.method;

import java.util.Set;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/**
 * ProRes, progressive residual warm-up: Pre-LN whose branches grow with the training steps, the
 * deeper the later, {@code x + min(1, t/(T·l))·f(LN(x))} in layer l, counted from 1, after t steps.
 * The factor is not trained and the same for all branches of a layer. Source: arXiv 2603.05369 and
 * its code, dandingsky/ProRes, schedule {@code linear}; T = 1000.
 */
public final class ProRes extends PreNorm {
  private final MethodOptions.Ramps ramps;

  /**
   * @param options T
   */
  public ProRes(MethodOptions options) {
    this.ramps = options.ramps();
  }

  @Override
  public String name() {
    return "pro-res";
  }

  @Override
  public Set<MethodOptions.Choice> reads() {
    return Set.of(MethodOptions.Choice.RESIDUAL_RAMP);
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return LayerNorms.apply(scope, site, x);
  }

  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, SDVariable shortcut, UnaryOperator<SDVariable> f) {
    double full = (double) ramps.residual() * (branch.block() + 1);
    SDVariable way = scope.steps().mul(1 / full);
    SDVariable factor = scope.graph().math().clipByValue(scope.name("factor"), way, 0, 1);
    return super.residual(scope, branch, x, shortcut, y -> f.apply(y).mul(factor));
  }
}
