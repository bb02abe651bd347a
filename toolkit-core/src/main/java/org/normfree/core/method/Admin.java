package org.normfree.core.method;

import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * Admin: Post-LN with a trained factor a channel on the residual, {@code LN(ω∘x + f(x))}. Source:
 * arXiv 2004.08249.
 *
 * <p>The paper sets ω by profiling a forward pass ({@code ω²} accumulates the variances of the
 * branches before). A graph is built here without data, so ω starts at the closed form of the same
 * authors' admin-torch with its default, output change O(log n): {@code ω = √((n+1)/ln(n+1) − 1)}
 * for n residual branches in the stack; the encoder and the decoder of one model each count their
 * own, because either has a residual stream of its own.
 */
public final class Admin extends TransformersOnly {
  @Override
  public String name() {
    return "admin";
  }

  /**
   * The initial ω.
   *
   * @param branches n, residual branches of the stack
   * @return {@code √((n+1)/ln(n+1) − 1)}
   */
  public static double omega(int branches) {
    return Math.sqrt((branches + 1) / Math.log(branches + 1) - 1);
  }

  /** Nothing at the end: a stack of Post-LN layers ends normalized. Elsewhere a layer norm. */
  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    return site.kind() == NormSite.Kind.FINAL ? x : LayerNorms.apply(scope, site, x);
  }

  @Override
  String reason() {
    return "its ω is a closed form for Post-LN, with a norm behind the addition";
  }

  @Override
  SDVariable join(Scope scope, Branch branch, SDVariable x, UnaryOperator<SDVariable> f) {
    double omega0 = omega(branch.stack().ownBranches());
    SDVariable omega = scope.parameter("omega", Initializer.constant(omega0), branch.width());
    return LayerNorms.apply(scope.child("norm"), branch.site(), x.mul(omega).add(f.apply(x)));
  }
}
