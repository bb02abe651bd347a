package org.normfree.core.op;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * σReparam: {@code Ŵ = γ/σ(W)·W} with the spectral norm σ(W) estimated by one step of power
 * iteration.
 *
 * <p>W is [in, out], u is [in] (the left singular vector in this layout), γ is [1]. With v =
 * normalize(Wᵀu) and u' = normalize(Wv): {@code σ = u'ᵀ·W·v}. Outputs: Ŵ [in, out] and the next u
 * [in]; u and v carry no gradient, W's goes through σ. Source: arXiv 2303.06296 and its official
 * code (there with weights [out, in], where u is the right singular vector).
 *
 * <p>The op's input order is W, γ, u, because what has no gradient must come last.
 */
public class SigmaReparam extends NormfreeOp {
  /** For cloning and loading. */
  public SigmaReparam() {}

  /**
   * In a graph; use {@link Ops#sigmaReparam}, which checks the inputs first.
   *
   * @param sd the graph
   * @param weight [in, out]
   * @param u [in]
   * @param gamma [1]
   */
  public SigmaReparam(SameDiff sd, SDVariable weight, SDVariable u, SDVariable gamma) {
    super(sd, weight, gamma, u);
  }

  /**
   * On arrays, for {@code Nd4j.exec}.
   *
   * @param weight [in, out]
   * @param u [in]
   * @param gamma [1]
   */
  public SigmaReparam(INDArray weight, INDArray u, INDArray gamma) {
    super(weight, gamma, u);
  }

  @Override
  public String opName() {
    return "normfree_sigma_reparam";
  }

  @Override
  public int getNumOutputs() {
    return 2;
  }

  @Override
  protected void check(List<long[]> shapes) {
    long[] weight = shapes.get(0);
    long[] gamma = shapes.get(1);
    long[] u = shapes.get(2);
    if (weight != null && weight.length != 2) {
      throw wrong("weight has shape %s, expected [in, out]; reshape it", text(weight));
    }
    if (gamma != null && (gamma.length != 1 || gamma[0] != 1)) {
      throw wrong("gamma has shape %s, expected [1]; it is one scalar a matrix", text(gamma));
    }
    if (u != null && (u.length != 1 || (weight != null && weight[0] >= 0 && u[0] != weight[0]))) {
      throw wrong(
          "u has shape %s, expected [%s], the first axis of weight %s; weights are [in, out]",
          text(u), weight == null ? "in" : weight[0], text(weight));
    }
  }

  @Override
  protected List<long[]> outputShapes(List<long[]> shapes) {
    return List.of(shapes.get(0), shapes.get(2));
  }

  @Override
  protected void compute(List<INDArray> inputs, List<INDArray> outputs) {
    PowerStep step = PowerStep.of(inputs.get(0), inputs.get(2));
    double gamma = inputs.get(1).getDouble(0);
    outputs.get(0).assign(inputs.get(0)).muli(gamma / step.sigma());
    outputs.get(1).assign(step.u());
  }

  /** Only W and γ have a gradient; the next u is a by-product without one. */
  @Override
  public List<SDVariable> doDiff(List<SDVariable> gradients) {
    return List.of(
        new SigmaReparamGradient(sameDiff, arg(0), arg(1), arg(2), gradients.get(0))
            .outputVariables());
  }

  /**
   * One step of power iteration from u.
   *
   * @param u normalize(W·v), [in, 1]
   * @param v normalize(Wᵀ·u_old), [out, 1]
   * @param sigma uᵀ·W·v
   */
  record PowerStep(INDArray u, INDArray v, double sigma) {
    /** torch.nn.functional.normalize: the divisor is at least 1e-12. */
    private static INDArray normalize(INDArray vector) {
      return vector.divi(Math.max(vector.norm2Number().doubleValue(), 1e-12));
    }

    static PowerStep of(INDArray weight, INDArray u) {
      INDArray v = normalize(Nd4j.matmul(weight, u.reshape(u.length(), 1), true, false, false));
      INDArray image = Nd4j.matmul(weight, v);
      INDArray next = normalize(image.dup());
      return new PowerStep(next, v, image.mul(next).sumNumber().doubleValue());
    }
  }
}
