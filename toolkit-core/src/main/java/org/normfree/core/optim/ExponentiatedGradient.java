package org.normfree.core.optim;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Exponentiated gradients: {@code θ ← θ∘exp(−η·g)}, under which what is above 0 stays so. Source:
 * Kivinen and Warmuth 1997, the unnormalized form; kexue.fm/archives/8968.
 */
public final class ExponentiatedGradient extends GroupedOptimizer {
  /**
   * @param parameters arrays to change, by name, FLOAT or DOUBLE
   * @param groups settings; a parameter in no group stays as it is, and a decay λ is added to g, as
   *     of a penalty {@code λ·Σθ}
   */
  public ExponentiatedGradient(Map<String, INDArray> parameters, List<ParameterGroup> groups) {
    super(parameters, groups, List.of());
  }

  @Override
  void update(
      ElementLoop loop,
      String name,
      long steps,
      double rate,
      double weightDecay,
      INDArray parameter,
      INDArray gradient,
      INDArray[] state) {
    loop.add(
        name,
        (rows, n) -> {
          for (int i = 0; i < n; i++) {
            rows[0][i] *= (float) Math.exp(-rate * (rows[1][i] + weightDecay));
          }
        },
        (rows, n) -> {
          for (int i = 0; i < n; i++) {
            rows[0][i] *= Math.exp(-rate * (rows[1][i] + weightDecay));
          }
        },
        1,
        parameter,
        gradient);
  }
}
