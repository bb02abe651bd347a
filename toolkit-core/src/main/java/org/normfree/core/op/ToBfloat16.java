package org.normfree.core.op;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The nearest bfloat16 of each element, ties to even: what a compiled plan of precision {@code
 * bf16} does with the operands of a product. It stands in plans only, never in a graph.
 */
public class ToBfloat16 extends NormfreeOp {
  /** Without attributes. */
  public ToBfloat16() {}

  @Override
  public String opName() {
    return "normfree_to_bfloat16";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected void check(List<long[]> shapes) {}

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    outputs.get(0).assign(inputs.get(0).castTo(DataType.BFLOAT16));
  }
}
