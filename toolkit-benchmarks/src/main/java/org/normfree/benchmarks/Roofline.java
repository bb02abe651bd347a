package org.normfree.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.kernel.OneDnnKernel;
import org.normfree.core.op.Linear;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * What the machine can do at most: products in single precision, by the library's own threads and
 * divided among ours, whichever is faster; and copies. {@link #report} measures.
 */
final class Roofline extends Limit {
  private static final int[][] PRODUCTS = {
    {2048, 2048, 2048}, {2048, 192, 768}, {2048, 768, 192}, {512, 384, 1536}, {1024, 64, 256}
  };
  private static final int[] COPIES = {2048 * 768, 64 << 20};

  Roofline(int threads) {
    super(threads);
  }

  /** What {@link #report} measures, in its order. */
  record Measure(String name, String unit, boolean product) {}

  static List<Measure> measures() {
    return Stream.concat(
            Arrays.stream(PRODUCTS)
                .map(
                    p ->
                        new Measure(
                            "product %s×%s×%s".formatted(p[0], p[1], p[2]), "GFLOP/s", true)),
            Arrays.stream(COPIES)
                .boxed()
                .map(
                    c ->
                        new Measure(
                            String.format(
                                Locale.ROOT, "copy of %.1f MB", c * (double) Float.BYTES / 1e6),
                            "GB/s read and written",
                            false)))
        .toList();
  }

  @Override
  public double[] report() {
    double[] values = new double[PRODUCTS.length + COPIES.length];
    for (int i = 0; i < PRODUCTS.length; i++) {
      values[i] = product(PRODUCTS[i][0], PRODUCTS[i][1], PRODUCTS[i][2]);
    }
    for (int i = 0; i < COPIES.length; i++) {
      values[PRODUCTS.length + i] = copy(COPIES[i]);
    }
    return values;
  }

  private double product(int rows, int in, int out) {
    INDArray x = Nd4j.rand(DataType.FLOAT, rows, in);
    INDArray weight = Nd4j.rand(DataType.FLOAT, in, out);
    INDArray y = Nd4j.create(DataType.FLOAT, rows, out);
    double flop = 2.0 * rows * in * out;
    int calls = (int) Math.max(1, 2e9 / flop);
    Linear op = new Linear(x, weight);
    op.addOutputArgument(y);
    double library = best(calls, () -> Nd4j.exec(op));
    OneDnnKernel kernel = new OneDnnKernel();
    Optional<Task> task =
        kernel.missing().isPresent()
            ? Optional.empty()
            : kernel.prepare(
                new Linear(),
                List.of(Tensor.of(x), Tensor.of(weight)),
                List.of(Tensor.of(y)),
                threads);
    double divided =
        task.map(t -> best(calls, () -> team.run(List.of(t)))).orElse(Double.POSITIVE_INFINITY);
    List.of(x, weight, y).forEach(INDArray::close);
    return flop / Math.min(library, divided) / GIGA;
  }

  private double copy(int floats) {
    INDArray from = Nd4j.rand(DataType.FLOAT, floats);
    INDArray to = Nd4j.create(DataType.FLOAT, floats);
    Task task = copy(from, to, threads);
    int calls = Math.max(1, (int) (2e8 / floats / Float.BYTES));
    double seconds = best(calls, () -> team.run(List.of(task)));
    from.close();
    to.close();
    return 2.0 * Float.BYTES * floats / seconds / GIGA;
  }

  /** Copies one FLOAT array to another of its size, in equal parts. */
  static Task copy(INDArray from, INDArray to, int threads) {
    int floats = Math.toIntExact(from.length());
    Pointer source = from.data().pointer();
    Pointer target = to.data().pointer();
    return (phase, thread) -> {
      long begin = (long) Float.BYTES * Task.share(floats, thread, threads);
      long end = (long) Float.BYTES * Task.share(floats, thread + 1, threads);
      Pointer.memcpy(at(target, begin), at(source, begin), end - begin);
    };
  }

  private static Pointer at(Pointer base, long offset) {
    return new Pointer(base) {
      {
        address = base.address() + offset;
      }
    };
  }
}
