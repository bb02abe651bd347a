package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross-entropy of the softmax of logits against class numbers, a loss a row: {@code L = −(1−s)·log
 * p_t − s/V·Σ_v log p_v} with p = softmax(logits), target t and label smoothing s.
 *
 * <p>logits are [..., V]; targets are INT [...]; L is [...]. A row whose target is the ignored
 * number (padding) has loss and gradient 0, so a mean over the rows that count is {@code sum(L)}
 * over their number. Label smoothing: arXiv 1512.00567, section 7.
 */
public class SparseCrossEntropy extends NormfreeOp {
  /** For cloning and loading. */
  public SparseCrossEntropy() {}

  /**
   * In a graph; use {@link Ops#sparseCrossEntropy}, which checks the inputs first.
   *
   * @param sd the graph
   * @param logits [..., V]
   * @param targets INT [...]
   * @param smoothing label smoothing s, in [0, 1)
   * @param ignored target of rows that do not count; null for none
   */
  public SparseCrossEntropy(
      SameDiff sd, SDVariable logits, SDVariable targets, double smoothing, Integer ignored) {
    super(sd, logits, targets);
    SparseTargets.describe(this, smoothing, ignored);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param logits [..., V]
   * @param targets INT [...]
   * @param smoothing label smoothing s, in [0, 1)
   * @param ignored target of rows that do not count; null for none
   */
  public SparseCrossEntropy(INDArray logits, INDArray targets, double smoothing, Integer ignored) {
    super(logits, targets);
    SparseTargets.describe(this, smoothing, ignored);
  }

  @Override
  public String opName() {
    return "normfree_sparse_cross_entropy";
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
    long[] logits = shapes.get(0);
    lastAxis("logits", logits);
    if (logits != null) {
      requireSame(
          "logits without its last axis",
          SoftmaxCrossEntropy.withoutLastAxis(logits),
          "targets",
          shapes.get(1));
    }
    double smoothing = attributes().smoothing();
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw wrong("smoothing is %s, expected a number in [0, 1); 0 for none", smoothing);
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(SoftmaxCrossEntropy.withoutLastAxis(shapes.get(0)));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray logs = SoftmaxCrossEntropy.logSoftmax(inputs.get(0));
    SparseTargets attributes = attributes();
    int[] targets = inputs.get(1).dup('c').data().asInt();
    INDArray loss = SoftmaxCrossEntropy.column(outputs.get(0));
    if (attributes.smoothing() == 0) {
      loss.assign(0);
    } else {
      loss.assign(logs.sum(true, 1).muli(-attributes.smoothing() / logs.columns()));
    }
    for (int row = 0; row < targets.length; row++) {
      int target = targets[row];
      if (attributes.ignores(target)) {
        loss.putScalar(row, 0, 0);
      } else {
        attributes.require(target, row, logs.columns());
        double log = logs.getDouble(row, target);
        loss.putScalar(row, 0, loss.getDouble(row, 0) - (1 - attributes.smoothing()) * log);
      }
    }
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    SparseTargets attributes = attributes();
    return List.of(
        new SparseCrossEntropyGradient(sameDiff, attributes, arg(0), arg(1), gradients.get(0))
            .outputVariables());
  }
}
