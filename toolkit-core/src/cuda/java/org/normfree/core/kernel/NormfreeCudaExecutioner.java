package org.normfree.core.kernel;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.jcublas.ops.executioner.CudaExecutioner;
import org.normfree.core.op.NormfreeExecutioner;
import org.normfree.core.op.NormfreeOp;

/** ND4J's CUDA executioner, and {@link NormfreeOp}s by their own arithmetic on the device. */
public class NormfreeCudaExecutioner extends CudaExecutioner implements NormfreeExecutioner {
  @Override
  public List<LongShapeDescriptor> calculateOutputShape(CustomOp op, OpContext context) {
    return op instanceof NormfreeOp ours
        ? ours.calculateOutputShape(context)
        : super.calculateOutputShape(op, context);
  }

  @Override
  public INDArray[] exec(CustomOp op, OpContext context) {
    return op instanceof NormfreeOp ours
        ? ours.execute(context, NormfreeOp.Shortcut.NONE)
        : super.exec(op, context);
  }
}
