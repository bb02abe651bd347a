package org.normfree.core.kernel;

import static org.normfree.core.kernel.VectorFunctions.*;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.normfree.core.op.Squash;

/**
 * Fused loops by the Vector API, one pass over a block each. Only loaded where the module {@code
 * jdk.incubator.vector} is there.
 *
 * <p>Sums of lanes are taken one by one: the API leaves the order of its own reductions open, which
 * would give other bits in interpreted code than in compiled code.
 */
final class VectorLoops implements RowLoops {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = S.length();

  /** For loading by name. */
  VectorLoops() {}

  @Override
  public String name() {
    return "Vector API, %d bits".formatted(S.vectorBitSize());
  }

  @Override
  public int lanes() {
    return LANES;
  }

  private static FloatVector load(float[] a, int i) {
    return FloatVector.fromArray(S, a, i);
  }

  @Override
  public void activation(Squash squash, float[] x, int rows, int stride, ActivationRow row) {
    if (squash == Squash.TANH) {
      tanhActivation(x, rows, stride, row);
      return;
    }
    argument(x, x, rows, stride, row);
    squash(squash, x, x, rows * stride);
    for (int c = 0; c < stride; c += LANES) {
      FloatVector gamma = load(row.gamma(), c);
      FloatVector beta = load(row.beta(), c);
      for (int i = c; i < rows * stride; i += stride) {
        fma(load(x, i), gamma, beta).intoArray(x, i);
      }
    }
  }

  /** DyT, in one go. */
  private static void tanhActivation(float[] x, int rows, int stride, ActivationRow row) {
    float shift = row.shift();
    for (int c = 0; c < stride; c += LANES) {
      FloatVector alpha = load(row.alpha(), c);
      FloatVector gamma = load(row.gamma(), c);
      FloatVector beta = load(row.beta(), c);
      for (int i = c; i < rows * stride; i += stride) {
        fma(tanh(fma(load(x, i), alpha, shift)), gamma, beta).intoArray(x, i);
      }
    }
  }

  @Override
  public void activationGradient(
      Squash squash,
      float[] x,
      float[] g,
      int rows,
      int stride,
      ActivationRow row,
      ActivationSums sums) {
    float[] values = new float[0];
    float[] slopes = values;
    boolean tanh = squash == Squash.TANH;
    if (!tanh) {
      int n = rows * stride;
      values = new float[n];
      slopes = new float[n];
      argument(x, slopes, rows, stride, row);
      squash(squash, slopes, values, n);
      derivative(squash, slopes, values, n);
    }
    float shift = row.shift();
    for (int c = 0; c < stride; c += LANES) {
      FloatVector alpha = load(row.alpha(), c);
      FloatVector gamma = load(row.gamma(), c);
      FloatVector dAlpha = load(sums.alpha(), c);
      FloatVector dShift = load(sums.shift(), c);
      FloatVector dGamma = load(sums.gamma(), c);
      FloatVector dBeta = load(sums.beta(), c);
      for (int i = c; i < rows * stride; i += stride) {
        FloatVector in = load(x, i);
        FloatVector up = load(g, i);
        FloatVector t;
        FloatVector p;
        if (tanh) {
          t = tanh(fma(in, alpha, shift));
          p = fma(t.neg(), t, 1);
        } else {
          t = load(values, i);
          p = load(slopes, i);
        }
        FloatVector inner = p.mul(up).mul(gamma);
        dGamma = fma(up, t, dGamma);
        dBeta = dBeta.add(up);
        dShift = dShift.add(inner);
        dAlpha = fma(inner, in, dAlpha);
        inner.mul(alpha).intoArray(g, i);
      }
      dAlpha.intoArray(sums.alpha(), c);
      dShift.intoArray(sums.shift(), c);
      dGamma.intoArray(sums.gamma(), c);
      dBeta.intoArray(sums.beta(), c);
    }
  }

