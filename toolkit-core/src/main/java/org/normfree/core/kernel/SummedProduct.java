package org.normfree.core.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.op.ConvolutionGradient;
import org.normfree.core.op.WindowAxis;
import org.normfree.core.task.Task;
import org.normfree.core.task.Tensor;

/**
 * A product {@code Aᵀ·B + addend} of two tall matrices, as the gradient of a weight is: parts of
 * their rows are multiplied apart, each as it lies in memory, and the results are added in the
 * order of the parts. How many parts there are depends on the shape alone.
 *
 * <p>A part's result has its longer side last, since oneDNN multiplies so faster; the sum turns it
 * around where that is not the order of the result.
 */
final class SummedProduct implements Task {
  /** Rows below which a part is not worth a call. */
  private static final int FEWEST_ROWS = 256;

  /** A part's result holds at most this share of what the parts read. */
  private static final int SHARE = 8;

  /** Patches narrower than this are better copied together, which convolutions do. */
  private static final int NARROWEST = 32;

  /** Rows of the result that are summed at a time. */
  private static final int ROWS = 256;

  // arrays of the bench
  private static final int SUM = 0;
  private static final int PART = 1;
  private static final int TURNED = 2;

  private final Floats result;
  private final Floats addend;
  private final boolean turned;
  private final Parts parts;
  private final int threads;
  private final List<List<Prepared>> products = new ArrayList<>();
  private Floats partial;

  /** The parts of a product. */
  private interface Parts {
    int count();

    /**
     * What computes one.
     *
     * @param part its number
     * @param product where it goes, [m, n]
     */
    List<Product> products(int part, View product);
  }

  /** Parts of the rows of a matrix that is transposed and of another. */
  private record Rows(View a, View b, int count) implements Parts {
    @Override
    public List<Product> products(int part, View product) {
      int k = Math.toIntExact(b.sizes()[0]);
      int from = Task.share(k, part, count);
      int to = Task.share(k, part + 1, count);
      return List.of(Product.of(a.part(1, from, to), b.part(0, from, to), product));
    }
  }

  /** Sequences whose patches lie side by side, for as many taps at a time as there are strides. */
  private record Patches(Tensor x, Tensor upstream, WindowAxis axis, int count) implements Parts {
    @Override
    public List<Product> products(int part, View product) {
      int batch = Math.toIntExact(x.shape()[0]);
      List<Product> all = new ArrayList<>();
      int first = Task.share(batch, part, count);
      int end = Task.share(batch, part + 1, count);
      for (int example = first; example < end; example++) {
        for (long tap = 0; tap < axis.size(); tap += axis.stride()) {
          long to = Math.min(tap + axis.stride(), axis.size());
          View sum = product.part(0, tap * x.columns(), to * x.columns());
          all.add(
              Product.of(patches(example, tap, to).transposed(), gradients(example), sum)
                  .plus(example == first ? null : sum));
        }
      }
      return all;
    }

    private View patches(int example, long tap, long to) {
      long at = (example * x.shape()[1] + tap) * x.columns();
      return new View(
          x.address() + at * Float.BYTES,
          DataType.FLOAT,
          new long[] {upstream.shape()[1], (to - tap) * x.columns()},
          new long[] {axis.stride() * x.columns(), 1});
    }

    private View gradients(int example) {
      long outputs = upstream.shape()[1];
      View all = View.matrix(upstream);
      return all.part(0, example * outputs, (example + 1) * outputs);
    }
  }

  private SummedProduct(Floats result, Floats addend, Parts parts, int threads) {
    this.result = result;
    this.addend = addend;
    this.parts = parts;
    this.threads = threads;
    turned = result.rows > result.columns;
  }

  /**
   * @param a Aᵀ, [m, k], its columns side by side in memory
   * @param b B, [k, n]
   * @param c the result, row-major [m, n]
   * @param addend row-major [m, n] or null; may be c's memory
   * @return empty where another way is faster: A is not transposed, or not tall enough
   */
  static Optional<Task> prepare(View a, View b, View c, View addend, int threads) {
    long m = c.sizes()[0];
    long n = c.sizes()[1];
    long k = b.sizes()[0];
    long most = Math.min(k / FEWEST_ROWS, k * (m + n) / (SHARE * m * n));
    int parts = DividedTask.parts(most, 1);
    boolean tall = a.strides()[0] == 1 && a.strides()[1] > 1 && b.strides()[1] == 1;
    return tall && parts > 1
        ? Optional.of(
            new SummedProduct(
                floats(c), addend == null ? null : floats(addend), new Rows(a, b, parts), threads))
        : Optional.empty();
  }

