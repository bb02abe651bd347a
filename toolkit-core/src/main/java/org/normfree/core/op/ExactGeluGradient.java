package org.normfree.core.op;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Gradient of {@link ExactGelu}: {@code dx = G·(Φ(x) + x·φ(x))} with {@code φ(x) =
 * e^(−x²/2)/√(2π)}. Inputs: x, G. Output: dx.
 */
public class ExactGeluGradient extends SlopedActivationGradient {
  /** For cloning and loading. */
  public ExactGeluGradient() {}

  ExactGeluGradient(SameDiff sd, SDVariable x, SDVariable upstream) {
    super(sd, x, upstream);
  }

  @Override
  public String opName() {
    return "normfree_gelu_gradient";
  }

  @Override
  SlopedActivation activation() {
    return new ExactGelu();
  }
}
