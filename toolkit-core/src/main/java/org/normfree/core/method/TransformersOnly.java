package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.InputException;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.ConvolutionTerms;

/**
 * A method that is defined for the layers of Transformers and refuses stacks of convolutions. A
 * convolution that belongs to a Transformer, as those before the first layer of a model of speech,
 * it serves.
 */
abstract class TransformersOnly implements Method {
  /** Why it has no answer for a stack of convolutions: a clause. */
  abstract String reason();

  /** Joins a branch of a Transformer. */
  abstract SDVariable join(Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f);

  /**
   * Refuses stacks of convolutions.
   *
   * @throws InputException if the stack is one
   */
  @Override
  public final void requireServes(Stack stack) {
    if (stack.isConvolutional()) {
      throw new InputException(
          "method %s cannot serve a stack of convolutions: %s; choose another, for example dyt"
              .formatted(name(), reason()));
    }
  }

  /**
   * Joins a branch.
   *
   * @throws InputException if the stack is one of convolutions
   */
  @Override
  public final SDVariable residual(
      Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    requireServes(branch.stack());
    return join(scope, branch, x, f);
  }

  /**
   * A convolution as by default.
   *
   * @throws InputException if the stack is one of convolutions
   */
  @Override
  public final SDVariable convolution(
      Scope scope, WeightRole role, SDVariable x, ConvolutionTerms terms, long in, long out) {
    requireServes(role.stack());
    return Method.super.convolution(scope, role, x, terms, in, out);
  }
}
