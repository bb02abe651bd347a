package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gradient of {@link Linear}, on rows: {@code dx = G·Wᵀ}, {@code dW = xᵀ·G}, {@code db = Σ_rows G}.
 * Inputs: x, W, G. Outputs: dx, dW and, if there is a bias, db.
 */
public class LinearGradient extends GradientOp {
  /** For cloning and loading. */
  public LinearGradient() {}

  LinearGradient(SameDiff sd, boolean bias, SDVariable... inputs) {
    super(sd, inputs);
    addBArgument(bias);
  }

  private boolean bias() {
    return bArgs()[0];
  }

  @Override
  public String opName() {
    return "normfree_linear_gradient";
  }

  @Override
  public int getNumOutputs() {
    return bias() ? 3 : 2;
  }

  @Override
  protected void check(List<long[]> shapes) {}

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    long[] weight = shapes.get(1);
    return bias()
        ? List.of(shapes.get(0), weight, new long[] {weight[1]})
        : List.of(shapes.get(0), weight);
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray upstream = rows(inputs.get(2));
    Nd4j.matmul(upstream, inputs.get(1), rows(outputs.get(0)), false, true, false);
    Nd4j.matmul(rows(inputs.get(0)), upstream, outputs.get(1), true, false, false);
    if (bias()) {
      outputs.get(2).assign(upstream.sum(0));
    }
  }

  /** Two matrix products and a sum over rows. */
  @Override
  public boolean lower(Steps steps) {
    Steps.Array x = steps.input(0);
    Steps.Array upstream = steps.input(2).matrix();
    if (steps.wants(0)) {
      MatrixProduct toInput = new MatrixProduct(false, true, false, false);
      steps.result(0, steps.compute(toInput, upstream, steps.input(1)).reshaped(x.shape()));
    }
    if (steps.wants(1)) {
      MatrixProduct toWeight = new MatrixProduct(true, false, false, false);
      steps.result(1, steps.compute(toWeight, x.matrix(), upstream));
    }
    if (bias() && steps.wants(2)) {
      steps.result(2, steps.compute(new ColumnSum(), upstream));
    }
    return true;
  }
}
