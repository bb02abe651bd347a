package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * RMS norm: {@code y = gain·x/√(mean(x²) + ε)} over the last axis; no mean is taken off, there is
 * no bias.
 *
 * <p>x is [..., C]; gain is [C]. Source: arXiv 1910.07467.
 */
public class RmsNorm extends NormfreeOp {
  /** For cloning and loading. */
  public RmsNorm() {}

  /**
   * In a graph; use {@link Ops#rmsNorm}, which checks the inputs first.
   *
   * @param sd the graph
   * @param x [..., C]
   * @param gain [C]
   * @param epsilon added to the mean square, &gt; 0
   */
  public RmsNorm(SameDiff sd, SDVariable x, SDVariable gain, double epsilon) {
    super(sd, x, gain);
    requireEpsilon(epsilon);
    addTArgument(epsilon);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param x [..., C]
   * @param gain [C]
   * @param epsilon added to the mean square, &gt; 0
   */
  public RmsNorm(INDArray x, INDArray gain, double epsilon) {
    super(x, gain);
    requireEpsilon(epsilon);
    addTArgument(epsilon);
  }

  @Override
  public String opName() {
    return "normfree_rms_norm";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] x = shapes.get(0);
    requireVector("gain", shapes.get(1), lastAxis("x", x), x);
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    RowNorm.of(rows(inputs.get(0)), getTArgument(0), false)
        .affine(inputs.get(1), null, rows(outputs.get(0)));
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new RmsNormGradient(sameDiff, getTArgument(0), arg(0), arg(1), gradients.get(0))
            .outputVariables());
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ROW));
  }
}
