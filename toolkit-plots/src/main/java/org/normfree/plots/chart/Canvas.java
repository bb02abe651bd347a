package org.normfree.plots.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;

/**
 * Where a panel draws: from values to places within its axes.
 *
 * @param g what is drawn on
 * @param plot the place between the axes
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param sheet what the figure is set on
 */
record Canvas(Graphics2D g, Rectangle2D plot, PlotAxis x, PlotAxis y, Sheet sheet) {
  double x(double value) {
    return plot.getX() + x.place(value, plot.getWidth());
  }

  double y(double value) {
    return plot.getMaxY() - y.place(value, plot.getHeight());
  }

  void segment(double x1, double y1, double x2, double y2, Color color, double width) {
    g.setColor(color);
    g.setStroke(new BasicStroke((float) width));
    g.draw(new Line2D.Double(x1, y1, x2, y2));
  }
}
