package org.normfree.core.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.normfree.core.op.Squash;
import org.normfree.core.task.Scratch;

/**
 * Fused loops by the Vector API, one pass over a block each. Only loaded where the module {@code
 * jdk.incubator.vector} is there.
 *
 * <p>As in {@link VectorMath}, nothing but the API is called in a loop. Sums of lanes are taken one
 * by one: the API leaves the order of its own reductions open, which would give other bits in
 * interpreted code than in compiled code.
 */
final class VectorLoops implements RowLoops {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = S.length();
  private static final float TWO_BY_SQRT_PI = 1.1283792f;

  private final Scratch scratch = new Scratch(4);
  private float[] lanes = new float[LANES];
  private float[] others = new float[LANES];
  private float[] squares = new float[LANES];
  private float[] means = new float[1];
  private float[] scales = new float[1];

  /** For loading by name. */
  VectorLoops() {}

  @Override
  public String name() {
    return "Vector API, %s bits".formatted(S.vectorBitSize());
  }

  @Override
  public RowLoops another() {
    return new VectorLoops();
  }

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public void activation(Squash squash, float[] x, int rows, int stride, ActivationRow row) {
    if (squash == Squash.TANH) {
      VectorDyt.forward(x, rows, stride, row);
      return;
    }
    argument(x, x, rows, stride, row);
    squash(squash, x, x, rows * stride);
    affine(x, rows, stride, row.gamma(), row.beta());
  }

  @Override
  public void affine(float[] x, int rows, int stride, float[] factor, float[] addend) {
    for (int c = 0; c < stride; c += LANES) {
      FloatVector f = FloatVector.fromArray(S, factor, c);
      FloatVector a = FloatVector.fromArray(S, addend, c);
      for (int i = c; i < rows * stride; i += stride) {
        FloatVector.fromArray(S, x, i).fma(f, a).intoArray(x, i);
      }
    }
  }

