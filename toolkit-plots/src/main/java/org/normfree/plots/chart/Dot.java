package org.normfree.plots.chart;

import java.awt.Color;
import java.awt.geom.Rectangle2D;

/**
 * A single marker.
 *
 * @param x place
 * @param y value
 * @param mark its shape
 * @param color its colour
 * @param size its size in hundredths of an inch
 * @param right how far it is moved to the right, in hundredths of an inch
 * @param down how far it is moved down
 * @param inSight whether it is drawn at an axis' end where it lies beyond it
 */
record Dot(
    double x,
    double y,
    Mark mark,
    Color color,
    double size,
    double right,
    double down,
    boolean inSight) {
  private static final double FROM_BORDER = 4;

  void paint(Canvas canvas) {
    double atX = canvas.x(x) + right;
    double atY = canvas.y(y) + down;
    if (inSight) {
      Rectangle2D plot = canvas.plot();
      atX = Math.max(plot.getX() + FROM_BORDER, Math.min(plot.getMaxX() - FROM_BORDER, atX));
      atY = Math.max(plot.getY() + FROM_BORDER, Math.min(plot.getMaxY() - FROM_BORDER, atY));
    }
    mark.paint(canvas.g(), atX, atY, size, color);
  }
}
