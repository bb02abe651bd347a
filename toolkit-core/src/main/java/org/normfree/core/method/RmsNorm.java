package org.normfree.core.method;

import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/**
 * RMS norm in pre-norm position, as in LLaMA. Source: arXiv 1910.07467; the usual ε is that of
 * arXiv 2302.13971.
 */
public final class RmsNorm extends PreNorm {
  @Override
  public String name() {
    return "rms-norm";
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    SDVariable gain = LayerNorms.gain(scope, site);
    SDVariable y = scope.ops().rmsNorm(scope.name("output"), x, gain, site.epsilon());
    scope.normPoint(x, y, Optional.empty());
    return y;
  }
}
