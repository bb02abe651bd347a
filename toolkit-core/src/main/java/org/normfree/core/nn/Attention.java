package org.normfree.core.nn;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Multi-head scaled dot-product attention between given projections: {@code softmax(Q·Kᵀ/√d)·V} for
 * each head. Source: arXiv 1706.03762, section 3.2.
 */
public final class Attention {
  private Attention() {}

  /**
   * @param scope where the graph grows
   * @param query [batch, tokens, width]
   * @param key [batch, tokens, width]
   * @param value [batch, tokens, width]
   * @param tokens number of tokens
   * @param width model width, a multiple of heads
   * @param heads number of heads
   * @return [batch, tokens, width], before the output projection
   */
  public static SDVariable apply(
      Scope scope,
      SDVariable query,
      SDVariable key,
      SDVariable value,
      long tokens,
      long width,
      long heads) {
    SameDiff sd = scope.graph();
    long headWidth = width / heads;
    SDVariable q = split(query.mul(1 / Math.sqrt((double) headWidth)), tokens, heads, headWidth);
    SDVariable k = split(key, tokens, heads, headWidth);
    SDVariable v = split(value, tokens, heads, headWidth);
    SDVariable scores = sd.mmul(q, k, false, true, false);
    SDVariable weights = sd.nn.softmax(scope.name("weights"), scores, 3);
    return sd.mmul(weights, v).permute(0, 2, 1, 3).reshape(-1, tokens, width);
  }

  /** [batch, tokens, width] to [batch, heads, tokens, headWidth]. */
  private static SDVariable split(SDVariable x, long tokens, long heads, long headWidth) {
    return x.reshape(-1, tokens, heads, headWidth).permute(0, 2, 1, 3);
  }
}
