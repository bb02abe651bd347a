package org.normfree.core.method;

import java.util.Set;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/**
 * Peri-LN: a norm on either side of the branch, {@code x + LN(f(LN(x)))}, and a last LN before the
 * head; optionally one behind the embedding of a language model. Source: arXiv 2502.02732.
 *
 * <p>The norm behind f sees the branch's drop path and dropout, and undoes the scale of what was
 * kept.
 */
public final class PeriLn extends TransformersOnly {
  private final boolean embeddingNorm;

  /**
   * @param options whether there is a norm behind the embedding
   */
  public PeriLn(MethodOptions options) {
    this.embeddingNorm = options.embeddingNorm();
  }

  @Override
  public String name() {
    return "peri-ln";
  }

  @Override
  public Set<MethodOptions.Choice> reads() {
    return Set.of(MethodOptions.Choice.EMBEDDING_NORM);
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return LayerNorms.apply(scope, site, x);
  }

  @Override
  String reason() {
    return "it has a norm before and one behind each branch, and branches of convolutions bring norms of their own";
  }

  @Override
  SDVariable join(Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    SDVariable in = normalize(scope.child("norm"), branch.site(), x);
    return x.add(normalize(scope.child("output_norm"), branch.site(), f.apply(in)));
  }

  /** The embedded tokens, normalized if the options say so. */
  @Override
  public SDVariable embedded(Scope scope, SDVariable x, long width) {
    return embeddingNorm
        ? normalize(scope.child("norm"), new NormSite(NormSite.Kind.STEM, width), x)
        : x;
  }
}
