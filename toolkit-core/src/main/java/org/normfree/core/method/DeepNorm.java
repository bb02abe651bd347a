package org.normfree.core.method;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * DeepNorm: {@code LN(α·x + f(x))} with a constant α on the residual, and Xavier-normal weights of
 * gain β for fc1, fc2, v and o, gain 1 for q and k; biases are not scaled. Source: arXiv
 * 2203.00555, figure 2 and section 4; constants in {@link DeepNormCoefficients}.
 *
 * <p>torchscale scales biases too and finds weights by their names; this follows the paper and goes
 * by role.
 */
public final class DeepNorm implements Method {
  @Override
  public String name() {
    return "deepnorm";
  }

  /** Nothing: a stack of DeepNorm layers ends normalized. */
  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return x;
  }

  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    Scope norm = scope.child("norm");
    SDVariable gain = LayerNorms.gain(norm, branch.width());
    SDVariable bias = LayerNorms.bias(norm, branch.width());
    double alpha = DeepNormCoefficients.of(branch.stack()).alpha();
    SDVariable y =
        scope
            .ops()
            .deepNorm(norm.name("output"), x, f.apply(x), alpha, gain, bias, LayerNorms.EPSILON);
    norm.normPoint(x, y, Optional.empty());
    return y;
  }

  @Override
  public SDVariable weight(Scope scope, WeightRole role, long... shape) {
    double beta = DeepNormCoefficients.of(role.stack()).beta();
    return switch (role.kind()) {
      case VALUE, ATTENTION_OUT, FFN_IN, FFN_OUT ->
          scope.parameter("weight", Initializer.xavierNormal(beta), shape);
      case QUERY, KEY -> scope.parameter("weight", Initializer.xavierNormal(1), shape);
      case PATCH, EMBEDDING, HEAD -> Method.super.weight(scope, role, shape);
    };
  }
}
