package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Gradient of {@link SparseCrossEntropy}: with p = softmax(logits) and target t, for each row that
 * counts,
 *
 * <pre>
 * dlogits_v = (p_v − s/V − (1−s)·[v = t])·G
 * </pre>
 *
 * Inputs: logits, targets, G. Output: dlogits; the targets have no gradient.
 */
public class SparseCrossEntropyGradient extends GradientOp {
  /** For cloning and loading. */
  public SparseCrossEntropyGradient() {}

  SparseCrossEntropyGradient(SameDiff sd, SparseTargets attributes, SDVariable... inputs) {
    super(sd, inputs);
    attributes.describe(this);
  }

  @Override
  public String opName() {
    return "normfree_sparse_cross_entropy_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  /** Label smoothing s and the ignored target. */
  public final SparseTargets attributes() {
    return SparseTargets.of(this);
  }

  @Override
  protected boolean isInteger(int index) {
    return index == 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("targets", shapes.get(1), "the upstream gradient", shapes.get(2));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    SparseTargets attributes = attributes();
    int[] targets = inputs.get(1).dup('c').data().asInt();
    INDArray p = Transforms.exp(SoftmaxCrossEntropy.logSoftmax(inputs.get(0)), false);
    p.subi(attributes.smoothing() / p.columns());
    for (int row = 0; row < targets.length; row++) {
      int target = targets[row];
      if (attributes.ignores(target)) {
        p.getRow(row).assign(0);
      } else {
        attributes.require(target, row, p.columns());
        p.putScalar(row, target, p.getDouble(row, target) - (1 - attributes.smoothing()));
      }
    }
    rows(outputs.get(0)).assign(p.muliColumnVector(SoftmaxCrossEntropy.column(inputs.get(2))));
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ROW));
  }
}
