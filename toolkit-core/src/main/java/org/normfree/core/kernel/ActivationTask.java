package org.normfree.core.kernel;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.normfree.core.op.ActivationTerms;
import org.normfree.core.op.Squash;
import org.normfree.core.task.Tensor;

/** Dynamic activation or its gradient. */
final class ActivationTask extends RowTask {
  private final Squash squash;
  private final Floats x;
  private final Floats upstream;
  private final Floats result;
  private final Map<ActivationTerms, Floats> terms = new EnumMap<>(ActivationTerms.class);
  private final RowLoops.ActivationRow[] rows;
  private final RowLoops.ActivationSums[] sums;

  private ActivationTask(
      RowLoops loops,
      Squash squash,
      long mask,
      List<Tensor> inputs,
      List<Tensor> outputs,
      boolean gradient,
      int threads) {
    super(loops, Blocks.ofRows(inputs.get(0).rows(), inputs.get(0).columns(), threads, loops));
    this.squash = squash;
    x = new Floats(inputs.get(0));
    result = new Floats(outputs.get(0));
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
    upstream = gradient ? new Floats(inputs.get(inputs.size() - 1)) : null;
  }

  static ActivationTask forward(
      RowLoops loops,
      Squash squash,
      long mask,
      List<Tensor> inputs,
      List<Tensor> outputs,
      int threads) {
    return new ActivationTask(loops, squash, mask, inputs, outputs, false, threads);
  }

  static ActivationTask backward(
      RowLoops loops,
      Squash squash,
      long mask,
      List<Tensor> inputs,
      List<Tensor> outputs,
      int threads) {
    return new ActivationTask(loops, squash, mask, inputs, outputs, true, threads);
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
      result.write(row, count, a, blocks.stride);
    } else {
      float[] g = block(bench, 1);
      upstream.read(row, count, g, blocks.stride);
      bench
          .loops()
          .activationGradient(squash, a, g, count, blocks.stride, rows[thread], sums[thread]);
      result.write(row, count, g, blocks.stride);
    }
  }
}
