package org.normfree.core.op;

import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link GumbelQuantizer}: with s the noisy softmax, p the plain one, G the upstream
 * gradient of the vectors and H that of the mean of p over n rows,
 *
 * <pre>
 * a_v = ⟨G, entry_v⟩    dl = s∘(a − ⟨s, a⟩)/τ + p∘(H − ⟨p, H⟩)/n    dentry_v = Σ G over the rows that chose v
 * </pre>
 *
 * the first term in training only. Inputs: logits, entries, noise and τ if there are such, H, G.
 * Outputs: dlogits, dentries.
 */
public class GumbelQuantizerGradient extends GradientOp implements Shareable {
  private static final int TRAINING = 6;

  /** For cloning and loading. */
  public GumbelQuantizerGradient() {}

  GumbelQuantizerGradient(SameDiff sd, long groups, SDVariable... inputs) {
    super(sd, inputs);
    addIArgument(groups);
  }

  @Override
  public String opName() {
    return "normfree_gumbel_quantizer_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 2;
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] logits = shapes.get(0);
    long all = lastAxis("logits", logits);
    requireVector("the upstream gradient of the mean", shapes.get(shapes.size() - 2), all, logits);
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
    return new Backward(operands, getIArgument(0).intValue(), threads);
  }

  /** Rows are divided among the threads, then what they give to the entries is added. */
  private static final class Backward implements Shares {
    private final Operands operands;
    private final QuantizerRows rows;
    private final int threads;
    private final boolean training;
    private final double[] ofMean;
    private final double[] upstream;
    private final double[][] toEntries;

    Backward(Operands operands, int groups, int threads) {
      this.operands = operands;
      this.threads = threads;
      int inputs = operands.reals().size();
      training = inputs == TRAINING;
      rows = new QuantizerRows(operands, groups, training);
      ofMean = operands.real(inputs - 2);
      upstream = operands.real(inputs - 1);
      toEntries = new double[threads][operands.real(1).length];
    }

    @Override
    public int phases() {
      return 2;
    }

    @Override
    public void run(int phase, int thread) {
      if (phase == 0) {
        Arrays.fill(toEntries[thread], 0);
        int end = Shareable.share(rows.count, thread + 1, threads);
        for (int row = Shareable.share(rows.count, thread, threads); row < end; row++) {
          for (int group = 0; group < rows.groups; group++) {
            differentiate(row * rows.groups + group, group, toEntries[thread]);
          }
        }
      } else {
        double[] sums = operands.output(1);
        int end = Shareable.share(sums.length, thread + 1, threads);
        for (int i = Shareable.share(sums.length, thread, threads); i < end; i++) {
          for (double[] own : toEntries) {
            sums[i] += own[i];
          }
        }
      }
    }

    private void differentiate(int place, int group, double[] own) {
      int first = group * rows.entries;
      int at = place * rows.entries;
      double[] h = Arrays.copyOfRange(ofMean, first, first + rows.entries);
      QuantizerRows.through(rows.softmax(at), h, 1.0 / rows.count, operands.output(0), at);
      double[] s = rows.noisySoftmax(at);
      if (training) {
        double[] a = products(place, first);
        QuantizerRows.through(s, a, 1 / rows.temperature(), operands.output(0), at);
      }
      int chosen = (first + QuantizerRows.largest(s)) * rows.width;
      for (int k = 0; k < rows.width; k++) {
        own[chosen + k] += upstream[place * rows.width + k];
      }
    }

    /** Of the upstream gradient with each entry of the group. */
    private double[] products(int place, int first) {
      double[] products = new double[rows.entries];
      double[] entries = operands.real(1);
      for (int v = 0; v < rows.entries; v++) {
        int entry = (first + v) * rows.width;
        products[v] = Shareable.dot(upstream, place * rows.width, entries, entry, rows.width);
      }
      return products;
    }
  }
}
