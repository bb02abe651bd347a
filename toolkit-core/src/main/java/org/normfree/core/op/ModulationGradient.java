package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gradient of {@link Modulation}:
 *
 * <pre>
 * dx = G∘(o + scale)    dscale = Σ G∘x    dshift = Σ G
 * </pre>
 *
 * sums over the positions that a row of scale is for. Inputs: x, scale, G. Outputs: dx, dscale and,
 * if there is a shift, dshift.
 */
public class ModulationGradient extends GradientOp {
  /** For cloning and loading. */
  public ModulationGradient() {}

  ModulationGradient(SameDiff sd, boolean aroundOne, boolean shift, SDVariable... inputs) {
    super(sd, inputs);
    addBArgument(aroundOne, shift);
  }

  /** Whether 1 is added to the scale. */
  public final boolean aroundOne() {
    return getBArgument(0);
  }

  /** Whether there is a shift. */
  public final boolean hasShift() {
    return getBArgument(1);
  }

  @Override
  public String opName() {
    return "normfree_modulation_gradient";
  }

  @Override
  public int getNumOutputs() {
    return hasShift() ? 3 : 2;
  }

  @Override
  protected void check(List<long[]> shapes) {
    requireSame("x", shapes.get(0), "the upstream gradient", shapes.get(2));
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return hasShift()
        ? List.of(shapes.get(0), shapes.get(1), shapes.get(1))
        : List.of(shapes.get(0), shapes.get(1));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    INDArray scale = Modulation.parts(inputs.get(1));
    INDArray x = Modulation.parts(inputs.get(0), scale);
    INDArray upstream = Modulation.parts(inputs.get(2), scale);
    INDArray factor = Modulation.factor(scale, aroundOne());
    INDArray dx = Nd4j.math().mul(upstream, factor.broadcast(x.shape()));
    outputs.get(0).assign(dx.reshape('c', outputs.get(0).shape()));
    INDArray dscale = outputs.get(1);
    dscale.assign(Nd4j.math().mul(upstream, x).sum(1).reshape('c', dscale.shape()));
    if (hasShift()) {
      outputs.get(2).assign(upstream.sum(1).reshape('c', dscale.shape()));
    }
  }

  @Override
  public List<Overwrite> overwrites(int inputs) {
    return List.of(new Overwrite(0, 2, Access.ROW), new Overwrite(0, 0, Access.ROW));
  }
}
