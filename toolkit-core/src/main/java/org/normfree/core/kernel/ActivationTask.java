package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.normfree.core.op.ActivationTerms;
import org.normfree.core.op.DynamicActivation;
import org.normfree.core.op.DynamicActivationGradient;
import org.normfree.core.op.Squash;
import org.normfree.core.task.Tensor;

/** Dynamic activation or its gradient. */
final class ActivationTask extends RowTask {
  private final Squash squash;
  private final Floats x;
  private final Floats upstream;
  private final Floats addend;
  private final boolean rectified;
  private final Floats gate;
  private final Floats counts;
  private final Floats result;
  private final Map<ActivationTerms, Floats> terms = new EnumMap<>(ActivationTerms.class);
  private final RowLoops.ActivationRow[] rows;
  private final RowLoops.ActivationSums[] sums;

  /**
   * What is there besides x and the terms.
   *
   * @param upstream gradient of the result; null forward
   * @param addend of the result; null for 0
   * @param rectified whether what is below 0 becomes 0
   * @param gate output of a rectifier that the upstream gradient is of; null if there is none
   * @param counts where what the rectifier lets through goes; null if nobody wants it
   */
  private record Around(
      Tensor upstream, Tensor addend, boolean rectified, Tensor gate, Tensor counts) {}

  private ActivationTask(
      RowLoops loops,
      Squash squash,
      long mask,
      List<Tensor> inputs,
      List<Tensor> outputs,
      Around around,
      int threads) {
    super(loops, Blocks.ofRows(inputs.get(0).rows(), inputs.get(0).columns(), threads, loops));
    this.squash = squash;
    x = new Floats(inputs.get(0));
    result = new Floats(outputs.get(0));
    boolean gradient = around.upstream != null;
    rows = new RowLoops.ActivationRow[threads];
    sums = new RowLoops.ActivationSums[threads];
    Map<ActivationTerms, ColumnSums> gradients = new EnumMap<>(ActivationTerms.class);
    for (ActivationTerms term : ActivationTerms.values()) {
      if (term.in(mask)) {
        terms.put(term, new Floats(inputs.get(term.index(mask))));
      }
      if (gradient) {
        Tensor destination = term.in(mask) ? outputs.get(term.index(mask)) : null;
        gradients.put(term, sums(x.columns, destination));
      }
    }
    if (gradient) {
      Arrays.setAll(
          sums,
          thread ->
              new RowLoops.ActivationSums(
                  gradients.get(ActivationTerms.ALPHA).recent(thread),
                  gradients.get(ActivationTerms.SHIFT).recent(thread),
                  gradients.get(ActivationTerms.GAMMA).recent(thread),
                  gradients.get(ActivationTerms.BETA).recent(thread)));
    }
    upstream = floats(around.upstream);
    addend = floats(around.addend);
    rectified = around.rectified;
    gate = floats(around.gate);
    counts = floats(around.counts);
  }

  private static Floats floats(Tensor tensor) {
    return tensor == null ? null : new Floats(tensor);
  }

  static ActivationTask forward(RowLoops loops, DynamicActivation op, Preparations.Arrays in) {
    Tensor addend = op.addend() ? in.input(in.inputs().size() - 1) : null;
    return new ActivationTask(
        loops,
        op.squash(),
        op.mask(),
        in.inputs(),
        in.outputs(),
        new Around(null, addend, op.rectified(), null, null),
        in.threads());
  }

  static ActivationTask backward(
      RowLoops loops, DynamicActivationGradient op, Preparations.Arrays in, int threads) {
    Tensor gate = op.rectified() ? in.input(op.upstream() + 1) : null;
    return new ActivationTask(
        loops,
        op.squash(),
        op.mask(),
        in.inputs(),
        in.outputs(),
        new Around(in.input(op.upstream()), null, false, gate, in.further(op.getNumOutputs())),
        threads);
  }

  @Override
  void begin(Workbench bench, int thread) {
    float[] shift = row(bench, 5, ActivationTerms.SHIFT, 0);
    rows[thread] =
        new RowLoops.ActivationRow(
            row(bench, 2, ActivationTerms.ALPHA, 1),
            shift[0],
            row(bench, 3, ActivationTerms.GAMMA, 1),
            row(bench, 4, ActivationTerms.BETA, 0));
  }

  private float[] row(Workbench bench, int array, ActivationTerms term, float missing) {
    Floats given = terms.get(term);
    if (given != null) {
      return row(bench, array, given, x.columns);
    }
    float[] values = bench.filled(array, blocks.stride, 0);
    Arrays.fill(values, 0, x.columns, missing);
    return values;
  }

  @Override
  void block(Workbench bench, int thread, int row, int count) {
    float[] a = block(bench, 0);
    x.read(row, count, a, blocks.stride);
    if (upstream == null) {
      bench.loops().activation(squash, a, count, blocks.stride, rows[thread]);
      if (addend != null) {
        float[] more = block(bench, 6);
        addend.read(row, count, more, blocks.stride);
        bench.loops().join(a, 1, more, count * blocks.stride);
      }
      if (rectified) {
        bench.loops().relu(a, count * blocks.stride);
      }
      result.write(row, count, a, blocks.stride);
    } else {
      float[] g = block(bench, 1);
      upstream.read(row, count, g, blocks.stride);
      if (gate != null) {
        float[] y = block(bench, 6);
        gate.read(row, count, y, blocks.stride);
        bench.loops().reluGradient(y, g, count * blocks.stride);
      }
      if (counts != null) {
        counts.write(row, count, g, blocks.stride);
      }
      bench
          .loops()
          .activationGradient(squash, a, g, count, blocks.stride, rows[thread], sums[thread]);
      result.write(row, count, g, blocks.stride);
    }
  }
}
