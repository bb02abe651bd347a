package org.normfree.core.op;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link GroupNorm}: with x̂ the normalized input, r = 1/√(variance + ε), g = G·gain,
 * and means over all positions and the channels of a group,
 *
 * <pre>
 * dx = r·(g − mean(g) − x̂·mean(g·x̂))    dgain = Σ G·x̂    dbias = Σ G
 * </pre>
 *
 * Inputs: x, gain if there is one, G. Outputs: dx, and dgain and dbias where there are such.
 */
public class GroupNormGradient extends GradientOp {
  /** For cloning and loading. */
  public GroupNormGradient() {}

  GroupNormGradient(
      SameDiff sd, AffineTerms terms, long groups, double epsilon, SDVariable... inputs) {
    super(sd, inputs);
    terms.describe(this);
    addIArgument(groups);
    addTArgument(epsilon);
  }

  @Override
  public String opName() {
    return "normfree_group_norm_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 1 + terms().count();
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
    requireSame("x", shapes.get(0), "the upstream gradient", shapes.get(shapes.size() - 1));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    long[] x = shapes.get(0);
    List<long[]> outputs = new ArrayList<>(List.of(x));
    for (int i = 0; i < terms().count(); i++) {
      outputs.add(new long[] {x[x.length - 1]});
    }
    return outputs;
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray x = inputs.get(0);
    INDArray upstream = inputs.get(inputs.size() - 1);
    GroupedNorm norm = GroupedNorm.of(x, x.size(0), groups(), getTArgument(0));
    INDArray dx = norm.inputGradient(norm.weighted(upstream, terms().gain(inputs, 1)));
    norm.affineGradients(
        upstream, terms().gain(), terms().bias(), outputs.subList(1, outputs.size()));
    outputs.get(0).assign(dx.reshape('c', x.shape()));
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(
        new Overwrite(0, inputs - 1, Access.ELEMENT), new Overwrite(0, 0, Access.ELEMENT));
  }
}
