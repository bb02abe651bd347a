package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * T-Fixup: {@code x + f(x)} without normalization and without gates; all in the initial weights.
 * Xavier uniform everywhere; then v, o, fc1 and fc2 times {@code 0.67·N^(−1/4)} in an encoder of N
 * layers and {@code (9M)^(−1/4)} in a decoder of M, embeddings {@code N(0, 1/√width)} times {@code
 * (9L)^(−1/4)} for the L layers of the stack that owns the table. q and k are left alone. Source:
 * Huang et al., ICML 2020, and the repository layer6ai-labs/T-Fixup.
 *
 * <p>The repository multiplies v by √2 first, because fairseq draws it with gain 1/√2; here it is
 * drawn with gain 1.
 */
public final class TFixup extends TransformersOnly {
  @Override
  public String name() {
    return "t-fixup";
  }

  /**
   * The factor of v, o, fc1 and fc2.
   *
   * @param stack the stack they belong to
   * @return {@code 0.67·N^(−1/4)} or {@code (9M)^(−1/4)}
   */
  public static double factor(Stack stack) {
    return stack.isDecoder() ? nine(stack) : 0.67 * Math.pow(stack.layers(), -0.25);
  }

  private static double nine(Stack stack) {
    return Math.pow(9.0 * stack.layers(), -0.25);
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return x;
  }

  @Override
  String reason() {
    return "its factors are derived for attention and feed-forward branches; fixup is the rule for convolutions";
  }

  @Override
  SDVariable join(Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    return x.add(f.apply(x));
  }

  @Override
  public SDVariable weight(Scope scope, WeightRole role, long... shape) {
    double factor =
        switch (role.kind()) {
          case VALUE, ATTENTION_OUT, FFN_IN, FFN_OUT -> factor(role.stack());
          case EMBEDDING -> nine(role.stack());
          default -> 1;
        };
    Initializer initial = Method.initial(role, shape).times(factor);
    return role.declare(scope, initial, shape);
  }
}
