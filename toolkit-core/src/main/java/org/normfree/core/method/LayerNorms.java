package org.normfree.core.method;

import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/** A layer norm with its own gain (1 at the start) and bias (0), as several methods use it. */
final class LayerNorms {
  /** ViT's value; PyTorch's default is 1e-5. */
  static final double EPSILON = 1e-6;

  private LayerNorms() {}

  static SDVariable apply(Scope scope, long width, SDVariable x) {
    SDVariable gain = gain(scope, width);
    SDVariable y =
        scope.ops().layerNorm(scope.name("output"), x, gain, bias(scope, width), EPSILON);
    scope.normPoint(x, y, Optional.empty());
    return y;
  }

  static SDVariable gain(Scope scope, long width) {
    return scope.parameter("gain", Initializer.constant(1), width);
  }

  static SDVariable bias(Scope scope, long width) {
    return scope.parameter("bias", Initializer.constant(0), width);
  }
}
