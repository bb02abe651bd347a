package org.normfree.plots.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/** A marker's shape. Hollow ones are filled with white, so that a line does not show in them. */
public enum Mark {
  /** A filled disc. */
  CIRCLE(false),
  /** A filled square. */
  SQUARE(false),
  /** A filled triangle. */
  TRIANGLE(false),
  /** A hollow diamond. */
  DIAMOND(true),
  /** A ring. */
  RING(true),
  /** A hollow square. */
  BOX(true),
  /** A hollow triangle. */
  PEAK(true),
  /** A filled triangle that stands on its tip. */
  DROP(false),
  /** A diagonal cross. */
  CROSS(false);

  private final boolean hollow;

  Mark(boolean hollow) {
    this.hollow = hollow;
  }

  void paint(Graphics2D g, double x, double y, double size, Color color) {
    double r = size / 2;
    Shape shape =
        switch (this) {
          case CIRCLE, RING -> new Ellipse2D.Double(x - r, y - r, size, size);
          case SQUARE, BOX ->
              new Rectangle2D.Double(x - 0.9 * r, y - 0.9 * r, 0.9 * size, 0.9 * size);
          case TRIANGLE, PEAK -> polygon(x, y - 1.15 * r, x + r, y + 0.75 * r, x - r, y + 0.75 * r);
          case DROP -> polygon(x, y + 1.15 * r, x + r, y - 0.75 * r, x - r, y - 0.75 * r);
          case DIAMOND -> polygon(x, y - 1.2 * r, x + r, y, x, y + 1.2 * r, x - r, y);
          case CROSS -> cross(x, y, r);
        };
    if (this == CROSS) {
      g.setStroke(new BasicStroke(1.6f));
      g.setColor(color);
      g.draw(shape);
      return;
    }
    g.setColor(hollow ? Color.WHITE : color);
    g.fill(shape);
    if (hollow) {
      g.setStroke(new BasicStroke(1.1f));
      g.setColor(color);
      g.draw(shape);
    }
  }

  private static Path2D polygon(double... xy) {
    Path2D path = new Path2D.Double();
    path.moveTo(xy[0], xy[1]);
    for (int i = 2; i < xy.length; i += 2) {
      path.lineTo(xy[i], xy[i + 1]);
    }
    path.closePath();
    return path;
  }

  private static Path2D cross(double x, double y, double r) {
    Path2D path = new Path2D.Double();
    path.moveTo(x - r, y - r);
    path.lineTo(x + r, y + r);
    path.moveTo(x - r, y + r);
    path.lineTo(x + r, y - r);
    return path;
  }
}
