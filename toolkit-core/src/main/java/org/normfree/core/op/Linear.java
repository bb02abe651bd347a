package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Linear map over the last axis: {@code y = x·W + b}.
 *
 * <p>x is [..., in]; W is [in, out]; b is [out] or missing; y is [..., out].
 */
public class Linear extends NormfreeOp {
  /** For cloning and loading. */
  public Linear() {}

  /**
   * In a graph; use {@link Ops#linear}, which checks the inputs first.
   *
   * @param sd the graph
   * @param inputs x, W and, if there is one, b
   */
  public Linear(SameDiff sd, SDVariable... inputs) {
    super(sd, inputs);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param inputs x, W and, if there is one, b
   */
  public Linear(INDArray... inputs) {
    super(inputs);
  }

  @Override
  public String opName() {
    return "normfree_linear";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] x = shapes.get(0);
    long[] weight = shapes.get(1);
    long in = lastAxis("x", x);
    if (weight == null) {
      return;
    }
    if (weight.length != 2 || (in >= 0 && weight[0] >= 0 && weight[0] != in)) {
      throw wrong(
          "weight has shape %s, expected [%s, out] for x %s; weights are [in, out]",
          text(weight), in < 0 ? "in" : in, text(x));
    }
    if (shapes.size() > 2) {
      long[] bias = shapes.get(2);
      if (bias != null && (bias.length != 1 || (weight[1] >= 0 && bias[0] != weight[1]))) {
        throw wrong(
            "bias has shape %s, expected [%d] for weight %s; pass a vector of that length",
            text(bias), weight[1], text(weight));
      }
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    long[] y = shapes.get(0).clone();
    y[y.length - 1] = shapes.get(1)[1];
    return List.of(y);
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray y = rows(outputs.get(0));
    Nd4j.matmul(rows(inputs.get(0)), inputs.get(1), y, false, false, false);
    if (inputs.size() > 2) {
      y.addiRowVector(inputs.get(2));
    }
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new LinearGradient(sameDiff, args().length > 2, arg(0), arg(1), gradients.get(0))
            .outputVariables());
  }

  /** A matrix product over all rows. */
  @Override
  public boolean lower(Steps steps) {
    Steps.Array x = steps.input(0);
    Steps.Array weight = steps.input(1);
    boolean bias = steps.inputs() > 2;
    MatrixProduct product = new MatrixProduct(false, false, bias, false);
    Steps.Array y =
        bias
            ? steps.compute(product, x.matrix(), weight, steps.input(2))
            : steps.compute(product, x.matrix(), weight);
    long[] shape = x.shape().clone();
    shape[shape.length - 1] = weight.shape()[1];
    steps.result(0, y.reshaped(shape));
    return true;
  }
}