  private static Floats floats(View matrix) {
    return new Floats(new Tensor(matrix.address(), DataType.FLOAT, matrix.sizes()));
  }

  /**
   * The gradient of the weights of a convolution over sequences: its matrix A has the patches that
   * the window sees as rows.
   *
   * @return empty for another convolution, or where more than the weights' gradient is wanted
   */
  static Optional<Task> ofPatches(
      ConvolutionGradient op, List<Tensor> inputs, List<Tensor> outputs, int threads) {
    Tensor x = inputs.get(0);
    Tensor upstream = inputs.get(2);
    boolean fits =
        Floating.all(inputs, outputs)
            && op.toInput() < 0
            && op.toBias() < 0
            && op.terms().axes().size() == 1
            && op.terms().groups() == 1
            && lieSideBySide(op.terms().axes().get(0), x, upstream);
    if (!fits) {
      return Optional.empty();
    }
    int parts = DividedTask.parts(x.shape()[0], 1);
    return Optional.of(
        new SummedProduct(
            floats(View.matrix(outputs.get(0).reshaped(shape(outputs.get(0))))),
            null,
            new Patches(x, upstream, op.terms().axes().get(0), parts),
            threads));
  }

  /** [window, in, out] as a matrix. */
  private static long[] shape(Tensor weight) {
    return new long[] {weight.rows(), weight.columns()};
  }

  private static boolean lieSideBySide(WindowAxis axis, Tensor x, Tensor upstream) {
    long last = (upstream.shape()[1] - 1) * axis.stride() + axis.size();
    return axis.dilation() == 1
        && axis.before() == 0
        && last <= x.shape()[1]
        && Math.min(axis.stride(), axis.size()) * x.columns() >= NARROWEST
        && upstream.shape()[1] >= FEWEST_ROWS / 2;
  }

  @Override
  public long scratchBytes() {
    return (long) parts.count() * result.length() * Float.BYTES;
  }

  @Override
  public void place(long address) {
    long rows = turned ? result.columns : result.rows;
    long columns = turned ? result.rows : result.columns;
    View all = View.of(address, DataType.FLOAT, parts.count() * rows, columns);
    partial = floats(all);
    products.clear();
    for (int part = 0; part < parts.count(); part++) {
      View place = all.part(0, part * rows, (part + 1) * rows);
      products.add(
          parts.products(part, turned ? place.transposed() : place).stream()
              .map(product -> (turned ? product.transposed() : product).prepare())
              .toList());
    }
  }

  @Override
  public int phases() {
    return 2;
  }

  @Override
  public void run(int phase, int thread) {
    if (phase == 0) {
      int end = Task.share(parts.count(), thread + 1, threads);
      for (int part = Task.share(parts.count(), thread, threads); part < end; part++) {
        products.get(part).forEach(Prepared::run);
      }
    } else {
      int end = Task.share(result.rows, thread + 1, threads);
      for (int row = Task.share(result.rows, thread, threads); row < end; row += ROWS) {
        int count = Math.min(ROWS, end - row);
        int at = row * result.columns;
        int n = count * result.columns;
        float[] sums = turned ? turnedSums(row, count) : sums(at, n);
        if (addend != null) {
          float[] more = bench().array(PART, n);
          addend.read(at, more, 0, n);
          PlainLoops.add(sums, more, n);
        }
        result.write(at, sums, 0, n);
      }
    }
  }

  /** The sums of some elements over the parts. */
  private float[] sums(int at, int n) {
    float[] sums = bench().array(SUM, n);
    float[] part = bench().array(PART, n);
    partial.read(at, sums, 0, n);
    for (int p = 1; p < parts.count(); p++) {
      partial.read(p * result.length() + at, part, 0, n);
      PlainLoops.add(sums, part, n);
    }
    return sums;
  }

  /** The sums of some of the result's rows, which are columns of the parts. */
  private float[] turnedSums(int row, int count) {
    int columns = result.columns;
    float[] rows = bench().array(TURNED, count * columns);
    for (int column = 0; column < columns; column++) {
      float[] sums = sums(column * result.rows + row, count);
      for (int i = 0; i < count; i++) {
        rows[i * columns + column] = sums[i];
      }
    }
    return rows;
  }

  private static Workbench bench() {
    return Workbench.of(LoopChoice.OF_THIS_JVM);
  }
}
