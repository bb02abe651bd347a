package org.normfree.core.model.dna;

import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.method.Method;
import org.normfree.core.method.Stack;
import org.normfree.core.method.Start;
import org.normfree.core.method.WeightRole;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Rng;
import org.normfree.core.nn.Scope;
import org.normfree.core.op.ConvolutionTerms;

/**
 * A Mamba mixer, one way or both ways.
 *
 * <p>{@code u = SiLU(conv(x·W_x))}, {@code z = x·W_z}; {@code δ = (u·W_δ₁)·W_δ₂}, {@code B =
 * u·W_B}, {@code C = u·W_C}; then the selective scan with steps {@code softplus(δ + b)} and {@code
 * A = −exp(log A)}, its gate z, and {@code y·W_out}. No map has a bias but b and the convolution's;
 * log A, D and biases do not decay. Source: arXiv 2312.00752 and the repository state-spaces/mamba.
 *
 * <p>Both ways it is {@code M_f(x) + rev(M_r(rev x))}: a scan that runs backwards over what a
 * convolution ahead in time gives. Tied, both have W_x, W_z and W_out in common. The taps of the
 * way back lie in the order of time, reversed to those of the official code. Source: arXiv
 * 2403.03234.
 *
 * <p>A method sees W_x as the map to values, W_out as the map out of attention, δ and B as keys and
 * C and z as queries: what is written, and what is read.
 *
 * @param shape the shape
 * @param method what keeps the stack trainable
 * @param stack the stack it belongs to
 * @param block its layer in the stack
 * @param outGain factor on the initial values of W_out, 1/√layers
 */
public record MambaMixer(MambaShape shape, Method method, Stack stack, int block, double outGain) {
  private static final double SHORTEST = 0.001;
  private static final double LONGEST = 0.1;
  private static final double FLOOR = 1e-4;

  /**
   * Mixes each position with those before it.
   *
   * @param scope the mixer's place
   * @param x [batch, length, width]
   * @return [batch, length, width]
   */
  public SDVariable forward(Scope scope, SDVariable x) {
    return out(scope, scanned(scope, value(scope, x), gate(scope, x), false));
  }

  /**
   * Mixes each position with all others.
   *
   * @param scope the mixer's place
   * @param x [batch, length, width]
   * @param tied whether the two directions share the maps in and out
   * @return [batch, length, width]
   */
  public SDVariable bothWays(Scope scope, SDVariable x, boolean tied) {
    Scope ahead = scope.child("forward");
    Scope back = scope.child("backward");
    if (!tied) {
      SDVariable y = scanned(back, value(back, x), gate(back, x), true);
      return forward(ahead, x).add(out(back, y));
    }
    SDVariable value = value(scope, x);
    SDVariable gate = gate(scope, x);
    return out(scope, scanned(ahead, value, gate, false).add(scanned(back, value, gate, true)));
  }

  private SDVariable value(Scope scope, SDVariable x) {
    return map(scope.child("value"), WeightRole.Kind.VALUE, x, shape.width(), shape.inner());
  }

  private SDVariable gate(Scope scope, SDVariable x) {
    return map(scope.child("gate"), WeightRole.Kind.QUERY, x, shape.width(), shape.inner());
  }

  private SDVariable out(Scope scope, SDVariable y) {
    Start start = Start.of(Initializer.pytorchDefault().times(outGain));
    WeightRole role = role(WeightRole.Kind.ATTENTION_OUT, false).from(start);
    return method.linear(scope.child("out"), role, y, shape.inner(), shape.width());
  }

  private SDVariable scanned(Scope scope, SDVariable value, SDVariable gate, boolean backward) {
    int inner = shape.inner();
    int state = shape.state();
    int kernel = shape.kernel();
    ConvolutionTerms terms = ConvolutionTerms.sequence(kernel).groups(inner);
    SDVariable convolved =
        method.convolution(
            scope.child("conv"),
            role(WeightRole.Kind.DEPTHWISE, true).from(Start.pytorchDefault(kernel)),
            value,
            backward ? terms.padding(0, kernel - 1) : terms.causal(),
            inner,
            inner);
    SDVariable u = scope.ops().silu(scope.name("u"), convolved);
    SDVariable low = map(scope.child("low"), WeightRole.Kind.KEY, u, inner, shape.rank());
    SDVariable delta = map(scope.child("step"), WeightRole.Kind.KEY, low, shape.rank(), inner);
    SDVariable b = map(scope.child("write"), WeightRole.Kind.KEY, u, inner, state);
    SDVariable c = map(scope.child("read"), WeightRole.Kind.QUERY, u, inner, state);
    Scope scan = scope.child("scan").undecayed();
    SDVariable logA = scan.parameter("log_a", MambaMixer::logA, inner, state);
    return scope
        .ops()
        .selectiveScan(
            scan.name("y"),
            u,
            delta,
            scope.graph().math.exp(logA).neg(),
            b,
            c,
            scan.parameter("skip", Initializer.constant(1), inner),
            gate,
            scan.parameter("bias", MambaMixer::steps, inner),
            true,
            backward);
  }

  private SDVariable map(Scope scope, WeightRole.Kind kind, SDVariable x, long in, long out) {
    Start start = Start.of(Initializer.pytorchDefault());
    return method.linear(scope, role(kind, false).from(start), x, in, out);
  }

  private WeightRole role(WeightRole.Kind kind, boolean bias) {
    return new WeightRole(kind, stack, block, bias);
  }

  /** log n of the n-th number that a channel remembers. */
  private static double[] logA(long[] shape, Rng rng) {
    int state = (int) shape[1];
    double[] values = new double[Math.toIntExact(shape[0] * state)];
    for (int i = 0; i < values.length; i++) {
      values[i] = StrictMath.log(i % state + 1.0);
    }
    return values;
  }

  /** What softplus makes a step of, log-uniform between two ends. */
  private static double[] steps(long[] shape, Rng rng) {
    double[] values = new double[Math.toIntExact(shape[0])];
    double low = StrictMath.log(SHORTEST);
    double high = StrictMath.log(LONGEST);
    for (int i = 0; i < values.length; i++) {
      double step = Math.max(FLOOR, StrictMath.exp(low + (high - low) * rng.uniform()));
      values[i] = step + StrictMath.log(-StrictMath.expm1(-step));
    }
    return values;
  }
}
