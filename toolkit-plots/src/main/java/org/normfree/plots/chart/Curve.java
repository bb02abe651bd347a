package org.normfree.plots.chart;

import java.awt.geom.Path2D;

/**
 * A curve in one path, so that its dashes do not begin anew at every point; NaN breaks it. Its
 * marker stands on it now and then, so that it is known again without its colour.
 *
 * @param x places
 * @param y values
 * @param pen how it is drawn
 * @param marks how many markers it has at most; 0 for none
 * @param aside how far it is moved to the right, in hundredths of an inch
 */
record Curve(double[] x, double[] y, Pen pen, int marks, double aside) {
  void paint(Canvas canvas) {
    Path2D path = new Path2D.Double();
    boolean open = false;
    for (int i = 0; i < x.length; i++) {
      if (Double.isNaN(x[i]) || Double.isNaN(y[i])) {
        open = false;
      } else if (open) {
        path.lineTo(canvas.x(x[i]) + aside, canvas.y(y[i]));
      } else {
        path.moveTo(canvas.x(x[i]) + aside, canvas.y(y[i]));
        open = true;
      }
    }
    canvas.g().setColor(pen.color());
    canvas.g().setStroke(pen.stroke());
    canvas.g().draw(path);
    paintMarks(canvas);
  }

  /** At even distances along the axis, the first of them half a distance from the start. */
  private void paintMarks(Canvas canvas) {
    double distance = canvas.plot().getWidth() / Math.max(1, marks);
    // curves of several pens have theirs at different places
    double next =
        canvas.plot().getX()
            + distance * (0.2 + 0.6 * Math.floorMod(pen.color().getRGB(), 8) / 8.0);
    int drawn = 0;
    for (int i = 0; i < x.length && drawn < marks; i++) {
      if (Double.isFinite(x[i]) && Double.isFinite(y[i]) && canvas.x(x[i]) >= next) {
        pen.mark().paint(canvas.g(), canvas.x(x[i]), canvas.y(y[i]), 5, pen.color());
        drawn++;
        while (next <= canvas.x(x[i])) {
          next += distance;
        }
      }
    }
  }
}
