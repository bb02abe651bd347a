package org.normfree.core.model.image;

import org.normfree.core.model.Checks;

/**
 * Images that are to be classified.
 *
 * @param height pixels down
 * @param width pixels across
 * @param channels channels of a pixel
 * @param classes number of classes, at least 2
 */
public record ImageShape(int height, int width, int channels, int classes) {
  /**
   * @throws org.normfree.core.InputException if a number is too small
   */
  public ImageShape {
    Checks.require(
        height >= 1 && width >= 1 && channels >= 1,
        "images of %d×%d pixels with %d channels, expected at least 1 of each",
        height,
        width,
        channels);
    Checks.require(classes >= 2, "the data has %d class, expected at least 2", classes);
  }
}
