package org.normfree.core.op;

import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;

/** Gradient of a {@link SlopedActivation}: {@code dx = G·f′(x)}. Inputs: x, G. Output: dx. */
abstract class SlopedActivationGradient extends GradientOp {
  /** For cloning and loading. */
  SlopedActivationGradient() {}

  SlopedActivationGradient(SameDiff sd, SDVariable x, SDVariable upstream) {
    super(sd, x, upstream);
  }

  /** What it is the gradient of. */
  abstract SlopedActivation activation();

  @Override
  public final int getNumOutputs() {
    return 1;
  }

  @Override
  protected final void check(List<long[]> shapes) {
    requireSame("x", shapes.get(0), "the upstream gradient", shapes.get(1));
  }

  @Override
  protected final List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0));
  }

  @Override
  protected final void compute(List<INDArray> inputs, List<INDArray> outputs) {
    outputs.get(0).assign(activation().slope(inputs.get(0)).muli(inputs.get(1)));
  }

  @Override
  public final List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 1, Access.ELEMENT), new Overwrite(0, 0, Access.ELEMENT));
  }

  /** With the slope kept, the gradient is a product. */
  @Override
  public final Optional<FromSaved> fromSaved() {
    int slope = 2;
    return Optional.of(new FromSaved(activation(), 1, new MulOp(), slope, 1));
  }
}
