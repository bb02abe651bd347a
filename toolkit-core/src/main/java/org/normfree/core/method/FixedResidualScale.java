package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * {@code LN(α·x + f(x))} with a constant α on the residual, and Xavier-normal weights of gain β for
 * fc1, fc2, v and o, gain 1 for q and k; biases are not scaled. What α and β are is the subclass's.
 */
abstract class FixedResidualScale extends TransformersOnly {
  /** α and β of a stack. */
  abstract DeepNormCoefficients coefficients(Stack stack);

  /** Nothing at the end: a stack of such layers ends normalized. Elsewhere a layer norm. */
  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return site.kind() == NormSite.Kind.FINAL ? x : LayerNorms.apply(scope, site, x);
  }

  @Override
  String reason() {
    return "its constants are derived for two branches a layer, attention and feed-forward, with a norm behind the addition";
  }

  @Override
  SDVariable join(Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    double alpha = coefficients(branch.stack()).alpha();
    return LayerNorms.joined(scope.child("norm"), branch.site(), x, () -> f.apply(x), alpha);
  }

  @Override
  public SDVariable weight(Scope scope, WeightRole role, long... shape) {
    return switch (role.kind()) {
      case VALUE, ATTENTION_OUT, FFN_IN, FFN_OUT -> {
        double beta = coefficients(role.stack()).beta();
        yield role.declare(scope, scaled(role, beta), shape);
      }
      case QUERY, KEY -> role.declare(scope, scaled(role, 1), shape);
      default -> super.weight(scope, role, shape);
    };
  }

  private static Initializer scaled(WeightRole role, double gain) {
    return role.chosen()
        .map(chosen -> chosen.times(gain))
        .orElseGet(() -> Initializer.xavierNormal(gain));
  }
}
