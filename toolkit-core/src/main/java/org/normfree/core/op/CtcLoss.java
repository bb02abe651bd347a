package org.normfree.core.op;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Connectionist temporal classification: −log of the probability of all ways to spread a sequence
 * of labels over the frames, blanks allowed between labels and needed between equal ones, a loss an
 * example. Where there is no such way (too few frames) loss and gradient are 0.
 *
 * <p>logits are [batch, T, C], before the softmax; targets are INT [batch, S], of which the first
 * {@code lengths} count; frames (how many of the T count) and lengths are INT [batch]; the losses
 * are [batch]. Source: A. Graves et al., Connectionist temporal classification, ICML 2006, section
 * 4.
 */
public class CtcLoss extends NormfreeOp implements Shareable {
  /** For cloning and loading. */
  public CtcLoss() {}

  /**
   * In a graph; use {@link Ops#ctcLoss}, which checks the inputs first.
   *
   * @param sd the graph
   * @param logits [batch, T, C]
   * @param targets INT [batch, S]
   * @param frames INT [batch]
   * @param lengths INT [batch]
   * @param blank class of the blank
   */
  public CtcLoss(
      SameDiff sd,
      SDVariable logits,
      SDVariable targets,
      SDVariable frames,
      SDVariable lengths,
      int blank) {
    super(sd, logits, targets, frames, lengths);
    addIArgument(blank);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param logits [batch, T, C]
   * @param targets INT [batch, S]
   * @param frames INT [batch]
   * @param lengths INT [batch]
   * @param blank class of the blank
   */
  public CtcLoss(INDArray logits, INDArray targets, INDArray frames, INDArray lengths, int blank) {
    super(logits, targets, frames, lengths);
    addIArgument(blank);
  }

  @Override
  public String opName() {
    return "normfree_ctc_loss";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected boolean isInteger(int index) {
    return index > 0;
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] logits = shapes.get(0);
    long[] targets = shapes.get(1);
    if (logits != null && logits.length != 3) {
      throw wrong("logits have shape %s, expected [batch, T, C]; reshape them", text(logits));
    }
    if (logits == null) {
      return;
    }
    if (targets != null
        && (targets.length != 2 || !fits(targets, new long[] {logits[0], targets[1]}))) {
      throw wrong(
          "targets have shape %s, expected [batch, S] of logits %s", text(targets), text(logits));
    }
    requireSame("[batch]", new long[] {logits[0]}, "frames", shapes.get(2));
    requireSame("[batch]", new long[] {logits[0]}, "lengths", shapes.get(3));
    int blank = getIArgument(0).intValue();
    if (blank < 0 || (logits[2] >= 0 && blank >= logits[2])) {
      throw wrong("the blank is class %s, expected one of logits %s", blank, text(logits));
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(new long[] {shapes.get(0)[0]});
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    Shareable.compute(this, inputs, outputs);
  }

  @Override
  public Shares share(Operands operands, int threads) {
    return CtcPaths.shares(
        operands,
        getIArgument(0).intValue(),
        threads,
        (example, paths) -> operands.output(0)[example] = paths.loss());
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    List<SDVariable> inputs = new ArrayList<>(List.of(args()));
    inputs.add(gradients.get(0));
    return List.of(
        new CtcLossGradient(sameDiff, getIArgument(0), inputs.toArray(SDVariable[]::new))
            .outputVariables());
  }
}
