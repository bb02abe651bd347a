package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/**
 * SiameseNorm: a Post-LN stream X and a Pre-LN stream Y that share their branches,
 *
 * <pre>
 * o = f(LN(X + LN(Y)))     X ← LN(X + o/√(l + 1))     Y ← Y + o
 * </pre>
 *
 * for branch l, counted from 1 in its stack; both begin as the embedding, the stack gives X +
 * LN(Y), and a last LN stands before the head. The model sees X + LN(Y) as its stream; X and Y go
 * beside it. Source: arXiv 2602.08064; the last norm is that of its code,
 * Qwen-Applications/SiameseNorm.
 *
 * <p>That code divides by √(2·layer) for both branches of a layer, and normalizes X before a branch
 * instead of behind one, the embedding too. That each stack of an encoder–decoder counts its own
 * branches is this toolkit's reading.
 */
public final class SiameseNorm extends Remembering<SiameseNorm.Pair> {
  /**
   * The two streams.
   *
   * @param x the normalized one
   * @param y the plain one
   * @param sum X + LN(Y)
   * @param branches how many branches they have had
   */
  record Pair(SDVariable x, SDVariable y, SDVariable sum, int branches) {}

  /** Two streams for every stack. */
  public SiameseNorm() {
    super(Pair.class);
  }

  @Override
  public String name() {
    return "siamese-norm";
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return LayerNorms.apply(scope, site, x);
  }

  @Override
  Pair begin(Scope scope, Branch branch, SDVariable x) {
    return new Pair(x, x, sum(scope.child("first_y_norm"), branch, x, x), 0);
  }

  private SDVariable sum(Scope norm, Branch branch, SDVariable x, SDVariable y) {
    return x.add(normalize(norm, branch.site(), y));
  }

  @Override
  SDVariable join(
      Scope scope, Branch branch, Pair carried, SDVariable x, UnaryOperator<SDVariable> f) {
    SDVariable o = f.apply(normalize(scope.child("norm"), branch.site(), carried.sum));
    double share = 1 / Math.sqrt(carried.branches + 2.0);
    SDVariable nextX = normalize(scope.child("x_norm"), branch.site(), carried.x.add(o.mul(share)));
    SDVariable nextY = carried.y.add(o);
    SDVariable sum = sum(scope.child("y_norm"), branch, nextX, nextY);
    scope.remember(sum, new Pair(nextX, nextY, sum, carried.branches + 1));
    return sum;
  }
}