  /** {@code u = α·x + s}. */
  private static void argument(float[] x, float[] u, int rows, int stride, ActivationRow row) {
    float shift = row.shift();
    for (int c = 0; c < stride; c += LANES) {
      FloatVector alpha = load(row.alpha(), c);
      for (int i = c; i < rows * stride; i += stride) {
        fma(load(x, i), alpha, shift).intoArray(u, i);
      }
    }
  }

  @Override
  public void join(float[] z, float alpha, float[] branch, int n) {
    FloatVector factor = FloatVector.broadcast(S, alpha);
    for (int i = 0; i < n; i += LANES) {
      fma(load(z, i), factor, load(branch, i)).intoArray(z, i);
    }
  }

  @Override
  public void scale(float[] a, float factor, int n) {
    for (int i = 0; i < n; i += LANES) {
      load(a, i).mul(factor).intoArray(a, i);
    }
  }

  @Override
  public void norm(Norm norm, float[] x, int rows, float[] gain, float[] bias) {
    int stride = norm.stride();
    float[] lanes = new float[LANES];
    for (int row = 0; row < rows; row++) {
      int at = row * stride;
      float mean = norm.centred() ? mean(norm, x, at, lanes) : 0;
      float r = deviation(norm, x, at, mean, lanes);
      for (int c = 0; c < stride; c += LANES) {
        fma(load(x, at + c).mul(r), load(gain, c), load(bias, c)).intoArray(x, at + c);
      }
    }
  }

  @Override
  public void normGradient(
      Norm norm,
      float[] x,
      float[] upstream,
      int rows,
      float[] gain,
      float[] dx,
      float[] dGain,
      float[] dBias) {
    int stride = norm.stride();
    float[] lanes = new float[LANES];
    for (int row = 0; row < rows; row++) {
      int at = row * stride;
      float mean = norm.centred() ? mean(norm, x, at, lanes) : 0;
      float r = deviation(norm, x, at, mean, lanes);
      FloatVector sum = FloatVector.zero(S);
      FloatVector product = FloatVector.zero(S);
      for (int c = 0; c < stride; c += LANES) {
        FloatVector g = load(upstream, at + c).mul(load(gain, c));
        sum = sum.add(g);
        product = fma(g, load(x, at + c), product);
      }
      sum.intoArray(lanes, 0);
      float middle = norm.centred() ? (float) (total(lanes) / norm.columns()) : 0;
      product.intoArray(lanes, 0);
      float projection = (float) (r * total(lanes) / norm.columns());
      for (int c = 0; c < stride; c += LANES) {
        FloatVector g = load(upstream, at + c).mul(load(gain, c));
        FloatVector z = load(x, at + c).mul(r);
        z.intoArray(x, at + c);
        fma(z, FloatVector.broadcast(S, -projection), g.sub(middle)).mul(r).intoArray(dx, at + c);
      }
    }
    for (int c = 0; c < stride; c += LANES) {
      FloatVector products = load(dGain, c);
      FloatVector sums = load(dBias, c);
      for (int i = c; i < rows * stride; i += stride) {
        FloatVector g = load(upstream, i);
        products = fma(g, load(x, i), products);
        sums = sums.add(g);
      }
      products.intoArray(dGain, c);
      sums.intoArray(dBias, c);
    }
  }

  private static float mean(Norm norm, float[] x, int at, float[] lanes) {
    int stride = norm.stride();
    FloatVector a = FloatVector.zero(S);
    FloatVector b = FloatVector.zero(S);
    int c = 0;
    for (; c + LANES < stride; c += 2 * LANES) {
      a = a.add(load(x, at + c));
      b = b.add(load(x, at + c + LANES));
    }
    if (c < stride) {
      a = a.add(load(x, at + c));
    }
    a.add(b).intoArray(lanes, 0);
    return (float) (total(lanes) / norm.columns());
  }

  /** Takes the mean off x and returns 1/√(variance + ε). */
  private static float deviation(Norm norm, float[] x, int at, float mean, float[] lanes) {
    float[] valid = norm.valid();
    int stride = norm.stride();
    FloatVector squares = FloatVector.zero(S);
    for (int c = 0; c < stride; c += LANES) {
      FloatVector z = load(x, at + c).sub(mean).mul(load(valid, c));
      z.intoArray(x, at + c);
      squares = fma(z, z, squares);
    }
    squares.intoArray(lanes, 0);
    return (float) (1 / Math.sqrt(total(lanes) / norm.columns() + norm.epsilon()));
  }

