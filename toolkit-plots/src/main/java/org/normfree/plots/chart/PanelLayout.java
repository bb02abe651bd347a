package org.normfree.plots.chart;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.List;

/**
 * How much room a panel's titles and labels need around its plot, and where they stand. Whatever
 * their length, nothing is cut off: what is too long is broken into lines, and makes room for them.
 *
 * @param title what stands above the plot
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param plotHeight height of the plot that was asked for; of a panel with named rows, the least
 *     height of a row
 */
record PanelLayout(String title, PlotAxis x, PlotAxis y, double plotHeight) {
  private static final double TOP = 5;
  private static final double RIGHT = 9;
  private static final double BOTTOM = 5;
  private static final double GAP = 4;

  /** From the panel's border to what is written at its left. */
  static final double BORDER = 4;

  private static final double BELOW_LABELS = 7;

  /** A vertical axis' title of more lines than this makes the plot higher instead. */
  private static final int MOST_LINES = 3;

  private static final double HIGHER = 1.25;

  /**
   * @param most how much room labels may take before they are broken into lines
   * @return how high the plot is
   */
  double height(Sheet sheet, double most) {
    if (y.categories().isEmpty()) {
      double height = plotHeight;
      while (Text.wrap(y.title(), sheet.titles(), height).size() > MOST_LINES) {
        height *= HIGHER;
      }
      return height;
    }
    int lines =
        y.categories().stream()
            .mapToInt(name -> Text.wrap(name, sheet.ticks(), most).size())
            .max()
            .orElse(1);
    double row = Math.max(sheet.scaled(plotHeight), lines * Text.line(sheet.ticks()) + 5);
    return y.categories().size() * row + 4;
  }

  /** The room left of the plot: title, labels, marks. */
  double left(Sheet sheet, double most) {
    double height = height(sheet, most);
    double labels =
        y.categories().isEmpty()
            ? y.upwards(height, sheet.ticks()).stream()
                .mapToDouble(tick -> Text.width(tick.label(), sheet.ticks()))
                .max()
                .orElse(0)
            : y.categories().stream()
                .mapToDouble(
                    name -> Text.width(Text.wrap(name, sheet.ticks(), most), sheet.ticks()))
                .max()
                .orElse(0);
    int lines = Text.wrap(y.title(), sheet.titles(), height).size();
    double words = lines == 0 ? 0 : lines * Text.line(sheet.titles()) + 2;
    return BORDER + words + Math.ceil(labels) + AxisPainter.TO_LABELS;
  }

  /** The room right of the plot. */
  static double right() {
    return RIGHT;
  }

  /** The room above the plot of a panel so wide. */
  double above(Sheet sheet, double width) {
    List<String> lines = Text.wrap(title, sheet.titles(), width - GAP);
    return TOP + (lines.isEmpty() ? 0 : Text.height(lines, sheet.titles()) + GAP + 1);
  }

  /** The room below the plot of a panel so wide. */
  double below(Sheet sheet, double width, double plotWidth) {
    double room = BOTTOM + AxisPainter.TO_LABELS + labelHeight(sheet, plotWidth);
    List<String> lines = Text.wrap(x.title(), sheet.titles(), width - GAP);
    return room + (lines.isEmpty() ? 0 : Text.height(lines, sheet.titles()) + BELOW_LABELS);
  }

  private double labelHeight(Sheet sheet, double plotWidth) {
    return x.categories().stream()
        .mapToDouble(
            name ->
                Text.height(
                    Text.wrap(name, sheet.ticks(), AxisPainter.slot(x, plotWidth)), sheet.ticks()))
        .max()
        .orElse(Text.capital(sheet.ticks()));
  }

  /**
   * @param place the panel's whole place
   */
  void paintTitles(Canvas canvas, Rectangle2D place) {
    Graphics2D g = canvas.g();
    Sheet sheet = canvas.sheet();
    Rectangle2D plot = canvas.plot();
    g.setColor(PaperStyle.BLACK);
    List<String> above = Text.wrap(title, sheet.titles(), place.getWidth() - GAP);
    double aboveAt = within(place, plot.getCenterX(), Text.width(above, sheet.titles()));
    Text.paint(g, above, sheet.titles(), aboveAt, plot.getY() - GAP - 1, 0.5, 1);
    List<String> below = Text.wrap(x.title(), sheet.titles(), place.getWidth() - GAP);
    double belowAt = within(place, plot.getCenterX(), Text.width(below, sheet.titles()));
    double labels = AxisPainter.TO_LABELS + labelHeight(sheet, plot.getWidth());
    Text.paint(g, below, sheet.titles(), belowAt, plot.getMaxY() + labels + BELOW_LABELS, 0.5, 0);
    List<String> aside = Text.wrap(y.title(), sheet.titles(), plot.getHeight());
    Text.paintUpwards(g, aside, sheet.titles(), place.getX() + BORDER, plot.getCenterY(), 0.5, 0);
  }

  /** The middle of a text that is centred where that is possible within the panel. */
  private static double within(Rectangle2D place, double middle, double width) {
    double low = place.getX() + width / 2 + 1;
    double high = place.getMaxX() - width / 2 - 1;
    return low > high ? place.getCenterX() : Math.max(low, Math.min(high, middle));
  }
}
