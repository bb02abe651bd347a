package org.normfree.core.op;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Contrastive loss: the cross-entropy of finding the own target of each context vector among
 * others. Logits are the cosine with the own target, then with the others, each divided by a
 * temperature.
 *
 * <p>context and targets are [batch, T, D]; negatives are INT [batch, T, K], numbers of rows of all
 * batch·T targets. Outputs: losses [batch, T]; logits [batch, T, K + 1], the own target first. A
 * negative that equals the own target gets −∞: equal are those of equal codes, INT [batch, T, G],
 * where codes are given, else equal vectors. The cosine is {@code ⟨c, q⟩/max(‖c‖‖q‖, 1e-8)}.
 * Source: arXiv 2006.11477, section 3.2.
 */
public class ContrastiveLoss extends NormfreeOp implements Shareable {
  /** For cloning and loading. */
  public ContrastiveLoss() {}

  /**
   * In a graph; use {@link Ops#contrastiveLoss}, which checks the inputs first.
   *
   * @param sd the graph
   * @param context [batch, T, D]
   * @param targets [batch, T, D]
   * @param negatives INT [batch, T, K]
   * @param codes INT [batch, T, G], or null
   * @param temperature divides the cosines
   */
  public ContrastiveLoss(
      SameDiff sd,
      SDVariable context,
      SDVariable targets,
      SDVariable negatives,
      SDVariable codes,
      double temperature) {
    super(
        sd, ActivationTerms.present(context, targets, negatives, codes).toArray(SDVariable[]::new));
    addTArgument(temperature);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param context [batch, T, D]
   * @param targets [batch, T, D]
   * @param negatives INT [batch, T, K]
   * @param codes INT [batch, T, G], or null
   * @param temperature divides the cosines
   */
  public ContrastiveLoss(
      INDArray context, INDArray targets, INDArray negatives, INDArray codes, double temperature) {
    super(ActivationTerms.present(context, targets, negatives, codes).toArray(INDArray[]::new));
    addTArgument(temperature);
  }

  @Override
  public String opName() {
    return "normfree_contrastive_loss";
  }

  @Override
  public int getNumOutputs() {
    return 2;
  }

  @Override
  protected boolean isInteger(int index) {
    return index > 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] context = shapes.get(0);
    if (context != null && context.length != 3) {
      throw wrong("the context has shape %s, expected [batch, T, D]; reshape it", text(context));
    }
    requireSame("the context", context, "targets", shapes.get(1));
    requireRows("negatives", shapes.get(2), "K", context);
    if (shapes.size() > 3) {
      requireRows("codes", shapes.get(3), "G", context);
    }
    double temperature = getTArgument(0);
    if (!(temperature > 0)) {
      throw wrong("temperature is %s, expected a number > 0; 0.1 is usual", temperature);
    }
  }

  private void requireRows(String name, long[] shape, String last, long[] context) {
    boolean fits =
        shape == null
            || context == null
            || (shape.length == 3 && fits(shape, new long[] {context[0], context[1], shape[2]}));
    if (!fits) {
      throw wrong(
          "%s have shape %s, expected [batch, T, %s] of the context %s",
          name, text(shape), last, text(context));
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    long[] negatives = shapes.get(2);
    return List.of(
        new long[] {negatives[0], negatives[1]},
        new long[] {negatives[0], negatives[1], negatives[2] + 1});
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    Shareable.compute(this, inputs, outputs);
  }

  @Override
  public Shares share(Operands operands, int threads) {
    Cosines cosines =
        new Cosines(operands, getTArgument(0), operands.integers().size() > 3, threads);
    return new Shares() {
      @Override
      public int phases() {
        return 2;
      }

      @Override
      public void run(int phase, int thread) {
        if (phase == 0) {
          cosines.measure(thread);
        } else {
          cosines.losses(thread, operands.output(0), operands.output(1));
        }
      }
    };
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    List<SDVariable> inputs = new ArrayList<>(List.of(args()));
    inputs.addAll(gradients);
    return List.of(
        new ContrastiveLossGradient(
                sameDiff, getTArgument(0), args().length > 3, inputs.toArray(SDVariable[]::new))
            .outputVariables());
  }
}
