package org.normfree.core.optim;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.task.Task;
import org.normfree.core.task.Team;

/**
 * Runs loops over the elements of several equally long arrays, for many parameters at once. The
 * elements pass through Java arrays block by block: loops over those are what the JIT compiler
 * vectorizes, and one pass replaces a dozen ND4J calls a tensor. The blocks of all parameters
 * together are divided among the calling thread's {@link Team}; they lie at the same places
 * whatever its size, which therefore does not change a bit.
 */
final class ElementLoop {
  private static final int BLOCK = 2048;

  /** So many elements one thread does about as fast as two that have to meet. */
  private static final long SMALL = 65_536;

  /** So many partial sums are left to double precision. */
  private static final int FEW = 128;

  private final int arrays;
  private final Map<String, Operands> known = new HashMap<>();
  private final List<Block> blocks = new ArrayList<>();
  private long elements;
  private final List<Runnable> afterwards = new ArrayList<>();

  /** The loop's body on FLOAT arrays: {@code rows[k][i]} is element i of the block of array k. */
  @FunctionalInterface
  interface Floats {
    void run(float[][] rows, int length);
  }

  /** The loop's body on DOUBLE arrays. */
  @FunctionalInterface
  interface Doubles {
    void run(double[][] rows, int length);
  }

  /** The loop's body on FLOAT arrays where it matters which elements they are. */
  @FunctionalInterface
  interface FloatsAt {
    void run(float[][] rows, int from, int length);
  }

  /** The same on DOUBLE arrays. */
  @FunctionalInterface
  interface DoublesAt {
    void run(double[][] rows, int from, int length);
  }

  /** One block of one loop. */
  private interface Block {
    void run(Rows rows);
  }

  /** What a thread needs: a block of each array. */
  private static final class Rows {
    private final float[][] floats;
    private double[][] doubles;

    Rows(int arrays) {
      floats = new float[arrays][BLOCK];
    }

    double[][] doubles() {
      if (doubles == null) {
        doubles = new double[floats.length][BLOCK];
      }
      return doubles;
    }
  }

  /**
   * @param arrays how many arrays a loop runs over at most
   */
  ElementLoop(int arrays) {
    this.arrays = arrays;
  }

  /** Arrays of a loop and their memory, which is asked for once, because asking costs. */
  private static final class Operands {
    private final INDArray[] given;
    private final INDArray[] plain;
    private final FloatBuffer[] floats;
    private final DoubleBuffer[] doubles;

    Operands(INDArray[] given) {
      DataType type = given[0].dataType();
      if (type != DataType.FLOAT && type != DataType.DOUBLE) {
        throw new IllegalArgumentException("a parameter must be FLOAT or DOUBLE, not " + type);
      }
      int count = given.length;
      this.given = given.clone();
      plain = new INDArray[count];
      floats = new FloatBuffer[type == DataType.FLOAT ? count : 0];
      doubles = new DoubleBuffer[type == DataType.DOUBLE ? count : 0];
      for (int k = 0; k < count; k++) {
        if (given[k].dataType() != type || !given[k].equalShapes(given[0])) {
          throw new IllegalArgumentException(
              "arrays of one type and shape expected, got %s and %s"
                  .formatted(given[0].shapeInfoToString(), given[k].shapeInfoToString()));
        }
        plain[k] = HostBuffer.rowMajor(given[k]);
        if (type == DataType.FLOAT) {
          floats[k] = HostBuffer.floats(plain[k]);
        } else {
          doubles[k] = HostBuffer.doubles(plain[k]);
        }
      }
    }

    /** Whether the memory still is that of the arrays; what had to be copied is copied anew. */
    @SuppressWarnings("ReferenceEquality") // equal numbers in other memory are another operand
    boolean are(INDArray[] arrays) {
      boolean same = arrays.length == given.length;
      for (int k = 0; same && k < arrays.length; k++) {
        same = arrays[k] == given[k] && plain[k] == given[k] && !given[k].wasClosed();
      }
      return same;
    }

    int length() {
      return Math.toIntExact(given[0].length());
    }

    @SuppressWarnings("ReferenceEquality") // see above
    void written(int count) {
      for (int k = 0; k < count; k++) {
        HostBuffer.written(plain[k]);
        if (plain[k] != given[k]) {
          given[k].assign(plain[k]);
        }
      }
    }
  }

