package org.normfree.core.method;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.Squash;

/**
 * A dynamic activation {@code γ·squash(α·x + s) + β} in the place of each norm of a pre-norm
 * network, the last one included; nothing else changes. γ starts at 1, β and s at 0, α at α₀.
 * Source: arXiv 2503.10622, sections 4 and 6.1.
 */
abstract class DynamicActivationNorm extends PreNorm {
  private final String name;
  private final Squash squash;
  private final boolean shift;
  private final AlphaMode mode;
  private final MethodOptions options;

  /** What becomes of α. */
  enum AlphaMode {
    /** α is trained, or fixed at α₀ if the options say so. */
    PRESENT,
    /** There is no α: the squash sees x itself. */
    ABSENT
  }

  DynamicActivationNorm(
      String name, Squash squash, boolean shift, AlphaMode mode, MethodOptions options) {
    this.name = name;
    this.squash = squash;
    this.shift = shift;
    this.mode = mode;
    this.options = options;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<MethodOptions.Choice> reads() {
    Set<MethodOptions.Choice> reads =
        EnumSet.of(MethodOptions.Choice.AFFINE, MethodOptions.Choice.EMBEDDING_SCALE);
    if (mode == AlphaMode.PRESENT) {
      reads.add(MethodOptions.Choice.ALPHA);
    }
    return reads;
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    Optional<SDVariable> alpha =
        mode == AlphaMode.ABSENT ? Optional.empty() : Optional.of(alpha(scope, site));
    SDVariable s = shift ? scope.parameter("shift", Initializer.constant(0), 1) : null;
    long width = site.width();
    boolean affine = options.affine() && site.gain();
    SDVariable gamma = affine ? scope.parameter("gamma", Initializer.constant(1), width) : null;
    boolean bias = affine && site.bias();
    SDVariable beta = bias ? scope.parameter("beta", Initializer.constant(0), width) : null;
    SDVariable y =
        scope
            .ops()
            .dynamicActivation(scope.name("output"), squash, x, alpha.orElse(null), s, gamma, beta);
    scope.normPoint(x, y, alpha);
    return y;
  }

  /**
   * The embedded tokens times a trained scalar that starts at √width, unless the options leave it
   * out. Source: arXiv 2503.10622, appendix A, and its LLaMA code.
   */
  @Override
  public SDVariable embedded(Scope scope, SDVariable x, long width) {
    return options.embeddingScale()
        ? x.mul(scope.parameter("scale", Initializer.constant(Math.sqrt((double) width)), 1))
        : x;
  }

  private SDVariable alpha(Scope scope, NormSite site) {
    long length = options.perChannelAlpha() ? site.width() : 1;
    Initializer initial = Initializer.constant(options.alpha0().at(site));
    return options.learnAlpha()
        ? scope.parameter("alpha", initial, length)
        : scope.constant("alpha", initial, length);
  }
}
