package org.normfree.core.op;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@code y = max(x, 0)}, element by element: what a compiled plan turns SameDiff's ReLU into. It
 * stands in plans only, never in a graph.
 */
public class Rectifier extends NormfreeOp {
  /** Without attributes. */
  public Rectifier() {}

  @Override
  public String opName() {
    return "normfree_rectifier";
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
    rectify(inputs.get(0), outputs.get(0));
  }

  /** Writes {@code max(x, 0)}. */
  static void rectify(INDArray x, INDArray y) {
    Nd4j.getExecutioner().exec(new RectifiedLinear(x, y, 0));
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 0, Access.ELEMENT));
  }
}