  /**
   * Adds a loop to those that the next {@link #run()} does.
   *
   * @param name whose loop it is; under the same name the same arrays are expected again
   * @param floats the body where the arrays are FLOAT
   * @param doubles the body where they are DOUBLE
   * @param written how many of the first arrays the body changes
   * @param arrays arrays of one type and shape
   * @throws IllegalArgumentException if types or shapes differ, or are neither FLOAT nor DOUBLE
   */
  void add(String name, Floats floats, Doubles doubles, int written, INDArray... arrays) {
    addAt(
        name,
        (rows, from, n) -> floats.run(rows, n),
        (rows, from, n) -> doubles.run(rows, n),
        written,
        arrays);
  }

  /**
   * The same with bodies that are told the place of a block's first element, which is even. Rows
   * behind those of the arrays are the body's to write on.
   *
   * @param name whose loop it is
   * @param floats the body where the arrays are FLOAT
   * @param doubles the body where they are DOUBLE
   * @param written how many of the first arrays the body changes
   * @param arrays arrays of one type and shape
   */
  void addAt(String name, FloatsAt floats, DoublesAt doubles, int written, INDArray... arrays) {
    Operands operands = operands(name, arrays);
    boolean single = operands.floats.length > 0;
    int length = operands.length();
    elements += length;
    for (int block = 0; block < length; block += BLOCK) {
      int from = block;
      int n = Math.min(BLOCK, length - from);
      blocks.add(
          single
              ? rows -> floats(floats, written, operands.floats, rows.floats, from, n)
              : rows -> doubles(doubles, written, operands.doubles, rows.doubles(), from, n));
    }
    if (written > 0) {
      afterwards.add(() -> operands.written(written));
    }
  }

  private Operands operands(String name, INDArray[] arrays) {
    Operands operands = known.get(name);
    if (operands == null || !operands.are(arrays)) {
      operands = new Operands(arrays);
      known.put(name, operands);
    }
    return operands;
  }

  private static void floats(
      FloatsAt body, int written, FloatBuffer[] buffers, float[][] rows, int from, int n) {
    for (int k = 0; k < buffers.length; k++) {
      buffers[k].get(from, rows[k], 0, n);
    }
    body.run(rows, from, n);
    for (int k = 0; k < written; k++) {
      buffers[k].put(from, rows[k], 0, n);
    }
  }

  private static void doubles(
      DoublesAt body, int written, DoubleBuffer[] buffers, double[][] rows, int from, int n) {
    for (int k = 0; k < buffers.length; k++) {
      buffers[k].get(from, rows[k], 0, n);
    }
    body.run(rows, from, n);
    for (int k = 0; k < written; k++) {
      buffers[k].put(from, rows[k], 0, n);
    }
  }

  /** The sum over the elements of a FLOAT block. */
  @FunctionalInterface
  interface FloatSum {
    double of(float[] row, int length);
  }

  /** The sum over the elements of a DOUBLE block. */
  @FunctionalInterface
  interface DoubleSum {
    double of(double[] row, int length);
  }

  /**
   * Sums over the elements of arrays; the blocks' sums are added in order, so the size of the team
   * does not change a bit.
   *
   * @param floats the sum over a block of a FLOAT array
   * @param doubles the sum over a block of a DOUBLE array
   * @param operands arrays of any shape by name
   * @return the sum over all
   */
  double sum(FloatSum floats, DoubleSum doubles, Map<String, INDArray> operands) {
    double total = 0;
    for (List<double[]> blocks : blockSums(floats, doubles, operands).values()) {
      for (double[] sum : blocks) {
        total += sum[0];
      }
    }
    return total;
  }

  /** The same for each array on its own, by name. */
  Map<String, Double> sums(FloatSum floats, DoubleSum doubles, Map<String, INDArray> operands) {
    Map<String, Double> totals = new LinkedHashMap<>();
    blockSums(floats, doubles, operands)
        .forEach(
            (name, blocks) -> {
              double total = 0;
              for (double[] sum : blocks) {
                total += sum[0];
              }
              totals.put(name, total);
            });
    return totals;
  }

