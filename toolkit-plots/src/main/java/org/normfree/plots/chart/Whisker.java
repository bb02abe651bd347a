package org.normfree.plots.chart;

import java.awt.Color;

/**
 * An interval with caps at its ends, upright or lying.
 *
 * @param low lower or left end
 * @param high upper or right end
 * @param at where it stands on the other axis
 * @param upright whether it runs along the vertical axis
 * @param color its colour
 * @param aside how far an upright one is moved to the right, in hundredths of an inch
 */
record Whisker(double low, double high, double at, boolean upright, Color color, double aside) {
  private static final double CAP = 2.5;
  private static final double WIDTH = 1;

  void paint(Canvas canvas) {
    if (upright) {
      double x = canvas.x(at) + aside;
      double bottom = canvas.y(low);
      double top = canvas.y(high);
      canvas.segment(x, bottom, x, top, color, WIDTH);
      canvas.segment(x - CAP, bottom, x + CAP, bottom, color, WIDTH);
      canvas.segment(x - CAP, top, x + CAP, top, color, WIDTH);
    } else {
      double y = canvas.y(at);
      double left = canvas.x(low);
      double right = canvas.x(high);
      canvas.segment(left, y, right, y, color, WIDTH);
      canvas.segment(left, y - CAP, left, y + CAP, color, WIDTH);
      canvas.segment(right, y - CAP, right, y + CAP, color, WIDTH);
    }
  }
}