  private static double total(float[] lanes) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    for (int i = 0; i + 3 < LANES; i += 4) {
      s0 += lanes[i];
      s1 += lanes[i + 1];
      s2 += lanes[i + 2];
      s3 += lanes[i + 3];
    }
    return s0 + s1 + (s2 + s3);
  }

  @Override
  public void gelu(float[] x, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, i);
      v.mul(normalDistribution(v)).intoArray(x, i);
    }
  }

  @Override
  public void geluGradient(float[] x, float[] g, int n) {
    // two loops: the JIT does not inline all of it into one, and what is not inlined is boxed
    float[] distribution = new float[x.length];
    for (int i = 0; i < n; i += LANES) {
      normalDistribution(load(x, i)).intoArray(distribution, i);
    }
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, i);
      FloatVector density = expNegative(v.mul(v).mul(-0.5f)).mul(DENSITY_AT_0);
      fma(v, density, load(distribution, i)).mul(load(g, i)).intoArray(g, i);
    }
  }

  private static void squash(Squash squash, float[] u, float[] t, int n) {
    switch (squash) {
      case TANH -> {
        for (int i = 0; i < n; i += LANES) {
          tanh(load(u, i)).intoArray(t, i);
        }
      }
      case ERF -> {
        for (int i = 0; i < n; i += LANES) {
          erf(load(u, i)).intoArray(t, i);
        }
      }
      case IDENTITY -> System.arraycopy(u, 0, t, 0, n);
      case HARDTANH -> {
        for (int i = 0; i < n; i += LANES) {
          load(u, i).min(1).max(-1).intoArray(t, i);
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i += LANES) {
          FloatVector half = FloatVector.broadcast(S, 0.5f);
          fma(tanh(load(u, i).mul(half)), half, half).intoArray(t, i);
        }
      }
      case ISRU -> {
        for (int i = 0; i < n; i += LANES) {
          FloatVector v = load(u, i);
          v.div(fma(v, v, 1).sqrt()).intoArray(t, i);
        }
      }
      case ARCTAN -> throw new IllegalArgumentException("no loop for " + squash);
    }
  }

  /** Replaces u by the derivative there. */
  private static void derivative(Squash squash, float[] u, float[] t, int n) {
    switch (squash) {
      case TANH -> {
        for (int i = 0; i < n; i += LANES) {
          FloatVector v = load(t, i);
          fma(v.neg(), v, 1).intoArray(u, i);
        }
      }
      case ERF -> {
        for (int i = 0; i < n; i += LANES) {
          FloatVector v = load(u, i);
          expNegative(v.neg().mul(v)).mul(TWO_BY_SQRT_PI).intoArray(u, i);
        }
      }
      case IDENTITY -> Arrays.fill(u, 0, n, 1);
      case HARDTANH -> {
        for (int i = 0; i < n; i++) {
          u[i] = Math.abs(u[i]) < 1f ? 1f : 0f;
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i += LANES) {
          FloatVector v = load(t, i);
          fma(v.neg(), v, v).intoArray(u, i);
        }
      }
      case ISRU -> {
        for (int i = 0; i < n; i += LANES) {
          FloatVector v = load(u, i);
          FloatVector r = FloatVector.broadcast(S, 1).div(fma(v, v, 1));
          r.mul(r.sqrt()).intoArray(u, i);
        }
      }
      case ARCTAN -> throw new IllegalArgumentException("no loop for " + squash);
    }
  }

  @Override
  public void columnSums(float[] x, int rows, int stride, float[] sums) {
    for (int c = 0; c < stride; c += LANES) {
      FloatVector sum = load(sums, c);
      for (int i = c; i < rows * stride; i += stride) {
        sum = sum.add(load(x, i));
      }
      sum.intoArray(sums, c);
    }
  }
}
