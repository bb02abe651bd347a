package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * The file {@code images.json}: grids of images that a run made, such as samples by class or
 * reconstructions beside their originals.
 *
 * @param grids the grids, each of a name of its own
 */
public record ImageGrids(List<Grid> grids) {
  /** Copies the list. */
  public ImageGrids {
    grids = List.copyOf(grids);
  }

  /**
   * Images of one size in rows and columns.
   *
   * @param name what it is called in a {@link FigureSpec#metric}
   * @param title what it shows, in a few words
   * @param rows images below each other
   * @param columns images beside each other
   * @param height pixels of an image down
   * @param width pixels across
   * @param channels 1 (grey) or 3 (red, green, blue)
   * @param pixels an unsigned byte a value, [rows, columns, height, width, channels]; Base64 in
   *     JSON
   */
  @JsonPropertyOrder({"name", "title", "rows", "columns", "height", "width", "channels", "pixels"})
  public record Grid(
      String name,
      String title,
      int rows,
      int columns,
      int height,
      int width,
      int channels,
      byte[] pixels) {
    private static final int WHITE = 255;

    /**
     * @throws IllegalArgumentException if the number of pixels is another than the sizes say, or
     *     the images are neither grey nor coloured
     */
    public Grid {
      long expected = (long) rows * columns * height * width * channels;
      if (pixels.length != expected || (channels != 1 && channels != 3)) {
        throw new IllegalArgumentException(
            "grid %s: %s values for %s×%s images of %s×%s pixels with %s channels; expected %s, and 1 or 3 channels"
                .formatted(name, pixels.length, rows, columns, height, width, channels, expected));
      }
    }

    /**
     * A grid of real numbers.
     *
     * @param name its name
     * @param title what it shows
     * @param rows images below each other
     * @param columns images beside each other
     * @param image height, width and channels
     * @param values [rows, columns, height, width, channels]
     * @param low what becomes black, as does what is below
     * @param high what becomes white, as does what is above
     */
    public static Grid of(
        String name,
        String title,
        int rows,
        int columns,
        long[] image,
        float[] values,
        double low,
        double high) {
      byte[] pixels = new byte[values.length];
      for (int i = 0; i < pixels.length; i++) {
        double share = Math.max(0, Math.min(1, (values[i] - low) / (high - low)));
        pixels[i] = (byte) Math.round(WHITE * share);
      }
      return new Grid(
          name, title, rows, columns, (int) image[0], (int) image[1], (int) image[2], pixels);
    }

    /**
     * @return red, green and blue of a pixel, {@code 0xRRGGBB}
     */
    public int rgb(int row, int column, int y, int x) {
      int at = (((row * columns + column) * height + y) * width + x) * channels;
      int red = pixels[at] & WHITE;
      int green = channels == 1 ? red : pixels[at + 1] & WHITE;
      int blue = channels == 1 ? red : pixels[at + 2] & WHITE;
      return red << 16 | green << 8 | blue;
    }
  }
}
