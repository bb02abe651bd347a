package org.normfree.core.method;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * DeepNorm with the constants that keep the update of an optimizer with steps of the gradient's
 * sign, such as Adam, independent of depth: {@code α = √n} and weights times {@code n^(−1/2)} for n
 * residual branches in the stack, where {@link DeepNorm}'s fourth roots are for SGD. Source: Su
 * Jianlin, kexue.fm 8978, for one stack of n = 2N branches; that each stack of an encoder–decoder
 * counts its own branches is this toolkit's reading.
 */
public final class DeepNormForAdam implements Method {
  @Override
  public String name() {
    return "deepnorm-adam";
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
    double alpha = Math.sqrt(branch.stack().ownBranches());
    SDVariable y =
        scope
            .ops()
            .deepNorm(norm.name("output"), x, f.apply(x), alpha, gain, bias, LayerNorms.EPSILON);
    norm.normPoint(x, y, Optional.empty());
    return y;
  }

  @Override
  public SDVariable weight(Scope scope, WeightRole role, long... shape) {
    double lambda = 1 / Math.sqrt(role.stack().ownBranches());
    return switch (role.kind()) {
      case VALUE, ATTENTION_OUT, FFN_IN, FFN_OUT ->
          scope.parameter("weight", Initializer.xavierNormal(lambda), shape);
      case QUERY, KEY -> scope.parameter("weight", Initializer.xavierNormal(1), shape);
      case PATCH, EMBEDDING, HEAD -> Method.super.weight(scope, role, shape);
    };
  }
}