  private Map<String, List<double[]>> blockSums(
      FloatSum floats, DoubleSum doubles, Map<String, INDArray> operands) {
    Map<String, List<double[]>> sums = new LinkedHashMap<>();
    operands.forEach(
        (name, operand) -> {
          List<double[]> own = new ArrayList<>();
          sums.put(name, own);
          int first = blocks.size();
          add(name, (rows, n) -> {}, (rows, n) -> {}, 0, operand);
          boolean single = operand.dataType() == DataType.FLOAT;
          for (int i = first; i < blocks.size(); i++) {
            Block reading = blocks.get(i);
            double[] sum = new double[1];
            int n = (int) Math.min(BLOCK, operand.length() - (long) (i - first) * BLOCK);
            own.add(sum);
            blocks.set(
                i,
                rows -> {
                  reading.run(rows);
                  sum[0] = single ? floats.of(rows.floats[0], n) : doubles.of(rows.doubles()[0], n);
                });
          }
        });
    run();
    return sums;
  }

  /**
   * The inner product of two FLOAT blocks. Halves are added to halves, over distances that are
   * known beforehand: loops that the JIT vectorizes, and short chains of roundings. Products, and
   * sums of up to {@code BLOCK / FEW} of them, are rounded to single precision, all else is double.
   *
   * @param a a row
   * @param b a row
   * @param scratch another row, written on
   * @param n how many elements count
   */
  static double product(float[] a, float[] b, float[] scratch, int n) {
    for (int i = 0; i < n; i++) {
      scratch[i] = a[i] * b[i];
    }
    // what lies between n and the next power of two is added, too
    Arrays.fill(scratch, n, Math.max(FEW, n > 1 ? Integer.highestOneBit(n - 1) << 1 : 1), 0);
    if (n > 1024) {
      for (int i = 0; i < 1024; i++) {
        scratch[i] += scratch[i + 1024];
      }
    }
    if (n > 512) {
      for (int i = 0; i < 512; i++) {
        scratch[i] += scratch[i + 512];
      }
    }
    if (n > 256) {
      for (int i = 0; i < 256; i++) {
        scratch[i] += scratch[i + 256];
      }
    }
    if (n > 128) {
      for (int i = 0; i < 128; i++) {
        scratch[i] += scratch[i + 128];
      }
    }
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    for (int i = 0; i < FEW; i += 4) {
      s0 += scratch[i];
      s1 += scratch[i + 1];
      s2 += scratch[i + 2];
      s3 += scratch[i + 3];
    }
    return s0 + s1 + (s2 + s3);
  }

  /** Several sums over the elements of FLOAT blocks: adds them to {@code sums}. */
  @FunctionalInterface
  interface FloatSums {
    void add(float[][] rows, int length, double[] sums);
  }

  /** The same of DOUBLE blocks. */
  @FunctionalInterface
  interface DoubleSums {
    void add(double[][] rows, int length, double[] sums);
  }

  /**
   * Adds a loop that gives sums over elements of several arrays. The blocks' sums are added in
   * order, so the size of the team does not change a bit.
   *
   * @param name whose loop it is; under the same name the same arrays are expected again
   * @param count how many sums
   * @param written how many of the first arrays the body changes
   * @param operands arrays of one type and shape
   * @return gives the sums once {@link #run()} has returned
   */
  Supplier<double[]> addSums(
      String name,
      FloatSums floats,
      DoubleSums doubles,
      int count,
      int written,
      INDArray... operands) {
    double[][] own = new double[Math.toIntExact((operands[0].length() + BLOCK - 1) / BLOCK)][count];
    addAt(
        name,
        (rows, from, n) -> floats.add(rows, n, own[from / BLOCK]),
        (rows, from, n) -> doubles.add(rows, n, own[from / BLOCK]),
        written,
        operands);
    return () -> {
      double[] total = new double[count];
      for (double[] sums : own) {
        for (int k = 0; k < count; k++) {
          total[k] += sums[k];
        }
      }
      return total;
    };
  }

  /** Does all loops that were added, and forgets them. */
  void run() {
    Team team = Team.ofThisThread();
    boolean small = elements <= SMALL;
    int shares = small ? 1 : team.threads();
    Task task =
        (phase, share) -> {
          Rows mine = new Rows(arrays);
          int end = Task.share(blocks.size(), share + 1, shares);
          for (int i = Task.share(blocks.size(), share, shares); i < end; i++) {
            blocks.get(i).run(mine);
          }
        };
    try {
      team.run(List.of(small ? Task.alone(task) : task));
      afterwards.forEach(Runnable::run);
    } finally {
      blocks.clear();
      elements = 0;
      afterwards.clear();
    }
  }
}
