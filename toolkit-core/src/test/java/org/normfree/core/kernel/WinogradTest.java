package org.normfree.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.kernel.WinogradLoops.Transform;
import org.normfree.core.kernel.WinogradLoops.Vectors;
import org.normfree.core.op.Convolution;
import org.normfree.core.op.ConvolutionTerms;
import org.normfree.core.task.ScratchMemory;
import org.normfree.core.task.Task;
import org.normfree.core.task.Team;
import org.normfree.core.task.Tensor;

class WinogradTest {
  private static final double MOST_ERROR = 1e-5;

  static Stream<RowLoops> loops() {
    return Stream.of(new PlainLoops(), LoopChoice.vectors());
  }

  private final SplittableRandom random = new SplittableRandom(21);

  /** A convolution of a random, mostly odd size, and its results in double precision. */
  private static final class Case {
    private final int batch;
    private final int height;
    private final int width;
    private final int in;
    private final int out;
    private final int above;
    private final int left;
    private final int rows;
    private final int columns;
    private final float[] x;
    private final float[] w;
    private final float[] bias;
    private final float[] g;
    private final double[] y;
    private final double[] dx;
    private final double[] dw;

    Case(SplittableRandom random) {
      batch = 1 + random.nextInt(5);
      height = 1 + random.nextInt(23);
      width = 1 + random.nextInt(90);
      in = 1 + random.nextInt(40);
      out = 1 + random.nextInt(40);
      above = random.nextInt(3);
      left = random.nextInt(3);
      rows = height + above + Math.max(random.nextInt(3), 3 - height - above) - 2;
      columns = width + left + Math.max(random.nextInt(3), 3 - width - left) - 2;
      x = numbers(random, batch * height * width * in);
      w = numbers(random, 9 * in * out);
      g = numbers(random, batch * rows * columns * out);
      bias = random.nextBoolean() ? numbers(random, out) : null;
      y = new double[g.length];
      dx = new double[x.length];
      dw = new double[w.length];
      for (int n = 0; n < batch; n++) {
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < columns; j++) {
            pixel(n, i, j);
          }
        }
      }
    }

    private void pixel(int n, int i, int j) {
      int to = ((n * rows + i) * columns + j) * out;
      for (int o = 0; bias != null && o < out; o++) {
        y[to + o] = bias[o];
      }
      for (int tap = 0; tap < 9; tap++) {
        int row = i - above + tap / 3;
        int column = j - left + tap % 3;
        if (row < 0 || row >= height || column < 0 || column >= width) {
          continue;
        }
        int from = ((n * height + row) * width + column) * in;
        for (int c = 0; c < in; c++) {
          int weight = (tap * in + c) * out;
          for (int o = 0; o < out; o++) {
            y[to + o] += (double) x[from + c] * w[weight + o];
            dx[from + c] += (double) g[to + o] * w[weight + o];
            dw[weight + o] += (double) x[from + c] * g[to + o];
          }
        }
      }
    }

    private static float[] numbers(SplittableRandom random, int length) {
      float[] numbers = new float[length];
      for (int i = 0; i < length; i++) {
        numbers[i] = (float) (random.nextDouble() * 2 - 1);
      }
      return numbers;
    }

    INDArray image() {
      return array(x, batch, height, width, in);
    }

    INDArray weights() {
      return array(w, 3, 3, in, out);
    }

    INDArray upstream() {
      return array(g, batch, rows, columns, out);
    }

    @Override
    public String toString() {
      return "[%s, %s, %s, %s] to [%s, %s, %s], padding %s, %s, %s bias"
          .formatted(
              batch, height, width, in, rows, columns, out, above, left, bias == null ? "no" : "a");
    }
  }

  private static INDArray array(float[] values, long... shape) {
    return Nd4j.createFromArray(values).reshape(shape);
  }

  private interface Prepared {
    Task of(int threads);
  }

  private static float[] run(INDArray result, int threads, Prepared prepared) {
    result.assign(Float.NaN);
    try (Team team = new Team(threads);
        ScratchMemory scratch = new ScratchMemory()) {
      Task task = prepared.of(threads);
      scratch.place(task, 0);
      team.run(List.of(task));
    }
    return result.dup('c').data().asFloat();
  }

  private static void agrees(String what, INDArray result, double[] expected, Prepared prepared) {
    float[] one = run(result, 1, prepared);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs(one[i] - expected[i]);
      error = difference <= error ? error : difference; // NaN stays
    }
    assertThat(error).as(what).isLessThanOrEqualTo(MOST_ERROR * largest);
    for (int threads : new int[] {2, 3, 5}) {
      assertThat(run(result, threads, prepared)).as("%s, %s threads", what, threads).isEqualTo(one);
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void agreesWithDoublePrecisionAndHasTheSameBitsForEveryTeam(RowLoops loops) {
    for (int i = 0; i < 25; i++) {
      Case c = new Case(random);
      INDArray x = c.image();
      INDArray w = c.weights();
      INDArray g = c.upstream();
      INDArray bias = c.bias == null ? null : Nd4j.createFromArray(c.bias);
      String what = loops.name() + " " + c;
      INDArray y = g.dup('c');
      agrees(
          "result, " + what,
          y,
          c.y,
          threads ->
              WinogradTask.forward(
                  loops,
                  Tensor.of(x),
                  Tensor.of(w),
                  bias == null ? null : Tensor.of(bias),
                  Tensor.of(y),
                  c.above,
                  c.left,
                  threads));
      INDArray dx = x.dup('c');
      agrees(
          "dx, " + what,
          dx,
          c.dx,
          threads ->
              WinogradTask.toInput(
                  loops, Tensor.of(g), Tensor.of(w), Tensor.of(dx), c.above, c.left, threads));
      INDArray dw = w.dup('c');
      agrees(
          "dW, " + what,
          dw,
          c.dw,
          threads ->
              new WinogradWeightTask(
                  loops, Tensor.of(x), Tensor.of(g), Tensor.of(dw), c.above, c.left, threads));
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void multipliesByTheWholeMatrix(RowLoops loops) {
    int lanes = loops.lanes();
    for (Transform transform : Transform.values()) {
      int count = 1 + random.nextInt(5);
      int length = lanes * (1 + random.nextInt(3));
      float[] from = Case.numbers(random, 6 * count * length);
      float[] plain = new float[from.length];
      float[] own = new float[from.length];
      Vectors x = new Vectors(from, 0, length, transform.inputs() * length);
      int next = transform.outputs() * length;
      new PlainLoops()
          .winograd()
          .multiply(transform, x, new Vectors(plain, 0, length, next), count, length);
      loops.winograd().multiply(transform, x, new Vectors(own, 0, length, next), count, length);
      for (int i = 0; i < own.length; i++) {
        assertThat(own[i]).as("%s %s", transform, i).isCloseTo(plain[i], offset());
      }
    }
  }

  private static Offset<Float> offset() {
    return within(5e-6f);
  }

  private static boolean known(ConvolutionTerms terms, long in, long out, long... area) {
    INDArray x = Nd4j.create(DataType.FLOAT, area[0], area[1], area[2], in);
    INDArray w = Nd4j.create(DataType.FLOAT, terms.weightShape(in, out));
    Convolution op = new Convolution(terms, x, w);
    INDArray y = Nd4j.create(DataType.FLOAT, op.calculateOutputShape().get(0).getShape());
    var arrays =
        new Preparations.Arrays(List.of(Tensor.of(x), Tensor.of(w)), List.of(Tensor.of(y)), 1);
    return Winograd.forward(LoopChoice.vectors(), op, arrays).isPresent();
  }

  @Test
  void isForLargeWindowsOfThreeAtEveryPixelOnly() {
    ConvolutionTerms terms = ConvolutionTerms.image(3).padding(1);
    assertThat(known(terms, 32, 32, 64, 16, 16)).isTrue();
    assertThat(known(terms, 32, 64, 64, 16, 16)).isTrue();
    assertThat(known(terms.padding(0), 64, 64, 64, 8, 8)).isFalse(); // 6×6 fill little of 8×8
    assertThat(known(terms.stride(2), 32, 32, 64, 32, 32)).isFalse();
    assertThat(known(terms.dilation(2), 32, 32, 64, 32, 32)).isFalse();
    assertThat(known(terms.groups(2), 32, 32, 64, 32, 32)).isFalse();
    assertThat(known(ConvolutionTerms.image(5), 32, 32, 64, 32, 32)).isFalse();
    assertThat(known(terms, 16, 16, 64, 32, 32)).isFalse();
    assertThat(known(terms, 32, 32, 1, 16, 16)).isFalse();
  }
}
