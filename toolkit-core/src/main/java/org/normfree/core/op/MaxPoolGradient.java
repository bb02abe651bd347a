package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradient of {@link MaxPool}: each window's upstream gradient goes to the first of its largest
 * inputs, row by row, as PyTorch's does on a CPU; to the first NaN where there is one. Inputs: x,
 * G. Output: dx.
 */
public class MaxPoolGradient extends GradientOp {
  /** For cloning and loading. */
  public MaxPoolGradient() {}

  MaxPoolGradient(SameDiff sd, List<WindowAxis> plane, SDVariable x, SDVariable gradient) {
    super(sd, x, gradient);
    MaxPool.describe(this, plane.get(0), plane.get(1));
  }

  /** How the window moves, along height and width. */
  public final List<WindowAxis> plane() {
    return MaxPool.plane(this);
  }

  @Override
  public String opName() {
    return "normfree_max_pool_gradient";
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
    INDArray x = inputs.get(0);
    INDArray upstream = inputs.get(1).dup('c');
    MaxPool.Winners winners = MaxPool.Winners.of(plane(), x);
    Taps taps = Taps.zeros(plane(), x);
    for (int tap = 0; tap < taps.count(); tap++) {
      taps.at(tap).addi(winners.where(tap, upstream));
    }
    outputs.get(0).assign(taps.inner());
  }
}
