package org.normfree.core.method;

import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/** A method without any normalization layer. */
abstract class Unnormalized implements Method {
  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return x;
  }
}
