package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.InputException;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.ConvolutionTerms;

/**
 * Fixup: no normalization; the head and the last weight of every branch start at 0, the others at
 * their usual distribution times {@code L^(−1/(2m−2))} for L branches in the model and m weights in
 * the branch; scalar shifts (0) before linear maps, convolutions and activations, a scalar scale
 * (1) behind each branch, no bias vectors. Source: arXiv 1901.09321, section 4; the Transformer
 * form (attention as m = 4, so q, k, v get L^(−1/6); FFN as m = 2, so fc1 gets L^(−1/2); one shift
 * and scale behind the stack) is that of the repository bzhangGo/zero.
 *
 * <p>That repository has no shift before the attention's output projection; the paper's rule is one
 * before every linear map, which this follows. The paper's ResNets have the shifts of {@link
 * #normalize}, {@link #residual} and {@link #convolution}; where a shortcut is projected, the
 * authors' code shares one shift between it and the branch, here either has its own.
 */
public final class Fixup implements Method {
  @Override
  public String name() {
    return "fixup";
  }

  @Override
  public boolean startsAtIdentity() {
    return true;
  }

  /**
   * A scalar shift and scale behind the stack; a shift where a norm stands between a convolution
   * and its activation; nothing beside a convolution that has a shift of its own.
   */
  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return switch (site.kind()) {
      case FINAL, ATTENTION, FFN -> x.add(scalar(scope, "shift", 0)).mul(scalar(scope, "scale", 1));
      case STEM, CONVOLUTION -> x.add(scalar(scope, "shift", 0));
      case DOWNSAMPLE, SHORTCUT -> x;
    };
  }

  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    return residual(scope, branch, x, x, f);
  }

  /** Of convolutions with one more shift, for the activation behind the addition. */
  @Override
  public SDVariable residual(
      Scope scope, Branch branch, SDVariable x, SDVariable shortcut, UnaryOperator<SDVariable> f) {
    SDVariable shifted = x.add(scalar(scope, "shift", 0));
    SDVariable scaled = f.apply(shifted).mul(scalar(scope, "scale", 1));
    return branch.kind() == Branch.Kind.CONVOLUTION
        ? shortcut.add(scaled.add(scalar(scope, "shift_behind", 0)))
        : shortcut.add(scaled);
  }

  @Override
  public SDVariable weight(Scope scope, WeightRole role, long... shape) {
    Initializer usual = Method.initial(role, shape);
    Initializer initial =
        switch (role.kind()) {
          case ATTENTION_OUT, FFN_OUT, CONVOLUTION_OUT, HEAD -> Initializer.constant(0);
          case QUERY, KEY, VALUE -> usual.times(factor(role.stack(), 4));
          case FFN_IN -> usual.times(factor(role.stack(), 2));
          case CONVOLUTION_IN, CONVOLUTION, DEPTHWISE ->
              role.stack().isConvolutional() ? usual.times(factor(role.stack(), 0)) : usual;
          case PATCH, EMBEDDING, CONDITION, MODULATION, STEM, DOWNSAMPLE, SHORTCUT -> usual;
        };
    return role.declare(scope, initial, shape);
  }

  /**
   * {@code L^(−1/(2m−2))}.
   *
   * @param weights m in a Transformer; a stack of convolutions knows its own
   */
  private static double factor(Stack stack, int weights) {
    int m = stack.isConvolutional() ? stack.branchWeights() : weights;
    if (m < 2) {
      throw new InputException(
          "method fixup: a residual branch of %s weights, of which one is not the last; tell the stack"
                  .formatted(m)
              + " how many its branches have, at least 2");
    }
    return Math.pow(stack.branches(), -1.0 / (2 * m - 2));
  }

  /**
   * Inside a branch {@code x·weight} with scalar shifts: before the activation behind fc1, before
   * fc2 and o; the shift before the branch's first map is {@link #residual}'s. The patch embedding
   * and the head keep their bias vectors.
   */
  @Override
  public SDVariable linear(Scope scope, WeightRole role, SDVariable x, long in, long out) {
    return switch (role.kind()) {
      case FFN_IN -> product(scope, role, x, in, out).add(scalar(scope, "shift_behind", 0));
      case ATTENTION_OUT, FFN_OUT ->
          product(scope, role, x.add(scalar(scope, "shift_before", 0)), in, out);
      case QUERY, KEY, VALUE -> product(scope, role, x, in, out);
      default -> Method.super.linear(scope, role, x, in, out);
    };
  }

  /**
   * Inside a branch without a bias vector, but with a scalar shift before all but the branch's
   * first, which {@link #residual} shifts. Convolutions outside of branches keep their bias
   * vectors.
   */
  @Override
  public SDVariable convolution(
      Scope scope, WeightRole role, SDVariable x, ConvolutionTerms terms, long in, long out) {
    return switch (role.kind()) {
      case CONVOLUTION_IN ->
          Method.convolved(scope, x, weight(scope, role, terms.weightShape(in, out)), null, terms);
      case CONVOLUTION, CONVOLUTION_OUT, DEPTHWISE, SHORTCUT -> {
        SDVariable shifted = x.add(scalar(scope, "shift_before", 0));
        yield Method.convolved(
            scope, shifted, weight(scope, role, terms.weightShape(in, out)), null, terms);
      }
      default -> Method.super.convolution(scope, role, x, terms, in, out);
    };
  }

  private SDVariable product(Scope scope, WeightRole role, SDVariable x, long in, long out) {
    return scope.ops().linear(scope.name("product"), x, weight(scope, role, in, out), null);
  }

  private static SDVariable scalar(Scope scope, String name, double initial) {
    return scope.parameter(name, Initializer.constant(initial), 1);
  }
}
