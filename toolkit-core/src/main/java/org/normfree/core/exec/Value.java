package org.normfree.core.exec;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An array of a program: computed by one of its nodes, or given from outside. */
final class Value {
  /** Where a value comes from. */
  enum Kind {
    /** Given at each call. */
    PLACEHOLDER,
    /** An array of the graph that may change in place between calls. */
    VARIABLE,
    /** Known when the program is made. */
    FOLDED,
    /** Written by a node. */
    COMPUTED
  }

  private final String name;
  private final Kind kind;
  private final DataType type;
  private final long[] shape;
  private final INDArray array;

  private Value(String name, Kind kind, DataType type, long[] shape, INDArray array) {
    this.name = name;
    this.kind = kind;
    this.type = type;
    this.shape = shape;
    this.array = array;
  }

  static Value computed(String name, DataType type, long... shape) {
    return new Value(name, Kind.COMPUTED, type, shape, null);
  }

  static Value placeholder(String name, DataType type, long... shape) {
    return new Value(name, Kind.PLACEHOLDER, type, shape, null);
  }

  /** A value that is an array already. */
  static Value of(String name, Kind kind, INDArray array) {
    return new Value(name, kind, array.dataType(), array.shape(), array);
  }

  /** Name of the graph variable it belongs to. */
  String name() {
    return name;
  }

  Kind kind() {
    return kind;
  }

  DataType type() {
    return type;
  }

  long[] shape() {
    return shape;
  }

  /** The array of a variable or a folded value; null for the others. */
  INDArray array() {
    return array;
  }

  long length() {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    return length;
  }

  long bytes() {
    return length() * type.width();
  }

  @Override
  public String toString() {
    return name;
  }
}
