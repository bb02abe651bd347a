package org.normfree.core.op;

import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Cross-entropy of the softmax of logits against a target distribution, a loss a row: {@code L =
 * −Σ_c labels_c·log softmax(logits)_c}.
 *
 * <p>logits and labels are [..., C]; L is [...]. Labels need not sum to one; the gradients of both
 * are exact then, too. A logit of −∞ has the probability 0, and adds nothing where its label is 0.
 */
public class SoftmaxCrossEntropy extends NormfreeOp {
  /** For cloning and loading. */
  public SoftmaxCrossEntropy() {}

  /**
   * In a graph; use {@link Ops#softmaxCrossEntropy}, which checks the inputs first.
   *
   * @param sd the graph
   * @param logits [..., C]
   * @param labels [..., C]
   */
  public SoftmaxCrossEntropy(SameDiff sd, SDVariable logits, SDVariable labels) {
    super(sd, logits, labels);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param logits [..., C]
   * @param labels [..., C]
   */
  public SoftmaxCrossEntropy(INDArray logits, INDArray labels) {
    super(logits, labels);
  }

  @Override
  public String opName() {
    return "normfree_softmax_cross_entropy";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    lastAxis("logits", shapes.get(0));
    requireSame("logits", shapes.get(0), "labels", shapes.get(1));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(withoutLastAxis(shapes.get(0)));
  }

  /** [...] for [..., C]. */
  static long[] withoutLastAxis(long[] shape) {
    return Arrays.copyOf(shape, shape.length - 1);
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray logs = logSoftmax(inputs.get(0));
    column(outputs.get(0)).assign(times(logs, rows(inputs.get(1))).sum(true, 1).negi());
  }

  /** {@code weights·log p}, 0 where the weight is 0 and p, too; a new array. */
  static INDArray times(INDArray logs, INDArray weights) {
    INDArray products = logs.mul(weights);
    if (BooleanIndexing.or(logs, Conditions.isInfinite())) {
      for (long i = 0; i < products.length(); i++) {
        if (weights.getDouble(i) == 0 && logs.getDouble(i) == Double.NEGATIVE_INFINITY) {
          products.putScalar(i, 0);
        }
      }
    }
    return products;
  }

  /** log softmax as [rows, C], a new array. */
  static INDArray logSoftmax(INDArray logits) {
    INDArray x = rows(logits);
    INDArray shifted = x.subColumnVector(x.max(true, 1));
    INDArray sums = Transforms.exp(shifted, true).sum(true, 1);
    // the arrays' own methods take 1e-5 for a scalar that is no number
    return Nd4j.math().sub(shifted, Transforms.log(sums, false));
  }

  /** One value a row as [rows, 1]; a view where the memory allows it. */
  static INDArray column(INDArray array) {
    return array.reshape('c', array.length(), 1);
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new SoftmaxCrossEntropyGradient(sameDiff, arg(0), arg(1), gradients.get(0))
            .outputVariables());
  }
}
