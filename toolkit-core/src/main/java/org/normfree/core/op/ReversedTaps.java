package org.normfree.core.op;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights of a depthwise convolution with their window turned around: what the gradient of its
 * input is convolved with. [window..., 1, C], the taps in reverse order along every axis.
 */
public class ReversedTaps extends NormfreeOp {
  /** In a compiled plan; also for cloning and loading. */
  public ReversedTaps() {}

  @Override
  public String opName() {
    return "normfree_reversed_taps";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected void check(List<long[]> shapes) {}

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return shapes;
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray from = rows(inputs.get(0));
    INDArray to = rows(outputs.get(0));
    for (long tap = 0; tap < from.rows(); tap++) {
      to.getRow(from.rows() - 1 - tap).assign(from.getRow(tap));
    }
  }
}
