package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Layer norm with ε: {@code y = gain·(x − mean)/√(variance + ε) + bias} over the last axis, biased
 * variance.
 *
 * <p>x is [..., C]; gain and bias are [C]. Source: arXiv 1607.06450. ND4J's own has no ε.
 */
public class LayerNorm extends NormfreeOp {
  /** For cloning and loading. */
  public LayerNorm() {}

  /**
   * In a graph; use {@link Ops#layerNorm}, which checks the inputs first.
   *
   * @param sd the graph
   * @param x [..., C]
   * @param gain [C]
   * @param bias [C]
   * @param epsilon added to the variance, &gt; 0
   */
  public LayerNorm(SameDiff sd, SDVariable x, SDVariable gain, SDVariable bias, double epsilon) {
    super(sd, x, gain, bias);
    requireEpsilon(epsilon);
    addTArgument(epsilon);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param x [..., C]
   * @param gain [C]
   * @param bias [C]
   * @param epsilon added to the variance, &gt; 0
   */
  public LayerNorm(INDArray x, INDArray gain, INDArray bias, double epsilon) {
    super(x, gain, bias);
    requireEpsilon(epsilon);
    addTArgument(epsilon);
  }

  @Override
  public String opName() {
    return "normfree_layer_norm";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] x = shapes.get(0);
    long length = lastAxis("x", x);
    requireVector("gain", shapes.get(1), length, x);
    requireVector("bias", shapes.get(2), length, x);
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    RowNorm.of(rows(inputs.get(0)), getTArgument(0), true)
        .affine(inputs.get(1), inputs.get(2), rows(outputs.get(0)));
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new LayerNormGradient(sameDiff, getTArgument(0), arg(0), arg(1), gradients.get(0))
            .outputVariables());
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ROW));
  }
}
