package org.normfree.core.optim;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Stochastic gradient descent with momentum, in the arithmetic of PyTorch's {@code torch.optim.SGD}
 * (no dampening, no Nesterov). For a parameter p with gradient g, rate η, momentum μ and decay λ:
 *
 * <pre>
 * b ← μ b + (g + λ p)        p ← p − η b
 * </pre>
 *
 * The decay is part of the gradient, as in PyTorch. The state is {@code
 * momentum_buffer.<parameter>}.
 */
public final class Sgd extends GroupedOptimizer {
  private final double momentum;

  /**
   * @param parameters arrays to change, by name, FLOAT or DOUBLE
   * @param groups settings; a parameter in no group stays as it is
   * @param momentum μ in [0, 1); 0 is plain gradient descent
   * @throws org.normfree.core.InputException if the momentum is out of range
   */
  public Sgd(Map<String, INDArray> parameters, List<ParameterGroup> groups, double momentum) {
    super(parameters, groups, List.of("momentum_buffer"));
    this.momentum = requireFraction("momentum", momentum);
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
        (rows, n) -> floats(rows, n, (float) rate, (float) weightDecay),
        (rows, n) -> doubles(rows, n, rate, weightDecay),
        2,
        parameter,
        state[0],
        gradient);
  }

  private void floats(float[][] rows, int n, float rate, float decay) {
    float mu = (float) momentum;
    float[] p = rows[0];
    float[] b = rows[1];
    float[] g = rows[2];
    for (int i = 0; i < n; i++) {
      float buffer = mu * b[i] + (g[i] + decay * p[i]);
      b[i] = buffer;
      p[i] -= rate * buffer;
    }
  }

  private void doubles(double[][] rows, int n, double rate, double decay) {
    double[] p = rows[0];
    double[] b = rows[1];
    double[] g = rows[2];
    for (int i = 0; i < n; i++) {
      double buffer = momentum * b[i] + (g[i] + decay * p[i]);
      b[i] = buffer;
      p[i] -= rate * buffer;
    }
  }
}
