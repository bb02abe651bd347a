package org.normfree.core.op;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An op whose arithmetic is loops in double precision that threads may share. Its reference is one
 * thread that does all of it; a kernel divides the same among more.
 */
public interface Shareable {
  /**
   * Prepares the work.
   *
   * @param operands the arrays, which are filled when the work begins
   * @param threads how many share it
   */
  Shares share(Operands operands, int threads);

  /** Work that threads share; they meet after each phase. */
  interface Shares {
    /** Number of phases. */
    int phases();

    /**
     * One thread's share of a phase; sums depend on the number of threads alone. A kernel asks for
     * as many as the shape tells where there are such.
     */
    void run(int phase, int thread);
  }

  /**
   * Arrays in double precision, row-major.
   *
   * @param shapes of the inputs
   * @param reals values of the inputs; null where they are integers
   * @param integers values of the inputs; null where they are reals
   * @param outputs 0 at the beginning
   */
  record Operands(
      List<long[]> shapes, List<double[]> reals, List<int[]> integers, List<double[]> outputs) {
    /** Values of an input. */
    public double[] real(int input) {
      return reals.get(input);
    }

    /** Values of an input of integers. */
    public int[] integer(int input) {
      return integers.get(input);
    }

    /** Size of an axis of an input, from the end if below 0. */
    public int size(int input, int axis) {
      long[] shape = shapes.get(input);
      return (int) shape[axis < 0 ? shape.length + axis : axis];
    }

    /** Where the values of an output go. */
    public double[] output(int index) {
      return outputs.get(index);
    }
  }

  /** The reference arithmetic: all of it by one thread. */
  static void compute(Shareable op, List<INDArray> inputs, List<INDArray> outputs) {
    List<double[]> reals = new ArrayList<>();
    List<int[]> integers = new ArrayList<>();
    for (INDArray input : inputs) {
      boolean integer = input.dataType() == DataType.INT32;
      reals.add(integer ? null : input.dup('c').data().asDouble());
      integers.add(integer ? input.dup('c').data().asInt() : null);
    }
    List<double[]> results = outputs.stream().map(o -> new double[(int) o.length()]).toList();
    List<long[]> shapes = inputs.stream().map(INDArray::shape).toList();
    Shares shares = op.share(new Operands(shapes, reals, integers, results), 1);
    for (int phase = 0; phase < shares.phases(); phase++) {
      shares.run(phase, 0);
    }
    for (int i = 0; i < outputs.size(); i++) {
      INDArray output = outputs.get(i);
      output.assign(Nd4j.createFromArray(results.get(i)).reshape(output.shape()));
    }
  }

  /**
   * Product of two vectors; four sums at a time, since one would wait for itself.
   *
   * @param a holds the first from {@code i} on
   * @param b holds the second from {@code j} on
   * @param n their length
   */
  static double dot(double[] a, int i, double[] b, int j, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int k = 0;
    for (; k + 3 < n; k += 4) {
      s0 += a[i + k] * b[j + k];
      s1 += a[i + k + 1] * b[j + k + 1];
      s2 += a[i + k + 2] * b[j + k + 2];
      s3 += a[i + k + 3] * b[j + k + 3];
    }
    for (; k < n; k++) {
      s0 += a[i + k] * b[j + k];
    }
    return s0 + s1 + (s2 + s3);
  }

  /** Start of a thread's share of {@code length} equal items. */
  static int share(int length, int thread, int threads) {
    return (int) ((long) length * thread / threads);
  }
}
