package org.normfree.core.model.image;

import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.method.Method;
import org.normfree.core.method.NormSite;
import org.normfree.core.method.Stack;
import org.normfree.core.method.WeightRole;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.ConvolutionTerms;

/**
 * Convolutions and norms of one stack, as a method gives them.
 *
 * @param method what keeps the stack trainable
 * @param stack which stack it is
 */
record ConvolutionLayers(Method method, Stack stack) {
  /** A weight of this stack that belongs to no block. */
  WeightRole role(WeightRole.Kind kind) {
    return role(kind, 0, true);
  }

  /** A weight of this stack. */
  WeightRole role(WeightRole.Kind kind, int block, boolean bias) {
    return new WeightRole(kind, stack, block, bias);
  }

  /** A convolution without a bias vector, and the norm behind it. */
  SDVariable normed(
      Scope scope,
      WeightRole.Kind kind,
      NormSite.Kind site,
      int block,
      SDVariable x,
      ConvolutionTerms terms,
      long in,
      long out) {
    SDVariable y = method.convolution(scope, role(kind, block, false), x, terms, in, out);
    return norm(scope.child("norm"), site, y, out);
  }

  /** What stands where the architecture has a norm. */
  SDVariable norm(Scope scope, NormSite.Kind site, SDVariable x, long width) {
    return method.normalize(scope, new NormSite(site, width), x);
  }
}
