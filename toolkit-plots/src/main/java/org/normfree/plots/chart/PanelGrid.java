package org.normfree.plots.chart;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.stream.Collectors;
import org.knowm.xchart.internal.chartpart.IChart;

/**
 * Panels in rows with one legend below them: a chart like any other to XChart's encoders.
 *
 * @param rows the panels, row by row from the top
 * @param legend the legend below them all
 */
public record PanelGrid(List<List<Panel>> rows, Legend legend) implements IChart {

  @Override
  public int getWidth() {
    return rows.stream()
        .mapToInt(row -> row.stream().mapToInt(Panel::getWidth).sum())
        .max()
        .orElse(0);
  }

  @Override
  public int getHeight() {
    return rows.stream().mapToInt(PanelGrid::height).sum() + legend.height(getWidth());
  }

  @Override
  public String getTitle() {
    return "";
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
    return "Panels: " + panels + "." + (entries.isEmpty() ? "" : " Legend: " + entries + ".");
  }

  @Override
  public void paint(Graphics2D g, int width, int height) {
    g.setColor(Color.WHITE);
    g.fill(new Rectangle2D.Double(0, 0, width, height));
    AffineTransform origin = g.getTransform();
    int y = 0;
    for (List<Panel> row : rows) {
      int x = 0;
      for (Panel panel : row) {
        g.translate(x, y);
        panel.paint(g, panel.getWidth(), panel.getHeight());
        g.setTransform(origin);
        x += panel.getWidth();
      }
      y += height(row);
    }
    g.translate(0, y);
    legend.paint(g, getWidth());
    g.setTransform(origin);
  }

  private static int height(List<Panel> row) {
    return row.stream().mapToInt(Panel::getHeight).max().orElse(0);
  }
}
