package org.normfree.plots.chart;

import java.awt.Color;
import java.awt.geom.Path2D;

/**
 * The room between two curves, filled in a pale colour.
 *
 * @param x places, ascending
 * @param low lower curve
 * @param high upper curve
 * @param color the curve's own colour
 */
record Band(double[] x, double[] low, double[] high, Color color) {
  void paint(Canvas canvas) {
    if (x.length == 0) {
      return;
    }
    Path2D path = new Path2D.Double();
    path.moveTo(canvas.x(x[0]), canvas.y(high[0]));
    for (int i = 1; i < x.length; i++) {
      path.lineTo(canvas.x(x[i]), canvas.y(high[i]));
    }
    for (int i = x.length - 1; i >= 0; i--) {
      path.lineTo(canvas.x(x[i]), canvas.y(low[i]));
    }
    path.closePath();
    canvas.g().setColor(PaperStyle.pale(color));
    canvas.g().fill(path);
  }
}
