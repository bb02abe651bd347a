package org.normfree.core.diffuse;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.model.Checks;

/**
 * Classifier-free guidance: {@code ε̂ = ε_∅ + w(ε_y − ε_∅)} on the first channels, from a batch
 * whose first half was told its class and whose second half, with the same images, was not.
 * Sources: arXiv 2207.12598; facebookresearch/DiT, models.py, which guides the first three channels
 * only.
 *
 * @param scale w; 1 for none
 * @param channels how many channels are guided, at most; 3 in the official code, whatever the
 *     number of channels
 */
public record Guidance(double scale, int channels) {
  /** Channels that the official code guides. */
  public static final int OFFICIAL_CHANNELS = 3;

  /** Checks the scale. */
  public Guidance {
    Checks.require(
        Double.isFinite(scale) && scale >= 0,
        "guidance=%s, expected a number from 0 on; 1 is no guidance, 1.5 and 4 are usual",
        scale);
  }

  /**
   * Guides.
   *
   * @param predictions [2n, ..., C]: of n images with, then of the same without their class
   * @return of the same shape: in either half the guided channels, and the others as they were
   */
  public INDArray of(INDArray predictions) {
    long[] shape = predictions.shape();
    Checks.require(
        shape[0] % 2 == 0,
        "%d answers, expected one with and one without a class of each",
        shape[0]);
    double[] all = predictions.dup('c').data().asDouble();
    int half = all.length / 2;
    int count = (int) predictions.size(-1);
    for (int i = 0; i < half; i++) {
      if (i % count < channels) {
        double guided = all[half + i] + scale * (all[i] - all[half + i]);
        all[i] = guided;
        all[half + i] = guided;
      }
    }
    return Nd4j.create(all, shape).castTo(predictions.dataType());
  }
}
