package org.normfree.plots.chart;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Many small points. A panel's clouds are one image within the drawing, also in a PDF or SVG, where
 * thousands of shapes would be slow to show and to print.
 *
 * @param x places
 * @param y values
 * @param color their colour
 * @param size their diameter in hundredths of an inch
 */
record Cloud(double[] x, double[] y, Color color, double size) {
  /** Pixels in a canvas unit: 600 dots an inch. */
  private static final int PIXELS = 6;

  static void paint(List<Cloud> clouds, Canvas canvas) {
    Rectangle2D plot = canvas.plot();
    int width = (int) Math.ceil(plot.getWidth() * PIXELS);
    int height = (int) Math.ceil(plot.getHeight() * PIXELS);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D pixels = image.createGraphics();
    pixels.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    pixels.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    pixels.scale(PIXELS, PIXELS);
    pixels.translate(-plot.getX(), -plot.getY());
    clouds.forEach(cloud -> cloud.points(pixels, canvas));
    pixels.dispose();
    Graphics2D g = canvas.g();
    AffineTransform before = g.getTransform();
    g.translate(plot.getX(), plot.getY());
    g.scale(1.0 / PIXELS, 1.0 / PIXELS);
    g.drawImage(image, 0, 0, width, height, null);
    g.setTransform(before);
  }

  private void points(Graphics2D pixels, Canvas canvas) {
    pixels.setColor(color);
    for (int i = 0; i < x.length; i++) {
      if (Double.isFinite(x[i]) && Double.isFinite(y[i])) {
        double left = canvas.x(x[i]) - size / 2;
        double top = canvas.y(y[i]) - size / 2;
        pixels.fill(new Ellipse2D.Double(left, top, size, size));
      }
    }
  }
}
