package org.normfree.plots.chart;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;

/**
 * A picture of pixels. Programs that show a PDF smooth small pictures when they enlarge them, so
 * every pixel is repeated until it is wider than what a printer can set.
 *
 * @param pixels rows from the top, {@code 0xRRGGBB}
 */
record Picture(int[][] pixels) {
  /** Least pixels of the enlarged picture in a canvas unit: 300 dots an inch. */
  private static final double DENSITY = 3;

  void paint(Canvas canvas) {
    int height = pixels.length;
    int width = pixels[0].length;
    Rectangle2D plot = canvas.plot();
    double side = Math.min(plot.getWidth() / width, plot.getHeight() / height);
    int times = Math.max(1, (int) Math.ceil(DENSITY * side));
    BufferedImage image =
        new BufferedImage(width * times, height * times, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        image.setRGB(x, y, pixels[y / times][x / times]);
      }
    }
    Graphics2D g = canvas.g();
    AffineTransform before = g.getTransform();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    g.translate(plot.getCenterX() - width * side / 2, plot.getCenterY() - height * side / 2);
    g.scale(side / times, side / times);
    g.drawImage(image, 0, 0, null);
    g.setTransform(before);
  }
}
