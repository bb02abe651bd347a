package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.InputException;
import org.normfree.core.nn.Scope;

/**
 * A method that carries more from branch to branch than the residual stream. What it carries is
 * kept in the scope beside the stream that it returned, so every stack, and every pass over the
 * same parameters, has its own. The stream that a branch returns is what the stack would give if it
 * ended there; a model hands it on to the next branch as it is.
 *
 * @param <T> what is carried
 */
abstract class Remembering<T> extends TransformersOnly {
  private final Class<T> type;

  Remembering(Class<T> type) {
    this.type = type;
  }

  /** What is carried into a stack's first branch. */
  abstract T begin(Scope scope, Branch branch, SDVariable x);

  /** Joins a branch, and calls {@link Scope#remember} for the stream that it returns. */
  abstract SDVariable join(
      Scope scope, Branch branch, T carried, SDVariable x, UnaryOperator<SDVariable> f);

  @Override
  String reason() {
    return "it carries beside the stream what has one shape and passes no activation, while such a stack changes its shape and has one behind each addition";
  }

  /**
   * @throws InputException if the stream is not the one that the branch before returned
   */
  @Override
  final SDVariable join(Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    return join(scope, branch, carried(scope, branch, x), x, f);
  }

  private T carried(Scope scope, Branch branch, SDVariable x) {
    return scope
        .remembered(x, type)
        .orElseGet(
            () -> {
              if (branch.block() > 0) {
                throw new InputException(
                    "method %s: the stream at %s is not the one that the branch before it returned, so what went with it is lost; hand it on unchanged, or choose a method that carries nothing else, for example pre-ln"
                        .formatted(name(), scope.path()));
              }
              return begin(scope, branch, x);
            });
  }
}
