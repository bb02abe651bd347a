package org.normfree.core.method;

/**
 * Post-LN: {@code LN(x + f(x))}, the original Transformer's placement. Source: arXiv 1706.03762.
 */
public final class PostLn extends PostNorm {
  @Override
  public String name() {
    return "post-ln";
  }
}
