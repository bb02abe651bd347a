package org.normfree.core.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Product quantization with a straight-through gradient: in each of G groups of V entries a row
 * chooses one, and the vectors of the chosen ones are put side by side.
 *
 * <p>In training, with noise and a temperature τ, the choice is that of the largest of {@code (l +
 * noise)/τ}, and the gradient is that of the softmax of these in the choice's place. Without noise
 * the choice is the largest logit and the logits get no gradient from it.
 *
 * <p>logits and noise are [..., G·V], entries [G·V, d], τ is [1]. Outputs: the vectors [..., G·d];
 * the numbers of the chosen entries within their groups, [..., G]; the mean over all rows of the
 * softmax of the logits, without noise and temperature, [G·V]; the share of rows whose largest
 * logit is an entry's, [G·V]. Chosen numbers and shares have no gradient. Source: arXiv 2006.11477,
 * section 2; arXiv 1611.01144.
 */
public class GumbelQuantizer extends NormfreeOp implements Shareable {
  /** For cloning and loading. */
  public GumbelQuantizer() {}

  /**
   * In a graph; use {@link Ops#gumbelQuantizer}, which checks the inputs first.
   *
   * @param sd the graph
   * @param logits [..., G·V]
   * @param entries [G·V, d]
   * @param noise [..., G·V]; null outside training
   * @param temperature τ, [1]; null outside training
   * @param groups G
   */
  public GumbelQuantizer(
      SameDiff sd,
      SDVariable logits,
      SDVariable entries,
      SDVariable noise,
      SDVariable temperature,
      long groups) {
    super(
        sd,
        ActivationTerms.present(logits, entries, noise, temperature).toArray(SDVariable[]::new));
    addIArgument(groups);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param logits [..., G·V]
   * @param entries [G·V, d]
   * @param noise [..., G·V]; null outside training
   * @param temperature τ, [1]; null outside training
   * @param groups G
   */
  public GumbelQuantizer(
      INDArray logits, INDArray entries, INDArray noise, INDArray temperature, long groups) {
    super(ActivationTerms.present(logits, entries, noise, temperature).toArray(INDArray[]::new));
    addIArgument(groups);
  }

  @Override
  public String opName() {
    return "normfree_gumbel_quantizer";
  }

  @Override
  public int getNumOutputs() {
    return 4;
  }

  /** Number of groups G. */
  public final int groups() {
    return getIArgument(0).intValue();
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] logits = shapes.get(0);
    long[] entries = shapes.get(1);
    if (shapes.size() == 3) {
      throw wrong(
          "either noise or temperature is missing, expected both in training, else neither");
    }
    long all = lastAxis("logits", logits);
    if (groups() < 1 || (all >= 0 && all % groups() != 0)) {
      throw wrong(
          "%s groups for logits of shape %s, expected a divisor of its last axis",
          groups(), text(logits));
    }
    if (entries != null && (entries.length != 2 || !fits(entries, new long[] {all, entries[1]}))) {
      throw wrong(
          "entries have shape %s, expected [G·V, d] with G·V the last axis of logits %s",
          text(entries), text(logits));
    }
    if (shapes.size() > 3) {
      requireSame("logits", logits, "noise", shapes.get(2));
      long[] temperature = shapes.get(3);
      if (temperature != null && !fits(temperature, new long[] {1})) {
        throw wrong("temperature has shape %s, expected [1]", text(temperature));
      }
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    long[] logits = shapes.get(0);
    long all = logits[logits.length - 1];
    return List.of(
        withLast(logits, groups() * shapes.get(1)[1]),
        withLast(logits, groups()),
        new long[] {all},
        new long[] {all});
  }

  private static long[] withLast(long[] shape, long size) {
    long[] other = shape.clone();
    other[shape.length - 1] = size;
    return other;
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    Shareable.compute(this, inputs, outputs);
  }

  @Override
  public Shares share(Operands operands, int threads) {
    return new Choice(operands, groups(), threads);
  }

  /** Rows are divided among the threads, then their shares are added. */
  private static final class Choice implements Shares {
    private final Operands operands;
    private final QuantizerRows rows;
    private final int threads;
    private final double[][] probabilities;
    private final double[][] usage;

    Choice(Operands operands, int groups, int threads) {
      this.operands = operands;
      this.threads = threads;
      rows = new QuantizerRows(operands, groups, operands.reals().size() > 2);
      probabilities = new double[threads][rows.groups * rows.entries];
      usage = new double[threads][rows.groups * rows.entries];
    }

    @Override
    public int phases() {
      return 2;
    }

    @Override
    public void run(int phase, int thread) {
      if (phase == 0) {
        Arrays.fill(probabilities[thread], 0);
        Arrays.fill(usage[thread], 0);
        int end = Shareable.share(rows.count, thread + 1, threads);
        for (int row = Shareable.share(rows.count, thread, threads); row < end; row++) {
          for (int group = 0; group < rows.groups; group++) {
            choose(row, group, thread);
          }
        }
      } else if (thread == 0) {
        rows.mean(probabilities, operands.output(2));
        rows.mean(usage, operands.output(3));
      }
    }

    private void choose(int row, int group, int thread) {
      int first = group * rows.entries;
      int at = (row * rows.groups + group) * rows.entries;
      double[] p = rows.softmax(at);
      for (int v = 0; v < rows.entries; v++) {
        probabilities[thread][first + v] += p[v];
      }
      usage[thread][first + QuantizerRows.largest(p)]++;
      int chosen = QuantizerRows.largest(rows.noisySoftmax(at));
      operands.output(1)[row * rows.groups + group] = chosen;
      System.arraycopy(
          operands.real(1),
          (first + chosen) * rows.width,
          operands.output(0),
          (row * rows.groups + group) * rows.width,
          rows.width);
    }
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    List<SDVariable> inputs = new ArrayList<>(List.of(args()));
    inputs.add(gradients.get(2));
    inputs.add(gradients.get(0));
    return List.of(
        new GumbelQuantizerGradient(sameDiff, groups(), inputs.toArray(SDVariable[]::new))
            .outputVariables());
  }
}
