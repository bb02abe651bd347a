package org.normfree.core.method;

import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/**
 * Pre-LN: {@code x + f(LN(x))} and a last LN before the head; the baseline of arXiv 2503.10622.
 * Source: arXiv 2002.04745.
 */
public final class PreLn extends PreNorm {
  @Override
  public String name() {
    return "pre-ln";
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return LayerNorms.apply(scope, site, x);
  }
}
