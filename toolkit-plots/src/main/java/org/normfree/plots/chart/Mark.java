package org.normfree.plots.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/** A marker's shape. */
public enum Mark {
  /** A filled disc. */
  CIRCLE,
  /** A filled square. */
  SQUARE,
  /** A filled triangle. */
  TRIANGLE,
  /** A hollow diamond. */
  DIAMOND,
  /** A ring. */
  RING,
  /** A diagonal cross. */
  CROSS;

  void paint(Graphics2D g, double x, double y, double size, Color color) {
    double r = size / 2;
    Shape shape =
        switch (this) {
          case CIRCLE, RING -> new Ellipse2D.Double(x - r, y - r, size, size);
          case SQUARE -> new Rectangle2D.Double(x - 0.9 * r, y - 0.9 * r, 0.9 * size, 0.9 * size);
          case TRIANGLE -> polygon(x, y - 1.15 * r, x + r, y + 0.75 * r, x - r, y + 0.75 * r);
          case DIAMOND -> polygon(x, y - 1.2 * r, x + r, y, x, y + 1.2 * r, x - r, y);
          case CROSS -> cross(x, y, r);
        };
    g.setStroke(new BasicStroke(1.2f));
    switch (this) {
      case CIRCLE, SQUARE, TRIANGLE -> {
        g.setColor(color);
        g.fill(shape);
      }
      case DIAMOND, RING -> {
        g.setColor(color);
        g.draw(shape);
      }
      case CROSS -> {
        g.setStroke(new BasicStroke(1.6f));
        g.setColor(color);
        g.draw(shape);
      }
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
