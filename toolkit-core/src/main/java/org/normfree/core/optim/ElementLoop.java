package org.normfree.core.optim;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs a loop over the elements of several equally long arrays. The elements pass through Java
 * arrays block by block: loops over those are what the JIT compiler vectorizes, and one pass
 * replaces a dozen ND4J calls a tensor.
 */
final class ElementLoop {
  private static final int BLOCK = 2048;

  private final float[][] floatRows;
  private final double[][] doubleRows;

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

  /**
   * @param arrays how many arrays a loop runs over at most
   */
  ElementLoop(int arrays) {
    floatRows = new float[arrays][BLOCK];
    doubleRows = new double[arrays][BLOCK];
  }

  /**
   * @param floats the body where the arrays are FLOAT
   * @param doubles the body where they are DOUBLE
   * @param written how many of the first arrays the body changes
   * @param arrays arrays of one type and shape
   * @throws IllegalArgumentException if types or shapes differ, or are neither FLOAT nor DOUBLE
   */
  void run(Floats floats, Doubles doubles, int written, INDArray... arrays) {
    INDArray[] plain = new INDArray[arrays.length];
    for (int k = 0; k < arrays.length; k++) {
      if (arrays[k].dataType() != arrays[0].dataType() || !arrays[k].equalShapes(arrays[0])) {
        throw new IllegalArgumentException(
            "arrays of one type and shape expected, got %s and %s"
                .formatted(arrays[0].shapeInfoToString(), arrays[k].shapeInfoToString()));
      }
      plain[k] = HostBuffer.rowMajor(arrays[k]);
    }
    if (arrays[0].dataType() == DataType.FLOAT) {
      runFloats(floats, written, plain);
    } else if (arrays[0].dataType() == DataType.DOUBLE) {
      runDoubles(doubles, written, plain);
    } else {
      throw new IllegalArgumentException(
          "a parameter must be FLOAT or DOUBLE, not " + arrays[0].dataType());
    }
    for (int k = 0; k < written; k++) {
      HostBuffer.written(plain[k]);
      if (plain[k] != arrays[k]) {
        arrays[k].assign(plain[k]);
      }
    }
  }

  private void runFloats(Floats body, int written, INDArray[] arrays) {
    int count = arrays.length;
    FloatBuffer[] buffers = new FloatBuffer[count];
    for (int k = 0; k < count; k++) {
      buffers[k] = HostBuffer.floats(arrays[k]);
    }
    int length = Math.toIntExact(arrays[0].length());
    for (int from = 0; from < length; from += BLOCK) {
      int block = Math.min(BLOCK, length - from);
      for (int k = 0; k < count; k++) {
        buffers[k].get(from, floatRows[k], 0, block);
      }
      body.run(floatRows, block);
      for (int k = 0; k < written; k++) {
        buffers[k].put(from, floatRows[k], 0, block);
      }
    }
  }

  private void runDoubles(Doubles body, int written, INDArray[] arrays) {
    int count = arrays.length;
    DoubleBuffer[] buffers = new DoubleBuffer[count];
    for (int k = 0; k < count; k++) {
      buffers[k] = HostBuffer.doubles(arrays[k]);
    }
    int length = Math.toIntExact(arrays[0].length());
    for (int from = 0; from < length; from += BLOCK) {
      int block = Math.min(BLOCK, length - from);
      for (int k = 0; k < count; k++) {
        buffers[k].get(from, doubleRows[k], 0, block);
      }
      body.run(doubleRows, block);
      for (int k = 0; k < written; k++) {
        buffers[k].put(from, doubleRows[k], 0, block);
      }
    }
  }
}
