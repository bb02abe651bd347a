package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradients of linear maps of one shape, {@code dx = G·Wᵀ}, {@code dW = xᵀ·G}, {@code db = Σ_rows
 * G}, as oneDNN products; transposed operands are read where they lie.
 */
final class OneDnnLinearGradient {
  private record Shape(int rows, int in, int out, int threads) {}

  private final Prepared dx;
  private final Prepared dWeight;

  /** The sums as a product with a row of ones; oneDNN's own reduction is a plain loop. */
  private final Prepared dBias;

  private final FloatPointer ones;

  private OneDnnLinearGradient(Shape shape) {
    View x = View.matrix(shape.rows, shape.in);
    View weight = View.matrix(shape.in, shape.out);
    View upstream = View.matrix(shape.rows, shape.out);
    dx = Product.of(upstream, weight.transposed(), x);
    dWeight = Product.of(x.transposed(), upstream, weight);
    dBias = Product.of(View.matrix(1, shape.rows), upstream, View.matrix(1, shape.out));
    float[] row = new float[shape.rows];
    Arrays.fill(row, 1);
    ones = new FloatPointer(row);
  }

  static void backward(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray weight = inputs.get(1);
    Floats gradient = new Floats(inputs.get(2));
    OneDnn here = OneDnn.current();
    Shape shape = new Shape(gradient.rows, (int) weight.size(0), gradient.columns, here.threads());
    OneDnnLinearGradient linear =
        here.prepared(shape, OneDnnLinearGradient.class, OneDnnLinearGradient::new);
    long upstream = Floats.address(inputs.get(2));
    linear.dx.run(upstream, Floats.address(weight), Floats.address(outputs.get(0)));
    linear.dWeight.run(Floats.address(inputs.get(0)), upstream, Floats.address(outputs.get(1)));
    if (outputs.size() > 2) {
      linear.dBias.run(linear.ones.address(), upstream, Floats.address(outputs.get(2)));
    }
  }
}
