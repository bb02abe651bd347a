package org.normfree.core.model.image;

import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.InputException;
import org.normfree.core.model.Checks;

/**
 * Images as sequences of square patches, row by row; a patch is a vector in the order (row, column,
 * channel).
 *
 * @param height pixels of an image down, a multiple of patch
 * @param width pixels across, a multiple of patch
 * @param channels image channels
 * @param patch pixels of a patch's side
 */
public record Patches(int height, int width, int channels, int patch) {
  /**
   * @throws InputException if there are no whole patches
   */
  public Patches {
    Checks.require(patch >= 1, "patch=%d, expected at least 1 pixel", patch);
    Checks.require(
        height % patch == 0 && width % patch == 0,
        "patch=%d does not divide the image of %d×%d pixels; choose a divisor of both sides",
        patch,
        height,
        width);
  }

  /** Patches down. */
  public int rows() {
    return height / patch;
  }

  /** Patches across. */
  public int columns() {
    return width / patch;
  }

  /** Patches of an image. */
  public int count() {
    return rows() * columns();
  }

  /** Numbers in a patch: {@code patch²·channels}. */
  public int size() {
    return patch * patch * channels;
  }

  /**
   * Cuts images up.
   *
   * @param image [batch, height, width, channels]
   * @return [batch, count, size]
   */
  public SDVariable of(SDVariable image) {
    return image
        .reshape(-1, rows(), patch, columns(), patch, channels)
        .permute(0, 1, 3, 2, 4, 5)
        .reshape(-1, count(), size());
  }

  /**
   * Puts patches back into their places.
   *
   * @param patches [batch, count, size]
   * @return [batch, height, width, channels]
   */
  public SDVariable image(SDVariable patches) {
    return patches
        .reshape(-1, rows(), columns(), patch, patch, channels)
        .permute(0, 1, 3, 2, 4, 5)
        .reshape(-1, height, width, channels);
  }
}
