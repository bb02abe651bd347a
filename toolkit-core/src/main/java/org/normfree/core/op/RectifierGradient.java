package org.normfree.core.op;

import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.gradient.ThresholdReluBp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gradient of {@link Rectifier}: {@code dx = G} where x &gt; 0, else 0. Inputs: x, or the
 * rectifier's output, which is above 0 where x is; G. Output: dx.
 */
public class RectifierGradient extends GradientOp {
  /** Without attributes. */
  public RectifierGradient() {}

  @Override
  public String opName() {
    return "normfree_rectifier_gradient";
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("x", shapes.get(0), "the upstream gradient", shapes.get(1));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    gate(inputs.get(0), inputs.get(1), outputs.get(0));
  }

  /** Writes G where x &gt; 0, else 0. */
  static void gate(INDArray x, INDArray upstream, INDArray dx) {
    Nd4j.exec(new ThresholdReluBp(x, upstream, dx, 0));
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 1, Access.ELEMENT), new Overwrite(0, 0, Access.ELEMENT));
  }

  /** With the rectifier's output in the place of its input, which nobody else may want then. */
  @Override
  public Optional<FromSaved> fromSaved() {
    return Optional.of(new FromSaved(new Rectifier(), 1, this, FromSaved.OUTPUT, 1));
  }
}
