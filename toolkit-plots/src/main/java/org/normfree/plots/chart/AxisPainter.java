package org.normfree.plots.chart;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.List;

/** Grid, axes, marks and their labels around a panel's plot. */
final class AxisPainter {
  /** From the plot to the labels of its marks. */
  static final double TO_LABELS = 6;

  private static final double MARK = 3;
  private static final double SMALL_MARK = 1.8;

  private final Canvas canvas;
  private final Graphics2D g;
  private final Rectangle2D plot;
  private final Rectangle2D panel;
  private final Font font;

  /**
   * @param panel the panel's whole place, beyond which no label may reach
   */
  AxisPainter(Canvas canvas, Rectangle2D panel) {
    this.canvas = canvas;
    this.panel = panel;
    g = canvas.g();
    plot = canvas.plot();
    font = canvas.sheet().ticks();
  }

  void paintGrid() {
    for (Tick tick : canvas.x().across(plot.getWidth(), font)) {
      double at = canvas.x(tick.value());
      if (!tick.label().isEmpty()) {
        canvas.segment(at, plot.getY(), at, plot.getMaxY(), PaperStyle.GRID, 0.5);
      }
    }
    for (Tick tick : canvas.y().upwards(plot.getHeight(), font)) {
      double at = canvas.y(tick.value());
      if (!tick.label().isEmpty()) {
        canvas.segment(plot.getX(), at, plot.getMaxX(), at, PaperStyle.GRID, 0.5);
      }
    }
  }

  void paintAxes() {
    double left = plot.getX();
    double bottom = plot.getMaxY();
    canvas.segment(left, plot.getY(), left, bottom, PaperStyle.AXIS, 0.7);
    double from = left;
    for (double[] gap : canvas.x().gaps()) {
      canvas.segment(from, bottom, canvas.x(gap[0]), bottom, PaperStyle.AXIS, 0.7);
      from = canvas.x(gap[1]);
      paintBreak(canvas.x(gap[0]), bottom);
      paintBreak(from, bottom);
    }
    canvas.segment(from, bottom, plot.getMaxX(), bottom, PaperStyle.AXIS, 0.7);
    paintAcross();
    paintUpwards();
  }

  /** A slanted stroke where the axis is broken. */
  private void paintBreak(double x, double y) {
    canvas.segment(x - 1.5, y + 3.5, x + 1.5, y - 3.5, PaperStyle.AXIS, 0.7);
  }

  private void paintAcross() {
    double bottom = plot.getMaxY();
    for (Tick tick : canvas.x().across(plot.getWidth(), font)) {
      double at = canvas.x(tick.value());
      double length = tick.label().isEmpty() ? SMALL_MARK : MARK;
      canvas.segment(at, bottom, at, bottom + length, PaperStyle.AXIS, 0.7);
      paintBelow(List.of(tick.label()), at);
    }
    List<String> names = canvas.x().categories();
    for (int i = 0; i < names.size(); i++) {
      double at = canvas.x(i);
      canvas.segment(at, bottom, at, bottom + MARK, PaperStyle.AXIS, 0.7);
      paintBelow(Text.wrap(names.get(i), font, slot(canvas.x(), plot.getWidth())), at);
    }
  }

  /** How wide the label of a category may be. */
  static double slot(PlotAxis axis, double width) {
    return 0.94 * width / Math.max(1, axis.categories().size());
  }

  private void paintBelow(List<String> lines, double at) {
    double half = Text.width(lines, font) / 2;
    // at the very ends a label is moved inwards rather than cut off
    double middle = Math.max(panel.getX() + half, Math.min(panel.getMaxX() - 1 - half, at));
    g.setColor(PaperStyle.BLACK);
    Text.paint(g, lines, font, middle, plot.getMaxY() + TO_LABELS, 0.5, 0);
  }

  private void paintUpwards() {
    double left = plot.getX();
    for (Tick tick : canvas.y().upwards(plot.getHeight(), font)) {
      double at = canvas.y(tick.value());
      double length = tick.label().isEmpty() ? SMALL_MARK : MARK;
      canvas.segment(left - length, at, left, at, PaperStyle.AXIS, 0.7);
      g.setColor(PaperStyle.BLACK);
      Text.paint(g, tick.label(), font, left - TO_LABELS, at, 1, 0.5);
    }
    List<String> names = canvas.y().categories();
    double room = left - TO_LABELS - panel.getX() - PanelLayout.BORDER;
    for (int i = 0; i < names.size(); i++) {
      g.setColor(PaperStyle.BLACK);
      Text.paint(
          g, Text.wrap(names.get(i), font, room), font, left - TO_LABELS, canvas.y(-i), 1, 0.5);
    }
  }
}
