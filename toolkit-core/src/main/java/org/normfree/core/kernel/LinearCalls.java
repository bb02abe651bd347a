package org.normfree.core.kernel;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Linear maps as single BLAS calls into the output, without ND4J's copies. */
final class LinearCalls {
  private LinearCalls() {}

  static void forward(List<INDArray> inputs, INDArray output) {
    INDArray weight = inputs.get(1);
    Floats y = new Floats(output);
    int in = (int) weight.size(0);
    int out = (int) weight.size(1);
    boolean bias = inputs.size() > 2;
    if (bias) {
      float[] row = new Floats(inputs.get(2)).toArray();
      for (int i = 0; i < y.rows; i++) {
        y.put(i, row);
      }
    }
    multiply(false, false, y.rows, out, in, inputs.get(0), weight, bias ? 1 : 0, output);
  }

  static void backward(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray x = inputs.get(0);
    INDArray weight = inputs.get(1);
    INDArray upstream = inputs.get(2);
    int in = (int) weight.size(0);
    int out = (int) weight.size(1);
    Floats gradient = new Floats(upstream);
    int rows = gradient.rows;
    multiply(false, true, rows, in, out, upstream, weight, 0, outputs.get(0));
    multiply(true, false, in, out, rows, x, upstream, 0, outputs.get(1));
    if (outputs.size() > 2) {
      ColumnSums sums = new ColumnSums(out);
      float[] row = new float[out];
      for (int i = 0; i < rows; i++) {
        gradient.get(i, row);
        sums.add(row);
      }
      sums.writeTo(new Floats(outputs.get(2)));
    }
  }

  /** {@code c = op(a)·op(b) + beta·c}, all row-major; op(a) is [m, inner], op(b) is [inner, n]. */
  private static void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int inner,
      INDArray a,
      INDArray b,
      float beta,
      INDArray c) {
    cblas_sgemm(
        CblasRowMajor,
        transposeA ? CblasTrans : CblasNoTrans,
        transposeB ? CblasTrans : CblasNoTrans,
        m,
        n,
        inner,
        1f,
        address(a),
        transposeA ? m : inner,
        address(b),
        transposeB ? inner : n,
        beta,
        address(c),
        n);
  }

  private static FloatPointer address(INDArray array) {
    Pointer pointer = array.data().pointer();
    return new FloatPointer(pointer).position(pointer.position() + array.offset());
  }
}
