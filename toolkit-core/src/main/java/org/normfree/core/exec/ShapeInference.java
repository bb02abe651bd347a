package org.normfree.core.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.task.Natives;

/**
 * Asks ND4J for the output shapes of its ops before there is any value: inputs that are not known
 * yet are arrays of the right shape over one block of memory.
 */
final class ShapeInference {
  /** ND4J ops with a shape among their inputs; asking it with a wrong one would fill the log. */
  private static final Set<String> IS_TOLD_ITS_SHAPE =
      Set.of("reshape", "permute", "slice", "strided_slice", "tile", "fill", "create", "range");

  private BytePointer block = Natives.memory(1 << 16);

  /**
   * @throws NotCompilableException if a shape depends on a value that is not known
   */
  List<LongShapeDescriptor> infer(SameDiffOp op, List<Operand> inputs) {
    boolean values = false;
    for (int i = 0; i < inputs.size(); i++) {
      Operand input = inputs.get(i);
      boolean known = input.value().kind() == Value.Kind.FOLDED;
      boolean attribute =
          i == 1 && (op.getOp() instanceof ReduceOp || op.getOp() instanceof ScalarOp);
      if (!known && attribute && !(op.getOp() instanceof CustomOp)) {
        throw new NotCompilableException(
            "op %s (%s) takes %s as an attribute, which is known only at run time"
                .formatted(op.getName(), op.getOp().opName(), input.value().name()));
      }
      values |= !known && !input.type().isFPType();
    }
    if (values && IS_TOLD_ITS_SHAPE.contains(op.getOp().opName())) {
      throw dependsOnValues(op);
    }
    List<LongShapeDescriptor> shapes = infer(op, inputs, 0);
    if (values && !same(shapes, infer(op, inputs, 1))) {
      throw dependsOnValues(op);
    }
    return shapes;
  }

  private static NotCompilableException dependsOnValues(SameDiffOp op) {
    return new NotCompilableException(
        "the output shape of op %s (%s) depends on values known only at run time"
            .formatted(op.getName(), op.getOp().opName()));
  }

  private List<LongShapeDescriptor> infer(SameDiffOp op, List<Operand> inputs, int value) {
    try {
      List<LongShapeDescriptor> shapes =
          new Nd4jCall(op.getOp(), arrays(inputs, value)).outputShapes();
      if (shapes.size() != op.getOutputsOfOp().size()) {
        throw new NotCompilableException(
            "op %s (%s) has %s output shapes for %s outputs"
                .formatted(
                    op.getName(), op.getOp().opName(), shapes.size(), op.getOutputsOfOp().size()));
      }
      return shapes;
    } catch (NotCompilableException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new NotCompilableException(
          "ND4J gives no output shape for op %s (%s): %s"
              .formatted(op.getName(), op.getOp().opName(), e.getMessage()));
    }
  }

  private static boolean same(List<LongShapeDescriptor> a, List<LongShapeDescriptor> b) {
    return a.equals(b);
  }

  /** Runs an op on known values, or on any if only the shapes matter. */
  INDArray[] execute(SameDiffOp op, List<Operand> inputs, List<Operand> outputs) {
    List<INDArray> results =
        outputs.stream()
            .map(o -> Nd4j.createUninitializedDetached(o.type(), 'c', o.shape()))
            .toList();
    new Nd4jCall(op.getOp(), arrays(inputs, 0)).writingTo(results).run();
    return results.toArray(INDArray[]::new);
  }

  private List<INDArray> arrays(List<Operand> inputs, int value) {
    List<INDArray> arrays = new ArrayList<>();
    for (Operand input : inputs) {
      if (input.value().array() != null && input.whole()) {
        INDArray array = input.value().array();
        arrays.add(array.reshape(input.shape()));
      } else {
        INDArray array = unknown(input);
        if (!input.type().isFPType() && input.type() != DataType.BOOL) {
          array.assign(value);
        }
        arrays.add(array);
      }
    }
    return arrays;
  }

  private INDArray unknown(Operand operand) {
    long bytes = operand.length() * operand.type().width();
    if (block.capacity() < bytes) {
      block.deallocate();
      block = Natives.memory(bytes);
    }
    return Arena.array(block, 0, operand.type(), operand.shape());
  }

  void close() {
    block.deallocate();
  }
}
