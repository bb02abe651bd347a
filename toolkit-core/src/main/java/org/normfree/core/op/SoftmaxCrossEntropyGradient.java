package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Gradient of {@link SoftmaxCrossEntropy}: with p = softmax(logits), for each row,
 *
 * <pre>
 * dlogits = (p·Σ_c labels_c − labels)·G    dlabels = −log(p)·G
 * </pre>
 *
 * Inputs: logits, labels, G. Outputs: dlogits, dlabels.
 */
public class SoftmaxCrossEntropyGradient extends GradientOp {
  /** For cloning and loading. */
  public SoftmaxCrossEntropyGradient() {}

  SoftmaxCrossEntropyGradient(SameDiff sd, SDVariable... inputs) {
    super(sd, inputs);
  }

  @Override
  public String opName() {
    return "normfree_softmax_cross_entropy_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 2;
  }

  @Override
  protected void check(List<long[]> shapes) {
    if (shapes.get(0) != null) {
      requireSame(
          "the loss",
          SoftmaxCrossEntropy.withoutLastAxis(shapes.get(0)),
          "the upstream gradient",
          shapes.get(2));
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return shapes.subList(0, 2);
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray labels = rows(inputs.get(1));
    INDArray upstream = SoftmaxCrossEntropy.column(inputs.get(2));
    INDArray logs = SoftmaxCrossEntropy.logSoftmax(inputs.get(0));
    INDArray expected = Transforms.exp(logs, true).muliColumnVector(labels.sum(true, 1));
    rows(outputs.get(0)).assign(expected.subi(labels).muliColumnVector(upstream));
    INDArray weights = logs.ulike().assign(0).subiColumnVector(upstream);
    rows(outputs.get(1)).assign(SoftmaxCrossEntropy.times(logs, weights));
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ROW), new Overwrite(1, 1, Access.ROW));
  }
}
