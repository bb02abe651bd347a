package org.normfree.core.kernel;

import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * Vectors scaled by their norms, in double precision: weight norm, L2 normalization and their
 * gradients. The array is seen as [before, n, after], a vector for each of n places, which are
 * divided among the threads, so that the size of the team does not change a bit.
 */
final class DirectionTask implements Task {
  private static final int FLOATS = 4096;

  private final Scaling scaling;
  private final int before;
  private final int n;
  private final int after;
  private final Floats x;
  private final Floats upstream;
  private final Floats factors;
  private final Floats result;
  private final Floats dFactors;
  private final int threads;

  /** What becomes of a vector, from its norm. */
  interface Scaling {
    /** Factor of the vector. */
    double of(double norm, double factor);

    /** Factor of the upstream gradient in that of the vector. */
    default double upstream(double norm, double factor) {
      return of(norm, factor);
    }

    /**
     * What of the vector is taken off its gradient.
     *
     * @param along product of upstream gradient and unit vector
     */
    double off(double norm, double factor, double along);
  }

  /** {@code factor·v/‖v‖}, 0 for a vector of zeros. */
  static final Scaling WEIGHT_NORM =
      new Scaling() {
        @Override
        public double of(double norm, double factor) {
          return norm == 0 ? 0 : factor / norm;
        }

        @Override
        public double off(double norm, double factor, double along) {
          return norm == 0 ? 0 : factor * along / norm / norm;
        }
      };

  /** {@code v/max(‖v‖, ε)}. */
  static Scaling atLeast(double epsilon) {
    return new Scaling() {
      @Override
      public double of(double norm, double factor) {
        return 1 / Math.max(norm, epsilon);
      }

      @Override
      public double off(double norm, double factor, double along) {
        return norm < epsilon ? 0 : along / norm / norm;
      }
    };
  }

  /**
   * The vectors of an array.
   *
   * @param array the array
   * @param axis the axis along which they stand beside each other; null if they are the rows
   */
  record Vectors(Tensor array, Integer axis) {
    int n() {
      return axis == null ? array.rows() : Math.toIntExact(array.shape()[axis]);
    }

    int after() {
      int after = axis == null ? array.columns() : 1;
      for (int i = axis == null ? array.shape().length : axis + 1; i < array.shape().length; i++) {
        after *= Math.toIntExact(array.shape()[i]);
      }
      return after;
    }
  }

  private DirectionTask(
      Scaling scaling,
      Vectors vectors,
      Tensor upstream,
      Tensor factors,
      Tensor result,
      Tensor dFactors,
      int threads) {
    this.scaling = scaling;
    n = vectors.n();
    after = vectors.after();
    x = new Floats(vectors.array);
    before = Math.toIntExact(vectors.array.length() / Math.max(1, (long) n * after));
    this.upstream = upstream == null ? null : new Floats(upstream);
    this.factors = factors == null ? null : new Floats(factors);
    this.result = new Floats(result);
    this.dFactors = dFactors == null ? null : new Floats(dFactors);
    this.threads = threads;
  }

  /**
   * @param factors a factor of each vector; null for 1
   */
  static Task forward(
      Scaling scaling, Vectors vectors, Tensor factors, Tensor result, int threads) {
    return new DirectionTask(scaling, vectors, null, factors, result, null, threads);
  }

  /**
   * @param factors a factor of each vector; null for 1
   * @param dFactors where their gradients go; null where there are none
   */
  static Task backward(
      Scaling scaling,
      Vectors vectors,
      Tensor factors,
      Tensor upstream,
      Tensor result,
      Tensor dFactors,
      int threads) {
    return new DirectionTask(scaling, vectors, upstream, factors, result, dFactors, threads);
  }

  @Override
  public void run(int phase, int thread) {
    int some = Math.max(1, FLOATS / after);
    float[] a = new float[some * after];
    float[] b = new float[some * after];
    int end = Task.share(n, thread + 1, threads);
    for (int from = Task.share(n, thread, threads); from < end; from += some) {
      some(from, Math.min(some, end - from), a, b);
    }
  }

  /** A few neighbouring vectors. */
  private void some(int from, int count, float[] a, float[] b) {
    double[] norms = new double[count];
    double[] along = new double[count];
    for (int i = 0; i < before; i++) {
      read(x, i, from, count, a);
      addProducts(a, a, norms, count);
      if (upstream != null) {
        read(upstream, i, from, count, b);
        addProducts(a, b, along, count);
      }
    }
    float[] factor = new float[count];
    float[] gradient = new float[count];
    double[] own = new double[count];
    double[] other = new double[count];
    if (factors != null) {
      factors.read(from, factor, 0, count);
    }
    for (int j = 0; j < count; j++) {
      norms[j] = Math.sqrt(norms[j]);
      along[j] = norms[j] == 0 ? 0 : along[j] / norms[j];
      gradient[j] = (float) along[j];
      if (upstream == null) {
        own[j] = scaling.of(norms[j], factor[j]);
      } else {
        own[j] = -scaling.off(norms[j], factor[j], along[j]);
        other[j] = scaling.upstream(norms[j], factor[j]);
      }
    }
    for (int i = 0; i < before; i++) {
      read(x, i, from, count, a);
      if (upstream != null) {
        read(upstream, i, from, count, b);
      }
      combine(a, own, b, other, count);
      result.write((i * n + from) * after, a, 0, count * after);
    }
    if (dFactors != null) {
      dFactors.write(from, gradient, 0, count);
    }
  }

  private void read(Floats array, int before, int from, int count, float[] into) {
    array.read((before * n + from) * after, into, 0, count * after);
  }

  private void addProducts(float[] a, float[] b, double[] sums, int count) {
    for (int j = 0; j < count; j++) {
      double sum = 0;
      for (int i = j * after; i < (j + 1) * after; i++) {
        sum += (double) a[i] * b[i];
      }
      sums[j] += sum;
    }
  }

  /** {@code a ← own·a + other·b}, the latter two only where there is an upstream gradient. */
  private void combine(float[] a, double[] own, float[] b, double[] other, int count) {
    for (int j = 0; j < count; j++) {
      for (int i = j * after; i < (j + 1) * after; i++) {
        double value = own[j] * a[i];
        a[i] = (float) (upstream == null ? value : value + other[j] * b[i]);
      }
    }
  }
}
