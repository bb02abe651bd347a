package org.normfree.core.op;

import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;

/**
 * Gradient of {@link TanhGelu}: {@code dx = G·(σ(w) + x·σ(w)(1 − σ(w))·w′)}. {@code w′ = 2√(2/π)(1
 * + 3·0.044715x²)}. Inputs: x, G. Output: dx.
 */
public class TanhGeluGradient extends GradientOp {
  /** For cloning and loading. */
  public TanhGeluGradient() {}

  TanhGeluGradient(SameDiff sd, SDVariable x, SDVariable upstream) {
    super(sd, x, upstream);
  }

  @Override
  public String opName() {
    return "normfree_tanh_gelu_gradient";
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
    outputs.get(0).assign(TanhGelu.slope(inputs.get(0)).muli(inputs.get(1)));
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 1, Access.ELEMENT), new Overwrite(0, 0, Access.ELEMENT));
  }

  /** With the slope kept, the gradient is a product. */
  @Override
  public Optional<FromSaved> fromSaved() {
    int slope = 2;
    return Optional.of(new FromSaved(new TanhGelu(), 1, new MulOp(), slope, 1));
  }
}
