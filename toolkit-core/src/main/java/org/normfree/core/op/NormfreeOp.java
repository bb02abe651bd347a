package org.normfree.core.op;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A SameDiff custom op whose arithmetic is Java: what ND4J 1.0.0-M2.1 has no base class for.
 *
 * <p>ND4J clones, saves and loads a graph through FlatBuffers by op name, so a subclass needs a
 * public no-argument constructor, keeps its attributes in the integer, double and boolean argument
 * lists only, and is listed in {@link Registration}. The numbers come from {@link #compute}
 * whenever {@link NormfreeExecutioner} runs the op: in a SameDiff session, in {@code Nd4j.exec},
 * after a load.
 */
public abstract class NormfreeOp extends DynamicCustomOp implements Traits {
  /**
   * Output shapes in the graph, empty if the graph alone does not say; null until someone asks.
   * Asked anew, each op would ask all ops before it, by every path.
   */
  private List<long[]> graphShapes;

  /** For cloning and loading: inputs and attributes are set afterwards. */
  protected NormfreeOp() {}

  /**
   * In a graph.
   *
   * @param sd the graph
   * @param inputs the op's inputs
   */
  protected NormfreeOp(SameDiff sd, SDVariable... inputs) {
    super(null, sd, inputs);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param inputs the op's inputs
   */
  protected NormfreeOp(INDArray... inputs) {
    super(inputs, null);
  }

  /**
   * Checks what is known of the input shapes.
   *
   * @param shapes a shape an input; null where the shape is not known yet, -1 for an unknown size
   * @throws IllegalArgumentException with the op, the shapes and the fix
   */
  protected abstract void check(List<long[]> shapes);

  /**
   * Infers the output shapes.
   *
   * @param shapes the checked, fully known input shapes
   * @return a shape an output
   */
  protected abstract List<long[]> outputShapes(List<long[]> shapes);

  /**
   * The output shapes for known input shapes.
   *
   * @param shapes a shape an input
   * @return a shape an output
   * @throws IllegalArgumentException if the input shapes do not fit
   */
  public final List<long[]> shapes(List<long[]> shapes) {
    check(shapes);
    return outputShapes(shapes);
  }

  /**
   * The reference arithmetic, in plain ND4J so that it runs on every backend.
   *
   * @param inputs the op's inputs; not to be changed
   * @param outputs arrays of the inferred shapes to write to, row-major
   */
  protected abstract void compute(List<INDArray> inputs, List<INDArray> outputs);

  /** An op of the project is a function of its inputs and attributes. */
  @Override
  public boolean isPure() {
    return true;
  }

  /** Whether another op is the same: of the same name, with the same attributes. */
  public final boolean isSameOp(NormfreeOp other) {
    return opName().equals(other.opName())
        && Arrays.equals(iArgs(), other.iArgs())
        && Arrays.equals(tArgs(), other.tArgs())
        && Arrays.equals(bArgs(), other.bArgs());
  }

  /**
   * Whether an input holds integers (INT): indices or class numbers, which carry no gradient. The
   * first input never does.
   *
   * @param index number of the input
   * @return true for INT, false for the floating-point type that the others share
   */
  protected boolean isInteger(int index) {
    return false;
  }

  @Override
  public abstract String opName();

  @Override
  public abstract int getNumOutputs();

  /**
   * Names the op in its graph. SameDiff's own way tries every number from 1, which makes a deep
   * network quadratic; the number of ops in the graph is nearly always free.
   */
  @Override
  protected final void setInstanceId() {
    if (sameDiff == null || ownName != null) {
      super.setInstanceId();
      return;
    }
    String scope = sameDiff.currentNameScope();
    String base = scope == null ? opName() : scope + "/" + opName();
    String name = base;
    for (int i = sameDiff.getOps().size();
        sameDiff.opExists(name) || sameDiff.hasVariable(name);
        i++) {
      name = base + "_" + i;
    }
    setOwnNameSetWithDefault(true);
    setOwnName(name);
    sameDiff.putOpForId(name, this);
  }

  /** A constant of the op's own: 64-bit FNV-1a of its name. */
  @Override
  public final long opHash() {
    long hash = 0xcbf29ce484222325L;
    for (byte b : opName().getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  @Override
  public final List<DataType> calculateOutputDataTypes(List<DataType> types) {
    return Collections.nCopies(getNumOutputs(), commonType(types));
  }

  @Override
  public final List<LongShapeDescriptor> calculateOutputShape() {
    return calculateOutputShape(null);
  }

  @Override
  public final List<LongShapeDescriptor> calculateOutputShape(OpContext context) {
    List<INDArray> inputs = context == null ? inputArguments() : context.getInputArrays();
    DataType type = commonType(inputs.stream().map(INDArray::dataType).toList());
    List<long[]> shapes = inputs.stream().map(INDArray::shape).toList();
    check(shapes);
    return outputShapes(shapes).stream()
        .map(shape -> LongShapeDescriptor.fromShape(shape, type))
        .toList();
  }

  @Override
  public Map<String, Object> propertiesForFunction() {
    return Collections.emptyMap();
  }

  @Override
  public final void assertValidForExecution() {
    check(inputArguments().stream().map(INDArray::shape).toList());
  }

  /** Another way to an op's numbers than its reference arithmetic. */
  @FunctionalInterface
  public interface Shortcut {
    /** No other way. */
    Shortcut NONE = (op, inputs, outputs) -> false;

    /**
     * Computes an op's outputs if this way can.
     *
     * @param op the op, with its attributes
     * @param inputs the op's inputs; not to be changed
     * @param outputs row-major arrays of the right shapes to write to
     * @return whether the outputs were computed; if not, nothing was written
     */
    boolean compute(NormfreeOp op, List<INDArray> inputs, List<INDArray> outputs);
  }

  /**
   * Runs the op on the arrays of a context: by the shortcut if it can, else by the reference
   * arithmetic. An executioner calls it for every op of this type.
   *
   * @param context holds inputs and allocated outputs
   * @param shortcut what to try first
   * @return the outputs
   */
  public final INDArray[] execute(OpContext context, Shortcut shortcut) {
    List<INDArray> inputs = context.getInputArrays();
    List<INDArray> outputs = context.getOutputArrays();
    List<INDArray> rowMajor =
        outputs.stream()
            .map(
                out ->
                    isRowMajor(out) ? out : Nd4j.createUninitialized(out.dataType(), out.shape()))
            .toList();
    if (!shortcut.compute(this, inputs, rowMajor)) {
      compute(inputs, rowMajor);
    }
    for (int i = 0; i < outputs.size(); i++) {
      if (rowMajor.get(i) != outputs.get(i)) {
        outputs.get(i).assign(rowMajor.get(i));
      }
    }
    return outputs.toArray(INDArray[]::new);
  }

  /**
   * Whether an array's elements lie in memory one after the other, last axis fastest.
   *
   * @param array any array
   * @return whether a kernel may read or write it as one block
   */
  public static boolean isRowMajor(INDArray array) {
    if (array.ordering() != 'c') {
      return false;
    }
    long expected = 1;
    for (int axis = array.rank() - 1; axis >= 0; axis--) {
      long size = array.size(axis);
      // ND4J gives an axis of length 1 one stride or another, and none is ever used
      if (size != 1 && array.stride(axis) != expected) {
        return false;
      }
      expected *= size;
    }
    return true;
  }

  /** Refuses what is already known to be wrong with the op's inputs in a graph. */
  final void checkGraph(SDVariable... inputs) {
    commonType(Arrays.stream(inputs).map(SDVariable::dataType).toList());
    List<long[]> shapes = new ArrayList<>();
    for (SDVariable input : inputs) {
      shapes.add(knownShape(input));
    }
    check(shapes);
  }

  /** The shape of a graph variable as far as it is known before the graph runs; null if not. */
  private static long[] knownShape(SDVariable variable) {
    NormfreeOp producer = producer(variable);
    if (producer == null) {
      return variable.getShape();
    }
    inferShapes(producer);
    String[] outputs = variable.getSameDiff().getOutputsForOp(producer);
    return producer.graphShapes.isEmpty()
        ? null
        : producer.graphShapes.get(Arrays.asList(outputs).indexOf(variable.name()));
  }

  private static NormfreeOp producer(SDVariable variable) {
    return variable.getSameDiff().getVariableOutputOp(variable.name()) instanceof NormfreeOp op
        ? op
        : null;
  }

  /** Infers the output shapes of an op and of what it needs, without recursion. */
  private static void inferShapes(NormfreeOp last) {
    Deque<NormfreeOp> open = new ArrayDeque<>(List.of(last));
    while (!open.isEmpty()) {
      NormfreeOp op = open.peek();
      SDVariable[] inputs = op.args();
      int before = open.size();
      for (SDVariable input : inputs) {
        NormfreeOp producer = producer(input);
        if (op.graphShapes == null && producer != null && producer.graphShapes == null) {
          open.push(producer);
        }
      }
      if (open.size() == before) {
        open.pop();
        if (op.graphShapes == null) {
          List<long[]> shapes = Arrays.stream(inputs).map(NormfreeOp::knownShape).toList();
          boolean known = shapes.stream().allMatch(Objects::nonNull);
          op.graphShapes = known ? op.outputShapes(shapes) : List.of();
        }
      }
    }
  }

  /** The floating-point type of the inputs that are no integers, which the outputs have too. */
  private DataType commonType(List<DataType> types) {
    DataType first = types.get(0);
    boolean fits = first == DataType.FLOAT || first == DataType.DOUBLE;
    boolean integers = false;
    for (int i = 0; i < types.size(); i++) {
      integers |= isInteger(i);
      fits &= types.get(i) == (isInteger(i) ? DataType.INT32 : first);
    }
    if (!fits) {
      throw wrong(
          "inputs have the types %s, expected all FLOAT or all DOUBLE%s; cast them with castTo",
          types, integers ? ", but INT for indices" : "");
    }
    return first;
  }

  /** An exception that starts with the op's name. */
  protected final IllegalArgumentException wrong(String format, Object... arguments) {
    return new IllegalArgumentException(
        opName() + ": " + String.format(Locale.ROOT, format, arguments));
  }

  /** Requires that input {@code x} has an axis to work over, and returns its length or -1. */
  protected final long lastAxis(String name, long[] shape) {
    if (shape == null) {
      return -1;
    }
    if (shape.length == 0) {
      throw wrong("%s is a scalar, expected at least one axis; reshape it to [1, C]", name);
    }
    return shape[shape.length - 1];
  }

  /** Requires a vector [C] that fits an axis of the given length (-1: not known yet). */
  protected final void requireVector(String name, long[] shape, long length, long[] x) {
    if (shape == null) {
      return;
    }
    boolean fits =
        shape.length == 1 && (length < 0 || shape[0] < 0 || shape[0] == length) && shape[0] != 0;
    if (!fits) {
      throw wrong(
          "%s has shape %s, expected [%s], the last axis of x %s; pass a vector of that length",
          name, text(shape), length < 0 ? "C" : length, text(x));
    }
  }

  /** Requires two shapes to be equal where both are known. */
  protected final void requireSame(String left, long[] a, String right, long[] b) {
    if (a == null || b == null) {
      return;
    }
    if (!fits(a, b)) {
      throw wrong(
          "%s has shape %s and %s has shape %s, expected equal shapes; reshape one of them",
          left, text(a), right, text(b));
    }
  }

  /** Whether two shapes are equal as far as their sizes are known (-1: not yet). */
  protected static boolean fits(long[] a, long[] b) {
    boolean same = a.length == b.length;
    for (int i = 0; same && i < a.length; i++) {
      same = a[i] == b[i] || a[i] < 0 || b[i] < 0;
    }
    return same;
  }

  /** A shape as it is printed in messages. */
  protected static String text(long[] shape) {
    return shape == null ? "[?]" : Arrays.toString(shape);
  }

  /** Requires ε to be a positive, finite number. */
  protected final void requireEpsilon(double epsilon) {
    if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
      throw wrong("epsilon is %s, expected a number > 0; 1e-5 or 1e-6 are usual", epsilon);
    }
  }

  /** The array as [rows, last axis]; a view where the memory allows it. */
  protected static INDArray rows(INDArray array) {
    long columns = array.size(array.rank() - 1);
    return array.reshape('c', array.length() / columns, columns);
  }
}
