package org.normfree.core.exec;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.op.Nd4jTraits;

/**
 * An op with its context as SameDiff's session would set it up, ready to be run again and again.
 */
final class Nd4jCall {
  private final DifferentialFunction op;
  private final boolean random;
  private final OpContext context = Nd4j.getExecutioner().buildContext();

  Nd4jCall(DifferentialFunction op, List<INDArray> inputs) {
    this.op = op;
    this.random = Nd4jTraits.of(op).isRandom();
    INDArray[] arrays = inputs.toArray(INDArray[]::new);
    if (op instanceof CustomOp) {
      DynamicCustomOp custom = (DynamicCustomOp) op;
      context.setArgs(arrays, custom.iArgs(), custom.dArgs(), custom.tArgs(), custom.bArgs());
    } else {
      legacy(arrays);
    }
  }

  /** Legacy ops take an axis or a scalar as an attribute that the graph gives as an input. */
  private void legacy(INDArray[] arrays) {
    boolean axes =
        op instanceof ReduceOp reduce
            && reduce.getOpType() != Op.Type.REDUCE3
            && arrays.length == 2;
    if (axes) {
      INDArray axis = arrays[1];
      boolean none = axis.isEmpty();
      op.setDimensions(none ? null : Shape.normalizeAxis(arrays[0].rank(), axis.toIntVector()));
      ((BaseReduceOp) op).setEmptyReduce(none);
    } else if (op instanceof ScalarOp scalar && arrays.length == 2) {
      scalar.setScalar(arrays[1]);
    }
    if (arrays.length > 0) {
      context.setInputArray(0, arrays[0]);
      if (arrays.length == 2 && !axes) {
        context.setInputArray(1, arrays[1]);
      }
    }
  }

  List<LongShapeDescriptor> outputShapes() {
    return op instanceof CustomOp custom
        ? custom.calculateOutputShape(context)
        : ((BaseOp) op).calculateOutputShape(context);
  }

  Nd4jCall writingTo(List<INDArray> outputs) {
    for (int i = 0; i < outputs.size(); i++) {
      context.setOutputArray(i, outputs.get(i));
    }
    return this;
  }

  void run() {
    if (op instanceof CustomOp custom) {
      if (random) {
        // left alone, ND4J draws by the clock, and twice the same within a millisecond
        Random numbers = Nd4j.getRandom();
        context.setRngStates(numbers.nextLong(), numbers.nextLong());
      }
      Nd4j.exec(custom, context);
    } else {
      Nd4j.exec((Op) op, context);
    }
  }
}
