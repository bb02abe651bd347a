package org.normfree.core.method;

import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * DS-Init: Post-LN whose deeper layers start smaller; the weights of layer l (from 1) are Xavier
 * uniform with the variance times {@code l^(−1/2)}, so the bound times {@code l^(−1/4)}. Source:
 * Zhang et al., EMNLP 2019, as in the repository bzhangGo/zero; the paper's formula has the bound
 * times {@code l^(−1/2)}, this follows the code.
 */
public final class DsInit extends PostNorm {
  @Override
  public String name() {
    return "ds-init";
  }

  @Override
  public SDVariable weight(Scope scope, WeightRole role, long... shape) {
    double factor =
        switch (role.kind()) {
          case QUERY, KEY, VALUE, ATTENTION_OUT, FFN_IN, FFN_OUT ->
              Math.pow(role.block() + 1, -0.25);
          default -> 1;
        };
    Initializer initial = Method.initial(role, shape).times(factor);
    return role.declare(scope, initial, shape);
  }
}
