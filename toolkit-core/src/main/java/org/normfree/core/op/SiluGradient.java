package org.normfree.core.op;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Gradient of {@link Silu}: {@code dx = G·σ(x)·(1 + x·(1 − σ(x)))}. Inputs: x, G. Output: dx. */
public class SiluGradient extends SlopedActivationGradient {
  /** For cloning and loading. */
  public SiluGradient() {}

  SiluGradient(SameDiff sd, SDVariable x, SDVariable upstream) {
    super(sd, x, upstream);
  }

  @Override
  public String opName() {
    return "normfree_silu_gradient";
  }

  @Override
  SlopedActivation activation() {
    return new Silu();
  }
}
