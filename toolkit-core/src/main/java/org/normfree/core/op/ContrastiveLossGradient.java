package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link ContrastiveLoss}: with p the softmax of a row's logits, G the upstream
 * gradient of its loss and H that of its logits,
 *
 * <pre>
 * dl_k = G·(p_k − [k = 0]) + H_k
 * dc += (q/(‖c‖‖q‖) − cos·c/‖c‖²)·dl/τ    dq += (c/(‖c‖‖q‖) − cos·q/‖q‖²)·dl/τ
 * </pre>
 *
 * in the order of the rows; a logit that is −∞ gives nothing, and a denominator at its lower bound
 * is a constant. Inputs: context, targets, negatives, codes if there are such, G, H. Outputs:
 * dcontext, dtargets.
 */
public class ContrastiveLossGradient extends GradientOp implements Shareable {
  /** For cloning and loading. */
  public ContrastiveLossGradient() {}

  ContrastiveLossGradient(SameDiff sd, double temperature, boolean coded, SDVariable... inputs) {
    super(sd, inputs);
    addTArgument(temperature);
    addBArgument(coded);
  }

  @Override
  public String opName() {
    return "normfree_contrastive_loss_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 2;
  }

  private boolean coded() {
    return getBArgument(0);
  }

  private int upstream() {
    return coded() ? 4 : 3;
  }

  @Override
  protected boolean isInteger(int index) {
    return index == 2 || (index == 3 && coded());
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("the context", shapes.get(0), "targets", shapes.get(1));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return shapes.subList(0, 2);
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    Shareable.compute(this, inputs, outputs);
  }

  @Override
  public Shares share(Operands operands, int threads) {
    Cosines cosines = new Cosines(operands, getTArgument(0), coded(), threads);
    double[] ofLosses = operands.real(upstream());
    double[] ofLogits = operands.real(upstream() + 1);
    return new Shares() {
      @Override
      public int phases() {
        return 3;
      }

      @Override
      public void run(int phase, int thread) {
        switch (phase) {
          case 0 -> cosines.measure(thread);
          case 1 -> cosines.toContext(thread, ofLosses, ofLogits, operands.output(0));
          default -> cosines.toTargets(thread, operands.output(1));
        }
      }
    };
  }
}
