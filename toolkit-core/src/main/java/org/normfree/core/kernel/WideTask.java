package org.normfree.core.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.op.Shareable;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * The arithmetic of a {@link Shareable} op on FLOAT arrays: they are widened in a first phase, and
 * results are rounded in a last one.
 */
final class WideTask implements Task {
  private static final int BLOCK = 4096;

  private final List<Tensor> inputs;
  private final List<Tensor> outputs;
  private final int threads;
  private final Shareable.Operands operands;
  private final Shareable.Shares shares;

  WideTask(Shareable op, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.threads = threads;
    List<double[]> reals = new ArrayList<>();
    List<int[]> integers = new ArrayList<>();
    for (Tensor input : inputs) {
      int length = Math.toIntExact(input.length());
      boolean integer = input.type() == DataType.INT32;
      reals.add(integer ? null : new double[length]);
      integers.add(integer ? new int[length] : null);
    }
    List<double[]> results =
        outputs.stream().map(o -> new double[Math.toIntExact(o.length())]).toList();
    operands =
        new Shareable.Operands(
            inputs.stream().map(Tensor::shape).toList(), reals, integers, results);
    shares = op.share(operands, threads);
  }

  @Override
  public int phases() {
    return shares.phases() + 2;
  }

  @Override
  public void run(int phase, int thread) {
    if (phase == 0) {
      widen(thread);
    } else if (phase <= shares.phases()) {
      shares.run(phase - 1, thread);
    } else {
      round(thread);
    }
  }

  private void widen(int thread) {
    for (int i = 0; i < inputs.size(); i++) {
      Tensor input = inputs.get(i);
      int length = (int) input.length();
      int first = Task.share(length, thread, threads);
      int end = Task.share(length, thread + 1, threads);
      if (input.type() == DataType.INT32) {
        Ints ints = new Ints(input);
        for (int k = first; k < end; k++) {
          operands.integer(i)[k] = ints.get(k);
        }
      } else {
        widen(new Floats(input), operands.real(i), first, end);
      }
    }
    for (double[] output : operands.outputs()) {
      int first = Task.share(output.length, thread, threads);
      Arrays.fill(output, first, Task.share(output.length, thread + 1, threads), 0);
    }
  }

  private static void widen(Floats from, double[] to, int first, int end) {
    float[] block = new float[BLOCK];
    for (int i = first; i < end; i += BLOCK) {
      int n = Math.min(BLOCK, end - i);
      from.read(i, block, 0, n);
      for (int k = 0; k < n; k++) {
        to[i + k] = block[k];
      }
    }
  }

  private void round(int thread) {
    float[] block = new float[BLOCK];
    for (int i = 0; i < outputs.size(); i++) {
      double[] from = operands.output(i);
      Floats to = new Floats(outputs.get(i));
      int end = Task.share(from.length, thread + 1, threads);
      for (int k = Task.share(from.length, thread, threads); k < end; k += BLOCK) {
        int n = Math.min(BLOCK, end - k);
        for (int j = 0; j < n; j++) {
          block[j] = (float) from[k + j];
        }
        to.write(k, block, 0, n);
      }
    }
  }
}
