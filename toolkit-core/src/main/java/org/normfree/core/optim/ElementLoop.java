package org.normfree.core.optim;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.kernel.Team;
import org.normfree.core.op.Task;

/**
 * Runs loops over the elements of several equally long arrays, for many parameters at once. The
 * elements pass through Java arrays block by block: loops over those are what the JIT compiler
 * vectorizes, and one pass replaces a dozen ND4J calls a tensor. The blocks of all parameters
 * together are divided among the calling thread's {@link Team}; they lie at the same places
 * whatever its size, which therefore does not change a bit.
 */
final class ElementLoop {
  private static final int BLOCK = 2048;

  private final int arrays;
  private final List<Block> blocks = new ArrayList<>();
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

  /** {@link #add} and {@link #run()}. */
  void run(Floats floats, Doubles doubles, int written, INDArray... operands) {
    add(floats, doubles, written, operands);
    run();
  }

  /**
   * Adds a loop to those that the next {@link #run()} does.
   *
   * @param floats the body where the arrays are FLOAT
   * @param doubles the body where they are DOUBLE
   * @param written how many of the first arrays the body changes
   * @param operands arrays of one type and shape
   * @throws IllegalArgumentException if types or shapes differ, or are neither FLOAT nor DOUBLE
   */
  void add(Floats floats, Doubles doubles, int written, INDArray... operands) {
    INDArray[] plain = new INDArray[operands.length];
    for (int k = 0; k < operands.length; k++) {
      if (operands[k].dataType() != operands[0].dataType()
          || !operands[k].equalShapes(operands[0])) {
        throw new IllegalArgumentException(
            "arrays of one type and shape expected, got %s and %s"
                .formatted(operands[0].shapeInfoToString(), operands[k].shapeInfoToString()));
      }
      plain[k] = HostBuffer.rowMajor(operands[k]);
    }
    if (operands[0].dataType() == DataType.FLOAT) {
      addFloats(floats, written, plain);
    } else if (operands[0].dataType() == DataType.DOUBLE) {
      addDoubles(doubles, written, plain);
    } else {
      throw new IllegalArgumentException(
          "a parameter must be FLOAT or DOUBLE, not " + operands[0].dataType());
    }
    afterwards.add(
        () -> {
          for (int k = 0; k < written; k++) {
            HostBuffer.written(plain[k]);
            if (plain[k] != operands[k]) {
              operands[k].assign(plain[k]);
            }
          }
        });
  }

  private void addFloats(Floats body, int written, INDArray[] operands) {
    int count = operands.length;
    FloatBuffer[] buffers = new FloatBuffer[count];
    for (int k = 0; k < count; k++) {
      buffers[k] = HostBuffer.floats(operands[k]);
    }
    int length = Math.toIntExact(operands[0].length());
    for (int block = 0; block < length; block += BLOCK) {
      int from = block;
      int n = Math.min(BLOCK, length - from);
      blocks.add(
          rows -> {
            float[][] staged = rows.floats;
            for (int k = 0; k < count; k++) {
              buffers[k].get(from, staged[k], 0, n);
            }
            body.run(staged, n);
            for (int k = 0; k < written; k++) {
              buffers[k].put(from, staged[k], 0, n);
            }
          });
    }
  }

  private void addDoubles(Doubles body, int written, INDArray[] operands) {
    int count = operands.length;
    DoubleBuffer[] buffers = new DoubleBuffer[count];
    for (int k = 0; k < count; k++) {
      buffers[k] = HostBuffer.doubles(operands[k]);
    }
    int length = Math.toIntExact(operands[0].length());
    for (int block = 0; block < length; block += BLOCK) {
      int from = block;
      int n = Math.min(BLOCK, length - from);
      blocks.add(
          rows -> {
            double[][] staged = rows.doubles();
            for (int k = 0; k < count; k++) {
              buffers[k].get(from, staged[k], 0, n);
            }
            body.run(staged, n);
            for (int k = 0; k < written; k++) {
              buffers[k].put(from, staged[k], 0, n);
            }
          });
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
   * @param operands arrays of any shape
   * @return the sum over all
   */
  double sum(FloatSum floats, DoubleSum doubles, Collection<INDArray> operands) {
    List<double[]> sums = new ArrayList<>();
    for (INDArray operand : operands) {
      int first = blocks.size();
      add((rows, n) -> {}, (rows, n) -> {}, 0, operand);
      boolean single = operand.dataType() == DataType.FLOAT;
      for (int i = first; i < blocks.size(); i++) {
        Block reading = blocks.get(i);
        double[] sum = new double[1];
        int n = (int) Math.min(BLOCK, operand.length() - (long) (i - first) * BLOCK);
        sums.add(sum);
        blocks.set(
            i,
            rows -> {
              reading.run(rows);
              sum[0] = single ? floats.of(rows.floats[0], n) : doubles.of(rows.doubles()[0], n);
            });
      }
    }
    run();
    double total = 0;
    for (double[] sum : sums) {
      total += sum[0];
    }
    return total;
  }

  /** Does all loops that were added, and forgets them. */
  void run() {
    Team team = Team.ofThisThread();
    int threads = team.threads();
    Task task =
        (phase, thread) -> {
          Rows mine = new Rows(arrays);
          int end = Task.share(blocks.size(), thread + 1, threads);
          for (int i = Task.share(blocks.size(), thread, threads); i < end; i++) {
            blocks.get(i).run(mine);
          }
        };
    try {
      team.run(List.of(task));
      afterwards.forEach(Runnable::run);
    } finally {
      blocks.clear();
      afterwards.clear();
    }
  }
}
