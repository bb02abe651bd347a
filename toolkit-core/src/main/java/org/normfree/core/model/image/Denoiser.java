package org.normfree.core.model.image;

import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Scope;

/**
 * A model that guesses the noise in an image, told how much there is (a time) and of which class
 * the image is.
 */
public interface Denoiser {
  /** Image pixels down. */
  int height();

  /** Image pixels across. */
  int width();

  /** Image channels C. */
  int channels();

  /** Classes; their number, as a label, stands for none of them. */
  int classes();

  /** T, the number of times it can be told. */
  int times();

  /**
   * Whether it guesses, behind the noise's channels, as many for the variance: v in [−1, 1] chooses
   * between the least (−1) and the largest sensible variance on a logarithmic scale. Source: arXiv
   * 2102.09672, section 3.1.
   */
  boolean learnedSigma();

  /**
   * Declares the model.
   *
   * @param root the root scope of a graph
   * @param x noisy images, [batch, height, width, C]
   * @param time INT [batch], from 0 (least noise) to T − 1
   * @param label INT [batch], from 0 to {@link #classes} (none)
   * @return [batch, height, width, C], or 2C with a learned sigma
   */
  SDVariable predict(Scope root, SDVariable x, SDVariable time, SDVariable label);
}
