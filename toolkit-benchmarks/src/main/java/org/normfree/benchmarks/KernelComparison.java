package org.normfree.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.NativeThreads;
import org.normfree.core.kernel.JavaKernel;
import org.normfree.core.kernel.Kernel;
import org.normfree.core.kernel.OneDnnKernel;
import org.normfree.core.op.Attention;
import org.normfree.core.op.AttentionGradient;
import org.normfree.core.op.Linear;
import org.normfree.core.op.LinearGradient;
import org.normfree.core.op.NormfreeOp;

/**
 * Linear maps and attention, forward and backward, by either kernel at sizes of small Transformers.
 * The kernels take turns, so that what else the machine does hits both alike; printed is the median
 * of a call in microseconds.
 */
public final class KernelComparison {
  private static final int WARM_UP = 100;
  private static final int CALLS = 200;

  private KernelComparison() {}

  /** A forward op and its gradient on fixed arrays; the output is also the upstream gradient. */
  private record Case(
      String name,
      NormfreeOp op,
      NormfreeOp gradient,
      List<INDArray> inputs,
      List<INDArray> upstream,
      INDArray output,
      List<INDArray> gradients) {
    static Case of(
        String name, NormfreeOp op, NormfreeOp gradient, List<INDArray> inputs, INDArray output) {
      List<INDArray> upstream = new ArrayList<>(inputs);
      if (op instanceof Linear) {
        upstream.remove(2); // the gradient does not need the bias
      }
      upstream.add(output);
      List<INDArray> gradients = inputs.stream().map(INDArray::ulike).toList();
      return new Case(name, op, gradient, inputs, upstream, output, gradients);
    }

    void run(Kernel kernel) {
      boolean done =
          kernel.compute(op, inputs, List.of(output))
              && kernel.compute(gradient, upstream, gradients);
      if (!done) {
        throw new IllegalStateException(kernel.name() + " does not compute " + name);
      }
    }
  }

  private static Case linear(long rows, long in, long out) {
    LinearGradient gradient = new LinearGradient();
    gradient.addBArgument(true);
    return Case.of(
        "linear %s×%s→%s".formatted(rows, in, out),
        new Linear(),
        gradient,
        List.of(random(rows, in), random(in, out), random(out)),
        random(rows, out));
  }

  private static Case attention(long batch, long tokens, long channels, long heads) {
    Attention op = new Attention();
    op.addIArgument(heads);
    AttentionGradient gradient = new AttentionGradient();
    gradient.addIArgument(heads);
    INDArray x = random(batch, tokens, channels);
    return Case.of(
        "attention [%s, %s, %s], %s heads".formatted(batch, tokens, channels, heads),
        op,
        gradient,
        List.of(x, x.dup(), x.dup()),
        x.ulike());
  }

  private static INDArray random(long... shape) {
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double[] values = new SplittableRandom(1).doubles(length, -1, 1).toArray();
    return Nd4j.createFromArray(values).castTo(DataType.FLOAT).reshape(shape);
  }

  /** Median microseconds of a call by each kernel, one after the other. */
  private static double[] medians(Case work, List<Kernel> kernels) {
    double[][] times = new double[kernels.size()][CALLS];
    for (int call = -WARM_UP; call < CALLS; call++) {
      for (int k = 0; k < kernels.size(); k++) {
        long start = System.nanoTime();
        work.run(kernels.get(k));
        if (call >= 0) {
          times[k][call] = (System.nanoTime() - start) / 1e3;
        }
      }
    }
    return Arrays.stream(times)
        .mapToDouble(t -> Arrays.stream(t).sorted().toArray()[CALLS / 2])
        .toArray();
  }

  /**
   * Prints the table.
   *
   * @param args numbers of threads, 1 and 2 if there are none
   */
  public static void main(String[] args) {
    List<Kernel> kernels = List.of(new JavaKernel(), new OneDnnKernel());
    kernels.get(1).missing().ifPresent(missing -> System.err.println(missing));
    System.out.println("| forward and backward, µs | threads | java | onednn | java / onednn |");
    System.out.println("|---|---|---|---|---|");
    for (String threads : args.length == 0 ? new String[] {"1", "2"} : args) {
      NativeThreads.limit(Integer.parseInt(threads));
      for (Case work :
          List.of(
              linear(1024, 64, 256),
              linear(2048, 192, 768),
              attention(64, 16, 64, 4),
              attention(32, 64, 192, 3))) {
        double[] t = medians(work, kernels);
        System.out.printf(
            Locale.ROOT,
            "| %s | %s | %.0f | %.0f | %.1f |%n",
            work.name,
            threads,
            t[0],
            t[1],
            t[0] / t[1]);
      }
    }
  }
}
