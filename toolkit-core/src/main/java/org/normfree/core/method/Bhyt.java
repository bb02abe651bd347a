package org.normfree.core.method;

import java.util.Optional;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.Squash;

/**
 * BHyT, bounded hyperbolic tangent: {@code w∘tanh(λ·κ⁻¹·x/√(mean(x²) + ε))} for each norm of a
 * Pre-LN network, so a squash like {@link DyT}'s whose slope follows the size of its input. λ is a
 * trained scalar that starts at 2, κ⁻¹ = 0.1, w starts at 1, ε = 1e-6; there is no bias. Source:
 * arXiv 2601.09719 and its code, MLAI-Yonsei/BHyT: there {@code BHyT_Star}, which measures before
 * every branch; the form that estimates the second measure of a layer from the first is not here.
 */
public final class Bhyt extends PreNorm {
  private static final double EPSILON = 1e-6;
  private static final double INVERSE_KAPPA = 0.1;

  private final double lambda;

  /**
   * @param options initial λ
   */
  public Bhyt(MethodOptions options) {
    this.lambda = options.lambda();
  }

  @Override
  public String name() {
    return "bhyt";
  }

  @Override
  public Set<MethodOptions.Choice> reads() {
    return Set.of(MethodOptions.Choice.LAMBDA);
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    long width = site.width();
    SDVariable kappa = scope.constant("inverse_kappa", Initializer.constant(INVERSE_KAPPA), width);
    SDVariable scaled = scope.ops().rmsNorm(scope.name("scaled"), x, kappa, EPSILON);
    SDVariable slope = scope.parameter("lambda", Initializer.constant(lambda), 1);
    SDVariable weight =
        site.gain() ? scope.parameter("weight", Initializer.constant(1), width) : null;
    SDVariable y =
        scope
            .ops()
            .dynamicActivation(
                scope.name("output"), Squash.TANH, scaled, slope, null, weight, null);
    scope.normPoint(x, y, Optional.of(slope));
    return y;
  }
}
