package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * DeepNorm: {@code y = LN(α·x + G(x))} with layer norm over the last axis.
 *
 * <p>α multiplies the <em>residual</em> x, not the branch G(x), and is a constant. x and branch are
 * [..., C]; gain and bias are [C]. Source: arXiv 2203.00555 section 4.1; values of α in {@code
 * DeepNormCoefficients}.
 */
public class DeepNorm extends NormfreeOp {
  /** For cloning and loading. */
  public DeepNorm() {}

  /**
   * In a graph; use {@link Ops#deepNorm}, which checks the inputs first.
   *
   * @param sd the graph
   * @param x the residual, [..., C]
   * @param branch G(x), shape of x
   * @param alpha factor of the residual, finite
   * @param gain [C]
   * @param bias [C]
   * @param epsilon added to the variance, &gt; 0
   */
  public DeepNorm(
      SameDiff sd,
      SDVariable x,
      SDVariable branch,
      double alpha,
      SDVariable gain,
      SDVariable bias,
      double epsilon) {
    super(sd, x, branch, gain, bias);
    attributes(alpha, epsilon);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param x the residual, [..., C]
   * @param branch G(x), shape of x
   * @param alpha factor of the residual, finite
   * @param gain [C]
   * @param bias [C]
   * @param epsilon added to the variance, &gt; 0
   */
  public DeepNorm(
      INDArray x, INDArray branch, double alpha, INDArray gain, INDArray bias, double epsilon) {
    super(x, branch, gain, bias);
    attributes(alpha, epsilon);
  }

  void requireAttributes(double alpha, double epsilon) {
    requireEpsilon(epsilon);
    if (!Double.isFinite(alpha)) {
      throw wrong("alpha is %s, expected a finite number; see DeepNormCoefficients", alpha);
    }
  }

  private void attributes(double alpha, double epsilon) {
    requireAttributes(alpha, epsilon);
    addTArgument(alpha, epsilon);
  }

  @Override
  public String opName() {
    return "normfree_deep_norm";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] x = shapes.get(0);
    requireSame("x", x, "branch", shapes.get(1));
    long length = lastAxis("x", x);
    requireVector("gain", shapes.get(2), length, x);
    requireVector("bias", shapes.get(3), length, x);
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    RowNorm.of(sum(inputs, getTArgument(0)), getTArgument(1), true)
        .affine(inputs.get(2), inputs.get(3), rows(outputs.get(0)));
  }

  /** {@code α·x + G(x)} as [rows, C]. */
  static INDArray sum(List<INDArray> inputs, double alpha) {
    return rows(inputs.get(0)).mul(alpha).addi(rows(inputs.get(1)));
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new DeepNormGradient(sameDiff, tArgs(), arg(0), arg(1), arg(2), gradients.get(0))
            .outputVariables());
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ROW), new Overwrite(0, 1, Access.ROW));
  }
}
