package org.normfree.core.data.augment;

/**
 * How large an image is.
 *
 * @param height pixels down
 * @param width pixels across
 */
public record ImageSize(int height, int width) {
  @Override
  public String toString() {
    return height + "×" + width;
  }
}
