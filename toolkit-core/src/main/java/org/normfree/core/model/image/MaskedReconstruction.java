package org.normfree.core.model.image;

import org.nd4j.autodiff.samediff.SDVariable;

/**
 * What a masked autoencoder is trained for: {@code Σ mask·mean_P (prediction − target)² / Σ mask}
 * over all patches of a batch, P numbers a patch. Predicting 0 of normalized patches costs {@code
 * (P − 1)/P} for one that is not constant and 0 for one that is, so a loss means little without
 * that of predicting 0, or the mean image, beside it. Source: arXiv 2111.06377 and its repository
 * facebookresearch/mae.
 */
public final class MaskedReconstruction {
  /** Added to a patch's variance. */
  private static final double EPSILON = 1e-6;

  private MaskedReconstruction() {}

  /**
   * What is to be predicted of each patch: the patch, or {@code (t − mean)/√(variance + 1e-6)} with
   * the unbiased variance over its numbers.
   *
   * @param patches how images are cut up
   * @param image [batch, height, width, channels]
   * @param normPix whether patches are normalized
   * @return [batch, patches, P], each (row, column, channel)
   */
  public static SDVariable target(Patches patches, SDVariable image, boolean normPix) {
    SDVariable pixels = patches.of(image);
    if (!normPix) {
      return pixels;
    }
    SDVariable centred = pixels.sub(pixels.mean(true, 2));
    return centred.mul(image.getSameDiff().math().reciprocal(deviation(centred, patches.size())));
  }

  /**
   * The way back from normalized patches.
   *
   * @param prediction [batch, patches, P], of mean 0 and variance 1
   * @param pixels [batch, patches, P], patches whose mean and variance it gets
   * @param size P
   * @return [batch, patches, P]
   */
  public static SDVariable restored(SDVariable prediction, SDVariable pixels, int size) {
    SDVariable mean = pixels.mean(true, 2);
    return prediction.mul(deviation(pixels.sub(mean), size)).add(mean);
  }

  /** {@code √(variance + 1e-6)} of each patch. */
  private static SDVariable deviation(SDVariable centred, int size) {
    SDVariable variance = centred.mul(centred).sum(true, 2).mul(1.0 / (size - 1));
    return centred.getSameDiff().math().sqrt(variance.add(EPSILON));
  }

  /**
   * The loss.
   *
   * @param name name of the scalar
   * @param prediction what is predicted, of a shape that broadcasts to the target's
   * @param target [batch, patches, P]
   * @param mask [batch, patches], 1 for a hidden patch
   */
  public static SDVariable loss(
      String name, SDVariable prediction, SDVariable target, SDVariable mask) {
    SDVariable difference = target.sub(prediction);
    SDVariable errors = difference.mul(difference).mean(2).mul(mask);
    SDVariable hidden = mask.getSameDiff().math().reciprocal(mask.sum());
    return errors.sum().mul(name, hidden);
  }
}
