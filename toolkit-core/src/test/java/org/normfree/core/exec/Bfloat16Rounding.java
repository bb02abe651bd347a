package org.normfree.core.exec;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.imports.converters.ImportClassMapping;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.op.NormfreeOp;

/**
 * The identity, except that either the value or the gradient is rounded to the nearest bfloat16:
 * what turns a product in a graph into one whose operands have 8 significant bits.
 */
public final class Bfloat16Rounding extends NormfreeOp {
  static {
    ImportClassMapping.getOpNameMapping().put("normfree_test_bfloat16", new Bfloat16Rounding());
  }

  /** For cloning. */
  public Bfloat16Rounding() {}

  private Bfloat16Rounding(SameDiff sd, SDVariable x, boolean gradient) {
    super(sd, x);
    addBArgument(gradient);
  }

  /** x rounded, with x's gradient. */
  static SDVariable ofValue(SDVariable x) {
    return new Bfloat16Rounding(x.getSameDiff(), x, false).outputVariable();
  }

  /** x with a rounded gradient. */
  static SDVariable ofGradient(SDVariable x) {
    return new Bfloat16Rounding(x.getSameDiff(), x, true).outputVariable();
  }

  @Override
  public String opName() {
    return "normfree_test_bfloat16";
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
    if (getBArgument(0)) {
      outputs.get(0).assign(x);
      return;
    }
    double[] values = x.dup('c').data().asDouble();
    for (int i = 0; i < values.length; i++) {
      values[i] = nearest(values[i]);
    }
    INDArray rounded = Nd4j.createFromArray(values).reshape(x.shape());
    outputs.get(0).assign(rounded.castTo(x.dataType()));
  }

  /** The bfloat16 nearest to a float, ties to even. */
  static double nearest(double value) {
    int bits = Float.floatToRawIntBits((float) value);
    return Float.intBitsToFloat((bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000);
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    SDVariable upstream = gradients.get(0);
    return List.of(getBArgument(0) ? ofValue(upstream) : upstream);
  }
}
