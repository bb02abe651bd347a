package org.normfree.core.op;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Gradient of {@link TanhGelu}: {@code dx = G·(σ(w) + x·σ(w)(1 − σ(w))·w′)}. {@code w′ = 2√(2/π)(1
 * + 3·0.044715x²)}. Inputs: x, G. Output: dx.
 */
public class TanhGeluGradient extends SlopedActivationGradient {
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
  SlopedActivation activation() {
    return new TanhGelu();
  }
}
