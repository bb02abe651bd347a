package org.normfree.core.op;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Group norm, channels last: {@code y = gain·(x − mean)/√(variance + ε) + bias} with the mean and
 * the biased variance of each example over all positions and the channels of a group. As many
 * groups as channels make instance norm, one makes a layer norm over all of an example.
 *
 * <p>x is [batch, ..., C]; gain and bias are [C] and may be missing. Source: arXiv 1803.08494.
 */
public class GroupNorm extends NormfreeOp {
  /** For cloning and loading. */
  public GroupNorm() {}

  /**
   * In a graph; use {@link Ops#groupNorm}, which checks the inputs first.
   *
   * @param sd the graph
   * @param x [batch, ..., C]
   * @param gain [C], or null
   * @param bias [C], or null
   * @param groups a divisor of C
   * @param epsilon added to the variance, &gt; 0
   */
  public GroupNorm(
      SameDiff sd, SDVariable x, SDVariable gain, SDVariable bias, long groups, double epsilon) {
    super(sd, ActivationTerms.present(x, gain, bias).toArray(SDVariable[]::new));
    describe(AffineTerms.of(gain, bias), groups, epsilon);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param x [batch, ..., C]
   * @param gain [C], or null
   * @param bias [C], or null
   * @param groups a divisor of C
   * @param epsilon added to the variance, &gt; 0
   */
  public GroupNorm(INDArray x, INDArray gain, INDArray bias, long groups, double epsilon) {
    super(ActivationTerms.present(x, gain, bias).toArray(INDArray[]::new));
    describe(AffineTerms.of(gain, bias), groups, epsilon);
  }

  final void describe(AffineTerms terms, long groups, double epsilon) {
    requireEpsilon(epsilon);
    terms.describe(this);
    addIArgument(groups);
    addTArgument(epsilon);
  }

  @Override
  public String opName() {
    return "normfree_group_norm";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  /** Whether there are a gain and a bias. */
  public final AffineTerms terms() {
    return AffineTerms.of(this);
  }

  /** Number of groups. */
  public final int groups() {
    return getIArgument(0).intValue();
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] x = shapes.get(0);
    if (x != null && x.length < 2) {
      throw wrong("x has shape %s, expected [batch, ..., C]; reshape it", text(x));
    }
    long channels = lastAxis("x", x);
    if (groups() < 1 || (channels >= 0 && channels % groups() != 0)) {
      throw wrong(
          "%s groups for x of shape %s, expected a divisor of its last axis", groups(), text(x));
    }
    requireVector("gain", terms().gain(shapes, 1), channels, x);
    requireVector("bias", terms().bias(shapes, 1), channels, x);
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray x = inputs.get(0);
    GroupedNorm.of(x, x.size(0), groups(), getTArgument(0))
        .affine(terms().gain(inputs, 1), terms().bias(inputs, 1), outputs.get(0));
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    List<SDVariable> inputs = new ArrayList<>(List.of(arg(0)));
    if (terms().gain()) {
      inputs.add(arg(1));
    }
    inputs.add(gradients.get(0));
    return List.of(
        new GroupNormGradient(
                sameDiff, terms(), groups(), getTArgument(0), inputs.toArray(SDVariable[]::new))
            .outputVariables());
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ELEMENT));
  }
}
