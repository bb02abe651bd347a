package org.normfree.core.method;

import java.util.Optional;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Scope;

/**
 * TaperNorm: an RMS norm in pre-norm position that fades into a fixed scale, {@code γ∘(g·x/rms(x) +
 * (1 − g)·c·x)}. g is 1 for the first steps, then falls to 0 as a cosine; c, a number for each
 * norm, is the moving average (decay 0.99, started without a bias) of the mean of 1/rms(x) over the
 * tokens in those first steps, and stays from then on. γ is trained throughout. The last norm
 * before the head stays a norm. Source: arXiv 2602.10408.
 *
 * <p>Read in the source's abstract: that g is global and held at 1 while averages are taken, then
 * falls as a cosine, and that the map left is linear. Unverified: the average itself, its decay and
 * the numbers of steps. A port has a gain of its own for the linear part and takes the c of least
 * squares.
 */
public final class TaperNorm extends PreNorm {
  private static final double EPSILON = 1e-6;
  private static final double RATE = 0.01;

  private final MethodOptions.Ramps ramps;

  /**
   * @param options when and how long the norm fades
   */
  public TaperNorm(MethodOptions options) {
    this.ramps = options.ramps();
  }

  @Override
  public String name() {
    return "taper-norm";
  }

  @Override
  public Set<MethodOptions.Choice> reads() {
    return Set.of(MethodOptions.Choice.TAPER);
  }

  @Override
  public SDVariable normalize(Scope scope, NormSite site, SDVariable x) {
    SDVariable gain = LayerNorms.gain(scope, site);
    SDVariable norm = scope.ops().rmsNorm(scope.name("normalized"), x, gain, EPSILON);
    SDVariable y = site.kind() == NormSite.Kind.FINAL ? norm : faded(scope, site, x, gain, norm);
    scope.normPoint(x, y, Optional.empty());
    return y;
  }

  private SDVariable faded(
      Scope scope, NormSite site, SDVariable x, SDVariable gain, SDVariable norm) {
    SameDiff sd = scope.graph();
    SDVariable steps = scope.steps();
    SDVariable way =
        sd.math()
            .clipByValue(steps.sub((double) ramps.taperFrom()).mul(1.0 / ramps.taperOver()), 0, 1);
    SDVariable gate = sd.math().cos(way.mul(Math.PI)).add(1).mul(scope.name("gate"), 0.5);
    SDVariable c = scale(scope, site, x, steps);
    SDVariable linear = scope.ops().scale(scope.name("scaled"), x, gain);
    return norm.mul(gate).add(scope.name("faded"), linear.mul(c.mul(gate.rsub(1))));
  }

  /** c, and what moves it. */
  private SDVariable scale(Scope scope, NormSite site, SDVariable x, SDVariable steps) {
    SameDiff sd = scope.graph();
    SDVariable sum = scope.state("sum", Initializer.constant(0), 1);
    SDVariable weight = scope.state("weight", Initializer.constant(0), 1);
    SDVariable mean =
        scope.constant("mean", Initializer.constant(1.0 / site.width()), site.width(), 1);
    SDVariable square = scope.ops().linear(null, x.mul(x), mean, null).add(EPSILON);
    SDVariable now = sd.math().reciprocal(sd.math().sqrt(square)).mean().reshape(1);
    // 1 while the norm is alone, 0 from the first step in which it fades
    SDVariable open = sd.math().clipByValue(steps.rsub((double) ramps.taperFrom()), 0, 1);
    SDVariable rate = open.mul(RATE);
    scope.advance(sum, sum.add(rate.mul(now.sub(sum))));
    scope.advance(weight, weight.add(rate.mul(weight.rsub(1))));
    // before the first step there is no weight, and nothing that c would multiply
    SDVariable some = sd.math().clipByValue(weight, RATE / 2, 1);
    return sum.mul(sd.math().reciprocal(some));
  }
}
