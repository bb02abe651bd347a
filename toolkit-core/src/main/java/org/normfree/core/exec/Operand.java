package org.normfree.core.exec;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.op.Steps;

/**
 * A value as a node sees it: its elements, or a run of them, under a shape. What a reshape makes of
 * a value is another operand of the same value.
 *
 * @param value whose memory it is
 * @param first index of the first element
 * @param shape sizes of the axes
 */
record Operand(Value value, long first, long... shape) implements Steps.Array {
  static Operand of(Value value) {
    return new Operand(value, 0, value.shape());
  }

  @Override
  public Operand reshaped(long... newShape) {
    return new Operand(value, first, newShape);
  }

  DataType type() {
    return value.type();
  }

  long bytes() {
    return length() * type().width();
  }

  boolean sameShape(Operand other) {
    return Arrays.equals(shape, other.shape);
  }

  /** Whether it is all of its value. */
  boolean whole() {
    return length() == value.length();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Operand operand
        && value == operand.value
        && first == operand.first
        && Arrays.equals(shape, operand.shape);
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(value) * 31 + Long.hashCode(first) + Arrays.hashCode(shape);
  }

  @Override
  public String toString() {
    return value + Arrays.toString(shape);
  }
}
