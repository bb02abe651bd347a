package org.normfree.core.method;

import java.util.Optional;
import java.util.function.Supplier;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/** A layer norm with its own gain (1 at the start) and bias (0), as several methods use it. */
final class LayerNorms {
  private LayerNorms() {}

  static SDVariable apply(Scope scope, NormSite site, SDVariable x) {
    SDVariable gain = gain(scope, site);
    SDVariable bias = bias(scope, site);
    SDVariable y = scope.ops().layerNorm(scope.name("output"), x, gain, bias, site.epsilon());
    scope.normPoint(x, y, Optional.empty());
    return y;
  }

  /** {@code LN(α·x + branch)} as one op. */
  static SDVariable joined(
      Scope scope, NormSite site, SDVariable x, Supplier<SDVariable> branch, double alpha) {
    SDVariable gain = gain(scope, site);
    SDVariable bias = bias(scope, site);
    SDVariable y =
        scope
            .ops()
            .deepNorm(scope.name("output"), x, branch.get(), alpha, gain, bias, site.epsilon());
    scope.normPoint(x, y, Optional.empty());
    return y;
  }

  /** Trained, or 1 for good where the architecture has none. */
  static SDVariable gain(Scope scope, NormSite site) {
    Initializer one = Initializer.constant(1);
    return site.gain()
        ? scope.parameter("gain", one, site.width())
        : scope.constant("gain", one, site.width());
  }

  /** Trained, or 0 for good where the architecture has no gain either. */
  static SDVariable bias(Scope scope, NormSite site) {
    Initializer zero = Initializer.constant(0);
    return site.gain()
        ? scope.parameter("bias", zero, site.width())
        : scope.constant("bias", zero, site.width());
  }
}
