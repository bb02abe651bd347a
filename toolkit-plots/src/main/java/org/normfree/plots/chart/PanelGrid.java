package org.normfree.plots.chart;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Panels in rows with one legend below them. Plots of a column stand exactly above each other, and
 * those of a row are as high as each other, whatever room their labels need.
 *
 * @param rows the panels, row by row from the top
 * @param legend the legend below them all
 * @param sheet what they are set on
 * @param banner what stands in a strip above them all; empty for no strip
 */
public record PanelGrid(List<List<Panel>> rows, Legend legend, Sheet sheet, String banner) {
  /** The part of a panel that labels at its side may take before they are broken into lines. */
  private static final double LABELS = 0.5;

  private static final double NARROWEST = 40;
  private static final double STRIP = 5;

  /** A grid without a strip above it. */
  public PanelGrid(List<List<Panel>> rows, Legend legend, Sheet sheet) {
    this(rows, legend, sheet, "");
  }

  /**
   * @param text what stands above the panels
   * @return the grid with a strip that says so
   */
  public PanelGrid withBanner(String text) {
    return new PanelGrid(rows, legend, sheet, text);
  }

  /**
   * @return width in hundredths of an inch
   */
  public int width() {
    return sheet.width();
  }

  /**
   * @return height in hundredths of an inch
   */
  public int height() {
    double panels = layout().stream().mapToDouble(Row::height).sum();
    return (int) Math.ceil(stripHeight() + panels + legend.height(sheet));
  }

  /**
   * @return titles, axes and legend in words, for who cannot see the drawing
   */
  String description() {
    String panels =
        rows.stream()
            .flatMap(List::stream)
            .map(Panel::description)
            .filter(words -> !words.isEmpty())
            .collect(Collectors.joining("; "));
    String entries =
        legend.entries().stream().map(Legend.Entry::label).collect(Collectors.joining("; "));
    return (banner.isEmpty() ? "" : banner + ". ")
        + "Panels: "
        + panels
        + "."
        + (entries.isEmpty() ? "" : " Legend: " + entries + ".");
  }

  /** A row with the places of its panels and their plots, measured from the row's top. */
  private record Row(List<Placed> panels, double height) {}

  private record Placed(Panel panel, Rectangle2D plot, Rectangle2D place) {}

  /** What the columns of a layout have in common: room at their left and width of their plots. */
  private record Columns(double[] most, double[] left, double[] weights, double unit) {
    double width(int c) {
      return weights[c] * unit;
    }
  }

  private List<Row> layout() {
    List<List<Panel>> fitting = rows;
    Columns columns = columns(fitting);
    while (columns.left.length > 1 && columns.unit < NARROWEST) {
      fitting = narrower(fitting, columns.left.length - 1);
      columns = columns(fitting);
    }
    List<Row> laid = new ArrayList<>();
    for (List<Panel> row : fitting) {
      laid.add(row(row, columns));
    }
    return laid;
  }

  /** The same panels, but fewer of them beside each other. */
  private static List<List<Panel>> narrower(List<List<Panel>> rows, int most) {
    List<List<Panel>> narrow = new ArrayList<>();
    for (List<Panel> row : rows) {
      for (int i = 0; i < row.size(); i += most) {
        narrow.add(row.subList(i, Math.min(i + most, row.size())));
      }
    }
    return narrow;
  }

  private Columns columns(List<List<Panel>> of) {
    int count = of.stream().mapToInt(List::size).max().orElse(0);
    double[] weights = new double[count];
    double total = 0;
    for (int c = 0; c < count; c++) {
      weights[c] = column(of, c).stream().mapToDouble(Panel::weight).max().orElse(1);
      total += weights[c];
    }
    double[] most = new double[count];
    double[] left = new double[count];
    double free = width();
    for (int c = 0; c < count; c++) {
      double limit = LABELS * width() * weights[c] / total;
      most[c] = limit;
      left[c] =
          column(of, c).stream().mapToDouble(p -> p.layout().left(sheet, limit)).max().orElse(0);
      free -= left[c] + PanelLayout.right();
    }
    return new Columns(most, left, weights, Math.max(count == 1 ? NARROWEST : 0, free) / total);
  }

  private static List<Panel> column(List<List<Panel>> rows, int c) {
    return rows.stream().filter(row -> row.size() > c).map(row -> row.get(c)).toList();
  }

  private Row row(List<Panel> panels, Columns columns) {
    double above = 0;
    double below = 0;
    double height = 0;
    for (int c = 0; c < panels.size(); c++) {
      double panelWidth = columns.left[c] + columns.width(c) + PanelLayout.right();
      above = Math.max(above, panels.get(c).layout().above(sheet, panelWidth));
      below = Math.max(below, panels.get(c).layout().below(sheet, panelWidth, columns.width(c)));
      height = Math.max(height, panels.get(c).layout().height(sheet, columns.most[c]));
    }
    List<Placed> placed = new ArrayList<>();
    double x = 0;
    for (int c = 0; c < panels.size(); c++) {
      double panelWidth = columns.left[c] + columns.width(c) + PanelLayout.right();
      placed.add(
          new Placed(
              panels.get(c),
              new Rectangle2D.Double(x + columns.left[c], above, columns.width(c), height),
              new Rectangle2D.Double(x, 0, panelWidth, above + height + below)));
      x += panelWidth;
    }
    return new Row(placed, above + height + below);
  }

  void paint(Graphics2D g) {
    g.setColor(Color.WHITE);
    g.fill(new Rectangle2D.Double(0, 0, width(), height()));
    AffineTransform origin = g.getTransform();
    paintStrip(g);
    g.translate(0, stripHeight());
    for (Row row : layout()) {
      row.panels.forEach(placed -> placed.panel.paint(g, placed.plot, placed.place, sheet));
      g.translate(0, row.height);
    }
    legend.paint(g, sheet);
    g.setTransform(origin);
  }

  private List<String> strip() {
    return Text.wrap(banner, sheet.titles(), width() - 4 * STRIP);
  }

  private double stripHeight() {
    List<String> lines = strip();
    return lines.isEmpty() ? 0 : Text.height(lines, sheet.titles()) + 2 * STRIP + 1;
  }

  private void paintStrip(Graphics2D g) {
    List<String> lines = strip();
    if (!lines.isEmpty()) {
      g.setColor(PaperStyle.STRIP);
      g.fill(new Rectangle2D.Double(0, 0, width(), stripHeight() - 1));
      g.setColor(PaperStyle.BLACK);
      Text.paint(g, lines, sheet.titles(), 2 * STRIP, STRIP, 0, 0);
    }
  }
}
