package org.normfree.core.method;

import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * SeeDNorm, self-rescaled dynamic normalization: {@code [tanh(x·β)·α + γ]∘x/√(mean(x²) + ε)} for
 * each norm of a Pre-LN network; x·β is one number a token, α, β and γ vectors over channels. β
 * starts at 0 and γ at 1, so that it begins as an RMS norm; α starts at 1. ε = 1e-6. Source: arXiv
 * 2510.22777; the initial values are unverified.
 */
public final class SeeDNorm extends PreNorm {
  private static final double EPSILON = 1e-6;

  @Override
  public String name() {
    return "see-d-norm";
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    long width = site.width();
    SDVariable beta = scope.parameter("beta", Initializer.constant(0), width, 1);
    SDVariable alpha = scope.parameter("alpha", Initializer.constant(1), width);
    SDVariable gamma = LayerNorms.gain(scope, site);
    SDVariable score = scope.ops().linear(scope.name("score"), x, beta, null);
    SDVariable gate = scope.graph().math().tanh(scope.name("gate"), score);
    SDVariable gain = gate.mul(alpha).add(gamma);
    SDVariable one = scope.constant("one", Initializer.constant(1), width);
    SDVariable y = scope.ops().rmsNorm(scope.name("scaled"), x, one, EPSILON).mul(gain);
    scope.normPoint(x, y, Optional.empty());
    return y;
  }
}