  @Override
  public void affineGradient(
      float[] x,
      float[] g,
      int rows,
      int stride,
      float[] factor,
      float[] dFactor,
      float[] dAddend) {
    for (int c = 0; c < stride; c += LANES) {
      FloatVector f = FloatVector.fromArray(S, factor, c);
      FloatVector products = FloatVector.fromArray(S, dFactor, c);
      FloatVector sums = FloatVector.fromArray(S, dAddend, c);
      for (int i = c; i < rows * stride; i += stride) {
        FloatVector up = FloatVector.fromArray(S, g, i);
        products = up.fma(FloatVector.fromArray(S, x, i), products);
        sums = sums.add(up);
        up.mul(f).intoArray(g, i);
      }
      products.intoArray(dFactor, c);
      sums.intoArray(dAddend, c);
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
    if (squash == Squash.TANH) {
      VectorDyt.gradient(x, g, rows, stride, row, sums);
      return;
    }
    int n = rows * stride;
    float[] values = scratch.get(0, n);
    float[] slopes = scratch.get(1, n);
    argument(x, slopes, rows, stride, row);
    squash(squash, slopes, values, n);
    derivative(squash, slopes, values, n);
    combine(x, g, values, slopes, rows, stride, row, sums);
  }

  /** From the function's values and derivatives to the gradients. */
  private static void combine(
      float[] x,
      float[] g,
      float[] values,
      float[] slopes,
      int rows,
      int stride,
      ActivationRow row,
      ActivationSums sums) {
    for (int c = 0; c < stride; c += LANES) {
      FloatVector alpha = FloatVector.fromArray(S, row.alpha(), c);
      FloatVector gamma = FloatVector.fromArray(S, row.gamma(), c);
      FloatVector dAlpha = FloatVector.fromArray(S, sums.alpha(), c);
      FloatVector dShift = FloatVector.fromArray(S, sums.shift(), c);
      FloatVector dGamma = FloatVector.fromArray(S, sums.gamma(), c);
      FloatVector dBeta = FloatVector.fromArray(S, sums.beta(), c);
      for (int i = c; i < rows * stride; i += stride) {
        FloatVector up = FloatVector.fromArray(S, g, i);
        FloatVector inner = FloatVector.fromArray(S, slopes, i).mul(up).mul(gamma);
        dGamma = up.fma(FloatVector.fromArray(S, values, i), dGamma);
        dBeta = dBeta.add(up);
        dShift = dShift.add(inner);
        dAlpha = inner.fma(FloatVector.fromArray(S, x, i), dAlpha);
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
      FloatVector alpha = FloatVector.fromArray(S, row.alpha(), c);
      for (int i = c; i < rows * stride; i += stride) {
        FloatVector.fromArray(S, x, i).fma(alpha, FloatVector.broadcast(S, shift)).intoArray(u, i);
      }
    }
  }

  @Override
  public void join(float[] z, float alpha, float[] branch, int n) {
    FloatVector factor = FloatVector.broadcast(S, alpha);
    for (int i = 0; i < n; i += LANES) {
      FloatVector.fromArray(S, z, i)
          .fma(factor, FloatVector.fromArray(S, branch, i))
          .intoArray(z, i);
    }
  }

  @Override
  public void scale(float[] a, float factor, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector.fromArray(S, a, i).mul(factor).intoArray(a, i);
    }
  }

  /**
   * Rows are gone over several times, since a block lies in a cache nearby: adding up a row's lanes
   * takes longer than a short row itself, unless the sums of many rows overlap. The mean is taken
   * off anew each time, which costs less than writing what is left.
   */
  @Override
  public void norm(Norm norm, float[] x, int rows, float[] gain, float[] bias) {
    int stride = norm.stride();
    means(norm, x, rows);
    for (int row = 0; row < rows; row++) {
      squares(norm.valid(), x, row * stride, stride, means[row], squares, row * LANES);
    }
    scales(norm, x, rows);
    for (int row = 0; row < rows; row++) {
      affine(x, row * stride, means[row], scales[row], gain, bias, stride);
    }
  }

  private static void affine(
      float[] x, int at, float mean, float r, float[] gain, float[] bias, int stride) {
    for (int c = 0; c < stride; c += LANES) {
      FloatVector.fromArray(S, x, at + c)
          .sub(mean)
          .mul(r)
          .fma(FloatVector.fromArray(S, gain, c), FloatVector.fromArray(S, bias, c))
          .intoArray(x, at + c);
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
    means(norm, x, rows);
    for (int row = 0; row < rows; row++) {
      int at = row * stride;
      int to = row * LANES;
      gradientSums(
          norm.valid(), x, upstream, at, gain, stride, means[row], squares, lanes, others, to);
    }
    scales(norm, x, rows);
    for (int row = 0; row < rows; row++) {
      float mean = norm.centred() ? (float) (total(lanes, row) / norm.columns()) : 0;
      float projection = (float) (scales[row] * total(others, row) / norm.columns());
      int at = row * stride;
      inputGradient(x, upstream, at, gain, stride, means[row], scales[row], mean, projection, dx);
    }
    gainAndBias(x, upstream, rows, stride, dGain, dBias);
  }

  /** The mean of each row; 0 where none is taken off. */
  private void means(Norm norm, float[] x, int rows) {
    if (means.length < rows) {
      lanes = new float[rows * LANES];
      others = new float[rows * LANES];
      squares = new float[rows * LANES];
      means = new float[rows];
      scales = new float[rows];
    }
    Arrays.fill(means, 0, rows, 0);
    if (norm.centred()) {
      int stride = norm.stride();
      for (int row = 0; row < rows; row++) {
        sum(x, row * stride, stride, lanes, row * LANES);
      }
      for (int row = 0; row < rows; row++) {
        means[row] = (float) (total(lanes, row) / norm.columns());
      }
    }
  }

  /** From the squares of each row to its scale, 1/√(variance + ε). */
  private void scales(Norm norm, float[] x, int rows) {
    for (int row = 0; row < rows; row++) {
      scales[row] = norm.scale(total(squares, row), x, row * norm.stride(), means[row]);
    }
  }

  /** {@code Σ z²} of {@code z = x − mean}, a sum a lane. */
  private static void squares(
      float[] valid, float[] x, int at, int stride, float mean, float[] squares, int to) {
    FloatVector sum = FloatVector.zero(S);
    for (int c = 0; c < stride; c += LANES) {
      FloatVector z =
          FloatVector.fromArray(S, x, at + c).sub(mean).mul(FloatVector.fromArray(S, valid, c));
      sum = z.fma(z, sum);
    }
    sum.intoArray(squares, to);
  }

  /** {@code Σ z²}, {@code Σ g} and {@code Σ g·z} with {@code g = G·gain}, a sum a lane each. */
  private static void gradientSums(
      float[] valid,
      float[] x,
      float[] upstream,
      int at,
      float[] gain,
      int stride,
      float mean,
      float[] squares,
      float[] sums,
      float[] products,
      int to) {
    FloatVector square = FloatVector.zero(S);
    FloatVector sum = FloatVector.zero(S);
    FloatVector product = FloatVector.zero(S);
    for (int c = 0; c < stride; c += LANES) {
      FloatVector z =
          FloatVector.fromArray(S, x, at + c).sub(mean).mul(FloatVector.fromArray(S, valid, c));
      FloatVector g =
          FloatVector.fromArray(S, upstream, at + c).mul(FloatVector.fromArray(S, gain, c));
      square = z.fma(z, square);
      sum = sum.add(g);
      product = g.fma(z, product);
    }
    square.intoArray(squares, to);
    sum.intoArray(sums, to);
    product.intoArray(products, to);
  }

  /** Replaces x by {@code x̂ = r·(x − mean)} and computes dx. */
  private static void inputGradient(
      float[] x,
      float[] upstream,
      int at,
      float[] gain,
      int stride,
      float mean,
      float r,
      float meanGradient,
      float projection,
      float[] dx) {
    FloatVector minus = FloatVector.broadcast(S, -projection);
    for (int c = 0; c < stride; c += LANES) {
      FloatVector g =
          FloatVector.fromArray(S, upstream, at + c).mul(FloatVector.fromArray(S, gain, c));
      FloatVector normalized = FloatVector.fromArray(S, x, at + c).sub(mean).mul(r);
      normalized.intoArray(x, at + c);
      normalized.fma(minus, g.sub(meanGradient)).mul(r).intoArray(dx, at + c);
    }
  }

  private static void gainAndBias(
      float[] x, float[] upstream, int rows, int stride, float[] dGain, float[] dBias) {
    for (int c = 0; c < stride; c += LANES) {
      FloatVector products = FloatVector.fromArray(S, dGain, c);
      FloatVector sums = FloatVector.fromArray(S, dBias, c);
      for (int i = c; i < rows * stride; i += stride) {
        FloatVector g = FloatVector.fromArray(S, upstream, i);
        products = g.fma(FloatVector.fromArray(S, x, i), products);
        sums = sums.add(g);
      }
      products.intoArray(dGain, c);
      sums.intoArray(dBias, c);
    }
  }

  /** The sum of a row, a sum a lane. */
  private static void sum(float[] x, int at, int stride, float[] lanes, int to) {
    FloatVector a = FloatVector.zero(S);
    FloatVector b = FloatVector.zero(S);
    int c = 0;
    for (; c + LANES < stride; c += 2 * LANES) {
      a = a.add(FloatVector.fromArray(S, x, at + c));
      b = b.add(FloatVector.fromArray(S, x, at + c + LANES));
    }
    if (c < stride) {
      a = a.add(FloatVector.fromArray(S, x, at + c));
    }
    a.add(b).intoArray(lanes, to);
  }

  /** The sum of a row's lanes. */
  private static double total(float[] lanes, int row) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int end = (row + 1) * LANES;
    for (int i = row * LANES; i + 3 < end; i += 4) {
      s0 += lanes[i];
      s1 += lanes[i + 1];
      s2 += lanes[i + 2];
      s3 += lanes[i + 3];
    }
    return s0 + s1 + (s2 + s3);
  }

  @Override
  public void correlate(
      float[] x,
      float[] g,
      int count,
      int stride,
      int taps,
      int step,
      int dilation,
      float[] sums,
      int at) {
    for (int c = 0; c < stride; c += LANES) {
      int tap = 0;
      for (; step == dilation && tap + 6 < taps; tap += 7) {
        sevenTaps(x, g, count, stride, c, tap * dilation + c, step, sums, at + tap * stride);
      }
      for (; tap + 3 < taps; tap += 4) {
        fourTaps(
            x, g, count, stride, c, tap * dilation + c, step, dilation, sums, at + tap * stride);
      }
      for (; tap < taps; tap++) {
        oneTap(x, g, count, stride, c, tap * dilation + c, step, sums, at + tap * stride + c);
      }
    }
  }

  /**
   * The usual window, a step and a tap being as far: what four rows of g see is read once. Reading
   * is what these loops wait for.
   */
  private static void sevenTaps(
      float[] x,
      float[] g,
      int count,
      int stride,
      int column,
      int first,
      int step,
      float[] sums,
      int at) {
    FloatVector s0 = FloatVector.fromArray(S, sums, at + column);
    FloatVector s1 = FloatVector.fromArray(S, sums, at + stride + column);
    FloatVector s2 = FloatVector.fromArray(S, sums, at + 2 * stride + column);
    FloatVector s3 = FloatVector.fromArray(S, sums, at + 3 * stride + column);
    FloatVector s4 = FloatVector.fromArray(S, sums, at + 4 * stride + column);
    FloatVector s5 = FloatVector.fromArray(S, sums, at + 5 * stride + column);
    FloatVector s6 = FloatVector.fromArray(S, sums, at + 6 * stride + column);
    int i = 0;
    for (; i + 3 < count; i += 4) {
      int up = i * stride + column;
      int seen = i * step + first;
      FloatVector g0 = FloatVector.fromArray(S, g, up);
      FloatVector g1 = FloatVector.fromArray(S, g, up + stride);
      FloatVector g2 = FloatVector.fromArray(S, g, up + 2 * stride);
      FloatVector g3 = FloatVector.fromArray(S, g, up + 3 * stride);
      FloatVector in = FloatVector.fromArray(S, x, seen);
      s0 = g0.fma(in, s0);
      in = FloatVector.fromArray(S, x, seen + step);
      s1 = g0.fma(in, s1);
      s0 = g1.fma(in, s0);
      in = FloatVector.fromArray(S, x, seen + 2 * step);
      s2 = g0.fma(in, s2);
      s1 = g1.fma(in, s1);
      s0 = g2.fma(in, s0);
      in = FloatVector.fromArray(S, x, seen + 3 * step);
      s3 = g0.fma(in, s3);
      s2 = g1.fma(in, s2);
      s1 = g2.fma(in, s1);
      s0 = g3.fma(in, s0);
      in = FloatVector.fromArray(S, x, seen + 4 * step);
      s4 = g0.fma(in, s4);
      s3 = g1.fma(in, s3);
      s2 = g2.fma(in, s2);
      s1 = g3.fma(in, s1);
      in = FloatVector.fromArray(S, x, seen + 5 * step);
      s5 = g0.fma(in, s5);
      s4 = g1.fma(in, s4);
      s3 = g2.fma(in, s3);
      s2 = g3.fma(in, s2);
      in = FloatVector.fromArray(S, x, seen + 6 * step);
      s6 = g0.fma(in, s6);
      s5 = g1.fma(in, s5);
      s4 = g2.fma(in, s4);
      s3 = g3.fma(in, s3);
      in = FloatVector.fromArray(S, x, seen + 7 * step);
      s6 = g1.fma(in, s6);
      s5 = g2.fma(in, s5);
      s4 = g3.fma(in, s4);
      in = FloatVector.fromArray(S, x, seen + 8 * step);
      s6 = g2.fma(in, s6);
      s5 = g3.fma(in, s5);
      in = FloatVector.fromArray(S, x, seen + 9 * step);
      s6 = g3.fma(in, s6);
    }
    for (; i < count; i++) {
      FloatVector up = FloatVector.fromArray(S, g, i * stride + column);
      int seen = i * step + first;
      s0 = up.fma(FloatVector.fromArray(S, x, seen), s0);
      s1 = up.fma(FloatVector.fromArray(S, x, seen + step), s1);
      s2 = up.fma(FloatVector.fromArray(S, x, seen + 2 * step), s2);
      s3 = up.fma(FloatVector.fromArray(S, x, seen + 3 * step), s3);
      s4 = up.fma(FloatVector.fromArray(S, x, seen + 4 * step), s4);
      s5 = up.fma(FloatVector.fromArray(S, x, seen + 5 * step), s5);
      s6 = up.fma(FloatVector.fromArray(S, x, seen + 6 * step), s6);
    }
    s0.intoArray(sums, at + column);
    s1.intoArray(sums, at + stride + column);
    s2.intoArray(sums, at + 2 * stride + column);
    s3.intoArray(sums, at + 3 * stride + column);
    s4.intoArray(sums, at + 4 * stride + column);
    s5.intoArray(sums, at + 5 * stride + column);
    s6.intoArray(sums, at + 6 * stride + column);
  }

  private static void fourTaps(
      float[] x,
      float[] g,
      int count,
      int stride,
      int column,
      int first,
      int step,
      int dilation,
      float[] sums,
      int at) {
    FloatVector s0 = FloatVector.fromArray(S, sums, at + column);
    FloatVector s1 = FloatVector.fromArray(S, sums, at + stride + column);
    FloatVector s2 = FloatVector.fromArray(S, sums, at + 2 * stride + column);
    FloatVector s3 = FloatVector.fromArray(S, sums, at + 3 * stride + column);
    for (int i = 0; i < count; i++) {
      FloatVector up = FloatVector.fromArray(S, g, i * stride + column);
      int seen = i * step + first;
      s0 = up.fma(FloatVector.fromArray(S, x, seen), s0);
      s1 = up.fma(FloatVector.fromArray(S, x, seen + dilation), s1);
      s2 = up.fma(FloatVector.fromArray(S, x, seen + 2 * dilation), s2);
      s3 = up.fma(FloatVector.fromArray(S, x, seen + 3 * dilation), s3);
    }
    s0.intoArray(sums, at + column);
    s1.intoArray(sums, at + stride + column);
    s2.intoArray(sums, at + 2 * stride + column);
    s3.intoArray(sums, at + 3 * stride + column);
  }

  private static void oneTap(
      float[] x,
      float[] g,
      int count,
      int stride,
      int column,
      int first,
      int step,
      float[] sums,
      int at) {
    FloatVector sum = FloatVector.fromArray(S, sums, at);
    for (int i = 0; i < count; i++) {
      sum =
          FloatVector.fromArray(S, g, i * stride + column)
              .fma(FloatVector.fromArray(S, x, i * step + first), sum);
    }
    sum.intoArray(sums, at);
  }

  @Override
  public void moments(
      float[] x, int rows, int stride, float[] pivot, float[] sums, float[] squares) {
    for (int c = 0; c < stride; c += LANES) {
      FloatVector p = FloatVector.fromArray(S, pivot, c);
      FloatVector sum = FloatVector.fromArray(S, sums, c);
      FloatVector square = FloatVector.fromArray(S, squares, c);
      FloatVector sum1 = FloatVector.zero(S);
      FloatVector square1 = sum1;
      FloatVector sum2 = sum1;
      FloatVector square2 = sum1;
      FloatVector sum3 = sum1;
      FloatVector square3 = sum1;
      int end = rows * stride;
      int i = c;
      // four chains, because an addition waits for the one before
      for (; i + 3 * stride < end; i += 4 * stride) {
        FloatVector d = FloatVector.fromArray(S, x, i).sub(p);
        sum = sum.add(d);
        square = d.fma(d, square);
        FloatVector d1 = FloatVector.fromArray(S, x, i + stride).sub(p);
        sum1 = sum1.add(d1);
        square1 = d1.fma(d1, square1);
        FloatVector d2 = FloatVector.fromArray(S, x, i + 2 * stride).sub(p);
        sum2 = sum2.add(d2);
        square2 = d2.fma(d2, square2);
        FloatVector d3 = FloatVector.fromArray(S, x, i + 3 * stride).sub(p);
        sum3 = sum3.add(d3);
        square3 = d3.fma(d3, square3);
      }
      for (; i < end; i += stride) {
        FloatVector d = FloatVector.fromArray(S, x, i).sub(p);
        sum = sum.add(d);
        square = d.fma(d, square);
      }
      sum.add(sum1).add(sum2.add(sum3)).intoArray(sums, c);
      square.add(square1).add(square2.add(square3)).intoArray(squares, c);
    }
  }

  @Override
  public void groupSums(
      float[] x,
      float[] g,
      int rows,
      int stride,
      float[] pivot,
      float[] gain,
      float[] sums,
      float[] products) {
    for (int c = 0; c < stride; c += LANES) {
      FloatVector p = FloatVector.fromArray(S, pivot, c);
      FloatVector factor = FloatVector.fromArray(S, gain, c);
      FloatVector sum = FloatVector.fromArray(S, sums, c);
      FloatVector product = FloatVector.fromArray(S, products, c);
      FloatVector sum1 = FloatVector.zero(S);
      FloatVector product1 = sum1;
      FloatVector sum2 = sum1;
      FloatVector product2 = sum1;
      FloatVector sum3 = sum1;
      FloatVector product3 = sum1;
      int end = rows * stride;
      int i = c;
      for (; i + 3 * stride < end; i += 4 * stride) {
        FloatVector u = FloatVector.fromArray(S, g, i).mul(factor);
        sum = sum.add(u);
        product = u.fma(FloatVector.fromArray(S, x, i).sub(p), product);
        FloatVector u1 = FloatVector.fromArray(S, g, i + stride).mul(factor);
        sum1 = sum1.add(u1);
        product1 = u1.fma(FloatVector.fromArray(S, x, i + stride).sub(p), product1);
        FloatVector u2 = FloatVector.fromArray(S, g, i + 2 * stride).mul(factor);
        sum2 = sum2.add(u2);
        product2 = u2.fma(FloatVector.fromArray(S, x, i + 2 * stride).sub(p), product2);
        FloatVector u3 = FloatVector.fromArray(S, g, i + 3 * stride).mul(factor);
        sum3 = sum3.add(u3);
        product3 = u3.fma(FloatVector.fromArray(S, x, i + 3 * stride).sub(p), product3);
      }
      for (; i < end; i += stride) {
        FloatVector u = FloatVector.fromArray(S, g, i).mul(factor);
        sum = sum.add(u);
        product = u.fma(FloatVector.fromArray(S, x, i).sub(p), product);
      }
      sum.add(sum1).add(sum2.add(sum3)).intoArray(sums, c);
      product.add(product1).add(product2.add(product3)).intoArray(products, c);
    }
  }

  @Override
  public void normalize(
      float[] x, float[] more, boolean rectified, int rows, int stride, GroupRow row) {
    FloatVector zero = FloatVector.zero(S);
    for (int c = 0; c < stride; c += LANES) {
      FloatVector pivot = FloatVector.fromArray(S, row.pivot(), c);
      FloatVector offset = FloatVector.fromArray(S, row.offset(), c);
      FloatVector factor = FloatVector.fromArray(S, row.factor(), c);
      FloatVector addend = FloatVector.fromArray(S, row.addend(), c);
      int end = rows * stride;
      if (more == null && !rectified) {
        for (int i = c; i < end; i += stride) {
          FloatVector.fromArray(S, x, i).sub(pivot).sub(offset).fma(factor, addend).intoArray(x, i);
        }
      } else if (more == null) {
        for (int i = c; i < end; i += stride) {
          FloatVector v = FloatVector.fromArray(S, x, i).sub(pivot).sub(offset).fma(factor, addend);
          v.blend(zero, v.lt(zero)).intoArray(x, i);
        }
      } else if (rectified) {
        for (int i = c; i < end; i += stride) {
          FloatVector v =
              FloatVector.fromArray(S, x, i)
                  .sub(pivot)
                  .sub(offset)
                  .fma(factor, addend)
                  .add(FloatVector.fromArray(S, more, i));
          v.blend(zero, v.lt(zero)).intoArray(x, i);
        }
      } else {
        for (int i = c; i < end; i += stride) {
          FloatVector.fromArray(S, x, i)
              .sub(pivot)
              .sub(offset)
              .fma(factor, addend)
              .add(FloatVector.fromArray(S, more, i))
              .intoArray(x, i);
        }
      }
    }
  }

  @Override
  public void gate(float[] x, float[] g, int rows, int stride, GroupRow row) {
    FloatVector zero = FloatVector.zero(S);
    for (int c = 0; c < stride; c += LANES) {
      FloatVector pivot = FloatVector.fromArray(S, row.pivot(), c);
      FloatVector offset = FloatVector.fromArray(S, row.offset(), c);
      FloatVector factor = FloatVector.fromArray(S, row.factor(), c);
      FloatVector addend = FloatVector.fromArray(S, row.addend(), c);
      for (int i = c; i < rows * stride; i += stride) {
        FloatVector v = FloatVector.fromArray(S, x, i).sub(pivot).sub(offset).fma(factor, addend);
        zero.blend(FloatVector.fromArray(S, g, i), zero.lt(v)).intoArray(g, i);
      }
    }
  }

  @Override
  public void groupGradient(
      float[] x, float[] g, int rows, int stride, GroupRow row, float[] toGain, float[] toBias) {
    for (int c = 0; c < stride; c += LANES) {
      FloatVector pivot = FloatVector.fromArray(S, row.pivot(), c);
      FloatVector offset = FloatVector.fromArray(S, row.offset(), c);
      FloatVector scale = FloatVector.fromArray(S, row.scale(), c);
      FloatVector factor = FloatVector.fromArray(S, row.factor(), c);
      FloatVector slope = FloatVector.fromArray(S, row.slope(), c);
      FloatVector addend = FloatVector.fromArray(S, row.addend(), c);
      if (toGain == null) {
        for (int i = c; i < rows * stride; i += stride) {
          FloatVector h = FloatVector.fromArray(S, x, i).sub(pivot).sub(offset).mul(scale);
          FloatVector.fromArray(S, g, i).fma(factor, h.fma(slope, addend)).intoArray(g, i);
        }
        continue;
      }
      FloatVector gain = FloatVector.fromArray(S, toGain, c);
      FloatVector bias = FloatVector.fromArray(S, toBias, c);
      for (int i = c; i < rows * stride; i += stride) {
        FloatVector up = FloatVector.fromArray(S, g, i);
        FloatVector h = FloatVector.fromArray(S, x, i).sub(pivot).sub(offset).mul(scale);
        gain = up.fma(h, gain);
        bias = bias.add(up);
        up.fma(factor, h.fma(slope, addend)).intoArray(g, i);
      }
      gain.intoArray(toGain, c);
      bias.intoArray(toBias, c);
    }
  }

  @Override
  public void relu(float[] x, int n) {
    FloatVector zero = FloatVector.zero(S);
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      v.blend(zero, v.lt(zero)).intoArray(x, i);
    }
  }

