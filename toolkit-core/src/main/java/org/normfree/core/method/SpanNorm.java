package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.InputException;
import org.normfree.core.nn.Scope;

/**
 * SpanNorm: Post-LN whose feed-forward branch is added to the block's input, {@code y = LN(x +
 * attention(x))}, {@code x ← LN(x + ffn(y))}. Source: arXiv 2601.22580; the form is that of a port.
 *
 * <p>A decoder's attention to the encoder is joined as Post-LN between the two, {@code y ← LN(y +
 * cross(y))}, which is this toolkit's reading.
 */
public final class SpanNorm extends PostNorm {
  /**
   * What goes beside y.
   *
   * @param input the block's x
   */
  private record Block(SDVariable input) {}

  @Override
  public String name() {
    return "span-norm";
  }

  /**
   * @throws InputException if a branch other than self attention has no attention before it in its
   *     block
   */
  @Override
  SDVariable join(Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    Block block = branch.kind() == Branch.Kind.ATTENTION ? new Block(x) : block(scope, x);
    SDVariable shortcut = branch.kind() == Branch.Kind.FFN ? block.input : x;
    SDVariable y = normalize(scope.child("norm"), branch.site(), shortcut.add(f.apply(x)));
    if (branch.kind() != Branch.Kind.FFN) {
      scope.remember(y, block);
    }
    return y;
  }

  private Block block(Scope scope, SDVariable x) {
    return scope
        .remembered(x, Block.class)
        .orElseThrow(
            () ->
                new InputException(
                    "method span-norm: %s does not follow an attention branch of its block, to whose input it would be joined; choose a method without a span, for example post-ln"
                        .formatted(scope.path())));
  }
}
