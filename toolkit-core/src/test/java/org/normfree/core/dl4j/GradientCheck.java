package org.normfree.core.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Deeplearning4j's gradient of a network against central differences of its score. */
final class GradientCheck {
  private GradientCheck() {}

  /**
   * @param network a DOUBLE network without regularization
   * @param batch number of examples, over which Deeplearning4j averages after the backward pass
   * @param score computes score and gradient of the network on fixed data
   */
  static void holds(Model network, int batch, Runnable score) {
    score.run();
    INDArray gradient = network.gradient().gradient().dup();
    INDArray parameters = network.params();
    double h = 1e-6;
    for (long i = 0; i < parameters.length(); i++) {
      double old = parameters.getDouble(i);
      parameters.putScalar(i, old + h);
      score.run();
      double up = network.score();
      parameters.putScalar(i, old - h);
      score.run();
      double down = network.score();
      parameters.putScalar(i, old);
      assertThat(gradient.getDouble(i) / batch)
          .as("gradient of parameter %d", i)
          .isCloseTo((up - down) / (2 * h), within(1e-8));
    }
  }
}