  @Override
  public void reluGradient(float[] x, float[] g, int n) {
    FloatVector zero = FloatVector.zero(S);
    for (int i = 0; i < n; i += LANES) {
      FloatVector up = FloatVector.fromArray(S, g, i);
      zero.blend(up, zero.lt(FloatVector.fromArray(S, x, i))).intoArray(g, i);
    }
  }

  @Override
  public void tanh(float[] x, int n) {
    VectorMath.tanh(x, 1, 1, 0, x, n);
  }

  @Override
  public void tanhGradient(float[] x, float[] g, int n) {
    float[] t = scratch.get(0, n + LANES);
    VectorMath.tanh(x, 1, 1, 0, t, n);
    for (int i = 0; i < n; i += LANES) {
      FloatVector value = FloatVector.fromArray(S, t, i);
      FloatVector slope = FloatVector.broadcast(S, 1).sub(value.mul(value));
      FloatVector.fromArray(S, g, i).mul(slope).intoArray(g, i);
    }
  }

  @Override
  public void gelu(float[] x, int n) {
    float[] phi = scratch.get(0, n + LANES);
    VectorMath.normal(x, phi, scratch.get(1, n + LANES), n);
    multiply(x, phi, n);
  }

  @Override
  public void geluWithSlope(float[] x, float[] slope, int n) {
    float[] phi = scratch.get(0, n + LANES);
    float[] density = scratch.get(1, n + LANES);
    VectorMath.normal(x, phi, density, n);
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector p = FloatVector.fromArray(S, phi, i);
      v.fma(FloatVector.fromArray(S, density, i), p).intoArray(slope, i);
      v.mul(p).intoArray(x, i);
    }
  }

  @Override
  public void geluGradient(float[] x, float[] g, int n) {
    float[] phi = scratch.get(0, n + LANES);
    float[] density = scratch.get(1, n + LANES);
    VectorMath.normal(x, phi, density, n);
    geluSlope(x, phi, density, g, n);
  }

  /** {@code g ← g·(Φ(x) + x·φ(x))}. */
  private static void geluSlope(float[] x, float[] phi, float[] density, float[] g, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector.fromArray(S, x, i)
          .fma(FloatVector.fromArray(S, density, i), FloatVector.fromArray(S, phi, i))
          .mul(FloatVector.fromArray(S, g, i))
          .intoArray(g, i);
    }
  }

  @Override
  public void tanhGelu(float[] x, int n) {
    multiply(x, tanhGeluSigma(x, scratch.get(1, n + LANES), n), n);
  }

  @Override
  public void tanhGeluWithSlope(float[] x, float[] slope, int n) {
    float[] complement = scratch.get(1, n + LANES);
    float[] sigma = tanhGeluSigma(x, complement, n);
    tanhGeluSlope(x, sigma, complement, slope, n);
    multiply(x, sigma, n);
  }

  @Override
  public void tanhGeluGradient(float[] x, float[] g, int n) {
    float[] complement = scratch.get(1, n + LANES);
    float[] sigma = tanhGeluSigma(x, complement, n);
    tanhGeluSlope(x, sigma, complement, complement, n);
    multiply(g, complement, n);
  }

  /** σ(w), and 1 − σ(w). */
  private float[] tanhGeluSigma(float[] x, float[] complement, int n) {
    float[] w = scratch.get(2, n + LANES);
    FloatVector one = FloatVector.broadcast(S, 1);
    for (int i = 0; i < n; i += LANES) {
      FloatVector u = FloatVector.fromArray(S, x, i).min(TANH_GELU_ENDS).max(-TANH_GELU_ENDS);
      u.mul(u).mul(TANH_GELU_CUBIC).add(one).mul(u.mul(TANH_GELU_LINEAR)).intoArray(w, i);
    }
    float[] sigma = scratch.get(0, n + LANES);
    VectorMath.logistic(w, sigma, complement, n);
    return sigma;
  }

  /** {@code slope ← σ + x·σ(1 − σ)·w′}. */
  private static void tanhGeluSlope(
      float[] x, float[] sigma, float[] complement, float[] slope, int n) {
    FloatVector one = FloatVector.broadcast(S, 1);
    for (int i = 0; i < n; i += LANES) {
      FloatVector u = FloatVector.fromArray(S, x, i).min(TANH_GELU_ENDS).max(-TANH_GELU_ENDS);
      FloatVector rise = u.mul(u).mul(3 * TANH_GELU_CUBIC).add(one).mul(u.mul(TANH_GELU_LINEAR));
      FloatVector.fromArray(S, complement, i)
          .fma(rise, one)
          .mul(FloatVector.fromArray(S, sigma, i))
          .intoArray(slope, i);
    }
  }

  @Override
  public void silu(float[] x, int n) {
    float[] sigma = scratch.get(0, n + LANES);
    VectorMath.logistic(x, sigma, scratch.get(1, n + LANES), n);
    multiply(x, sigma, n);
  }

  @Override
  public void siluWithSlope(float[] x, float[] slope, int n) {
    float[] sigma = scratch.get(0, n + LANES);
    siluSlope(x, sigma, slope, n);
    multiply(x, sigma, n);
  }

  @Override
  public void siluGradient(float[] x, float[] g, int n) {
    float[] slope = scratch.get(3, n + LANES);
    siluSlope(x, scratch.get(0, n + LANES), slope, n);
    multiply(g, slope, n);
  }

  /** {@code slope ← σ·(1 + x·(1 − σ))}, and σ. */
  private void siluSlope(float[] x, float[] sigma, float[] slope, int n) {
    float[] complement = scratch.get(1, n + LANES);
    VectorMath.logistic(x, sigma, complement, n);
    for (int i = 0; i < n; i += LANES) {
      FloatVector.fromArray(S, complement, i)
          .fma(FloatVector.fromArray(S, x, i), FloatVector.broadcast(S, 1))
          .mul(FloatVector.fromArray(S, sigma, i))
          .intoArray(slope, i);
    }
  }

  private void squash(Squash squash, float[] u, float[] t, int n) {
    switch (squash) {
      case ERF -> VectorMath.erf(u, 1, 1, 0, t, n);
      case IDENTITY -> System.arraycopy(u, 0, t, 0, n);
      case HARDTANH -> clip(u, t, n);
      case SIGMOID -> VectorMath.logistic(u, t, scratch.get(2, n), n);
      case ISRU -> isru(u, t, n);
      case SATURSIN -> VectorMath.sine(u, t, n);
      case SOFTSIGN -> softsign(u, t, n);
      case TANH, ARCTAN -> throw new IllegalArgumentException("no loop for " + squash);
    }
  }

  /** Replaces u by the derivative there. */
  private static void derivative(Squash squash, float[] u, float[] t, int n) {
    switch (squash) {
      case ERF -> VectorMath.gaussian(u, 1, TWO_BY_SQRT_PI, u, n);
      case IDENTITY -> Arrays.fill(u, 0, n, 1);
      case HARDTANH -> inside(u, n);
      case SIGMOID -> {
        VectorMath.logistic(u, t, u, n);
        multiply(u, t, n);
      }
      case ISRU -> isruDerivative(u, n);
      case SATURSIN -> VectorMath.cosine(u, u, n);
      case SOFTSIGN -> softsignDerivative(u, n);
      case TANH, ARCTAN -> throw new IllegalArgumentException("no loop for " + squash);
    }
  }

  private static void clip(float[] u, float[] t, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector.fromArray(S, u, i).min(1).max(-1).intoArray(t, i);
    }
  }

  private static void inside(float[] u, int n) {
    FloatVector one = FloatVector.broadcast(S, 1);
    for (int i = 0; i < n; i += LANES) {
      FloatVector.zero(S).blend(one, FloatVector.fromArray(S, u, i).abs().lt(one)).intoArray(u, i);
    }
  }

  private static void isru(float[] u, float[] t, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(S, u, i).min(ISRU_LIMIT).max(-ISRU_LIMIT);
      v.div(v.fma(v, FloatVector.broadcast(S, 1)).sqrt()).intoArray(t, i);
    }
  }

  private static void isruDerivative(float[] u, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(S, u, i);
      FloatVector r = FloatVector.broadcast(S, 1).div(v.fma(v, FloatVector.broadcast(S, 1)));
      r.mul(r.sqrt()).intoArray(u, i);
    }
  }

  private static void softsign(float[] u, float[] t, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(S, u, i);
      v.div(v.abs().add(1)).intoArray(t, i);
    }
  }

  private static void softsignDerivative(float[] u, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(S, u, i);
      FloatVector r = FloatVector.broadcast(S, 1).div(v.abs().add(1));
      r.mul(r).intoArray(u, i);
    }
  }

  /** {@code a ← a∘b}. */
  private static void multiply(float[] a, float[] b, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector.fromArray(S, a, i).mul(FloatVector.fromArray(S, b, i)).intoArray(a, i);
    }
  }

  @Override
  public void columnSums(float[] x, int rows, int stride, float[] sums) {
    for (int c = 0; c < stride; c += LANES) {
      FloatVector sum = FloatVector.fromArray(S, sums, c);
      for (int i = c; i < rows * stride; i += stride) {
        sum = sum.add(FloatVector.fromArray(S, x, i));
      }
      sum.intoArray(sums, c);
    }
  }

  @Override
  public void powers(float[] x, float[] y, int n) {
    VectorScan.powers(x, y, n);
  }

  @Override
  public void softplus(float[] x, float[] slope, int n) {
    VectorScan.softplus(x, slope, n);
  }

  @Override
  public void scan(ScanBlock block) {
    VectorScan.scan(block);
  }

  @Override
  public void scanGradient(ScanBlock block) {
    VectorScan.scanGradient(block);
  }

  @Override
  public int panel() {
    return VectorProduct.PANEL;
  }

  @Override
  public void product(
      Operand a, Panels b, Operand c, int rows, int inner, int columns, boolean added) {
    VectorProduct.product(a, b, c, rows, inner, columns, added);
  }

  @Override
  public void softmax(float[] x, int stride, int rows, int columns, float[] visible, float scale) {
    VectorSoftmax.softmax(x, stride, rows, columns, visible, scale);
  }

  @Override
  public void softmaxGradient(
      float[] p, float[] g, int stride, int rows, int columns, float scale) {
    VectorSoftmax.softmaxGradient(p, g, stride, rows, columns, scale);
  }

  @Override
  public void laneSums(float[] rows, int count, float[] sums) {
    VectorScan.laneSums(rows, count, sums);
  }

  @Override
  public SignalLoops signals() {
    return new VectorSignal();
  }

  @Override
  public WinogradLoops winograd() {
    return new VectorWinograd();
  }
}
