package org.normfree.core.kernel;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import org.bytedeco.javacpp.FloatPointer;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * {@code c = op(a)·op(b) + bias + addend} by OpenBLAS, without ND4J's copies; the rows of c are
 * divided into parts, as many whatever the team.
 */
final class BlasProduct implements Task {
  /** Results of a part at least. */
  private static final int PART = 1 << 11;

  private final boolean transposeA;
  private final boolean transposeB;
  private final Tensor a;
  private final Tensor b;
  private final Tensor c;
  private final Tensor addend;
  private final Floats result;
  private final Floats added;
  private final Floats bias;
  private final int m;
  private final int n;
  private final int inner;
  private final int threads;

  /**
   * @param a a matrix, or several that are taken for one of all their rows
   * @param bias null for none
   * @param addend null for none; may be the same memory as c
   */
  static Task task(
      boolean transposeA,
      boolean transposeB,
      Tensor a,
      Tensor b,
      Tensor c,
      Tensor bias,
      Tensor addend,
      int threads) {
    return DividedTask.of(
        DividedTask.parts(c.length(), PART),
        threads,
        parts -> new BlasProduct(transposeA, transposeB, a, b, c, bias, addend, parts));
  }

  private BlasProduct(
      boolean transposeA,
      boolean transposeB,
      Tensor a,
      Tensor b,
      Tensor c,
      Tensor bias,
      Tensor addend,
      int threads) {
    this.transposeA = transposeA;
    this.transposeB = transposeB;
    this.a = a;
    this.b = b;
    this.c = c;
    this.addend = addend;
    this.result = new Floats(c);
    this.added = addend == null ? null : new Floats(addend);
    this.bias = bias == null ? null : new Floats(bias);
    this.m = c.rows();
    this.n = c.columns();
    this.inner = transposeA ? a.rows() : a.columns();
    this.threads = threads;
  }

  @Override
  public void run(int phase, int thread) {
    int from = Task.share(m, thread, threads);
    int rows = Task.share(m, thread + 1, threads) - from;
    if (rows == 0) {
      return;
    }
    boolean more = bias != null || addend != null;
    boolean there = bias == null && addend != null && addend.address() == c.address();
    if (more && !there) {
      prefill(from, rows);
    }
    cblas_sgemm(
        CblasRowMajor,
        transposeA ? CblasTrans : CblasNoTrans,
        transposeB ? CblasTrans : CblasNoTrans,
        rows,
        n,
        inner,
        1f,
        pointer(a, transposeA ? from : (long) from * inner),
        transposeA ? m : inner,
        pointer(b, 0),
        transposeB ? inner : n,
        more ? 1 : 0,
        pointer(c, (long) from * n),
        n);
  }

  /** Writes what is added to the product where it will be. */
  private void prefill(int from, int rows) {
    float[] first = new float[n];
    if (bias != null) {
      bias.read(0, first, 0, n);
    }
    float[] row = first.clone();
    for (int i = from; i < from + rows; i++) {
      if (added != null) {
        added.read(i * n, row, 0, n);
        for (int j = 0; j < n; j++) {
          row[j] += first[j];
        }
      }
      result.write(i * n, row, 0, n);
    }
  }

  private static FloatPointer pointer(Tensor tensor, long offset) {
    return Floats.pointer(tensor.address() + offset * Float.BYTES, tensor.length() - offset);
  }
}
