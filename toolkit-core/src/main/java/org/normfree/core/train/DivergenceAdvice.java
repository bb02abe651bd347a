package org.normfree.core.train;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log where a run diverged and what usually helps. */
public final class DivergenceAdvice implements TrainingListener {
  private static final Logger LOG = LoggerFactory.getLogger(DivergenceAdvice.class);

  @Override
  public void onDivergence(Trainer trainer, Divergence divergence) {
    LOG.warn(message(divergence));
  }

  /**
   * @param divergence where a run diverged
   * @return one sentence on it and on the usual remedies
   */
  public static String message(Divergence divergence) {
    return ("diverged at step %s (loss %s, gradient norm %s, learning rate %s): try a lower learning"
            + " rate, a longer warm-up, a smaller alpha0, or gradient clipping")
        .formatted(
            divergence.step(),
            divergence.loss(),
            divergence.gradientNorm(),
            divergence.learningRate());
  }
}
