package org.normfree.core.kernel;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Linear maps {@code y = x·W + b} of one shape as one oneDNN product. */
final class OneDnnLinear {
  private record Shape(int rows, int in, int out, boolean bias, int threads) {}

  private final Prepared y;

  private OneDnnLinear(Shape shape) {
    View x = View.matrix(shape.rows, shape.in);
    View weight = View.matrix(shape.in, shape.out);
    View result = View.matrix(shape.rows, shape.out);
    y =
        shape.bias
            ? Product.biased(x, weight, result, View.matrix(1, shape.out))
            : Product.of(x, weight, result);
  }

  static void forward(List<INDArray> inputs, INDArray output) {
    INDArray weight = inputs.get(1);
    Floats result = new Floats(output);
    boolean bias = inputs.size() > 2;
    OneDnn here = OneDnn.current();
    Shape shape =
        new Shape(result.rows, (int) weight.size(0), result.columns, bias, here.threads());
    Prepared y = here.prepared(shape, OneDnnLinear.class, OneDnnLinear::new).y;
    long x = Floats.address(inputs.get(0));
    if (bias) {
      long added = Floats.address(inputs.get(2));
      y.run(x, Floats.address(weight), Floats.address(output), added);
    } else {
      y.run(x, Floats.address(weight), Floats.address(output));
    }
  }
}
