package org.normfree.core.exec;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A value as a node sees it: its elements, or a run of them, under a shape. What a reshape makes of
 * a value is another operand of the same value.
 *
 * @param value whose memory it is
 * @param first index of the first element
 * @param shape sizes of the axes
 */
record Operand(Value value, long first, long... shape) {
  static Operand of(Value value) {
    return new Operand(value, 0, value.shape());
  }

  Operand reshaped(long... newShape) {
    return new Operand(value, first, newShape);
  }

  /** All but the last axis as one. */
  Operand matrix() {
    long columns = shape.length == 0 ? 1 : shape[shape.length - 1];
    return reshaped(length() / columns, columns);
  }

  DataType type() {
    return value.type();
  }

  long length() {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    return length;
  }

  boolean sameShape(Operand other) {
    return Arrays.equals(shape, other.shape);
  }

  /** Whether it is all of its value. */
  boolean whole() {
    return length() == value.length();
  }

  @Override
  public String toString() {
    return value + Arrays.toString(shape);
  }
}
