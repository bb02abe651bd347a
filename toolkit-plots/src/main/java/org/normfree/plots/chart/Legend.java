package org.normfree.plots.chart;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/**
 * A legend below the panels: entries in rows that break where the figure ends, so it never covers
 * data.
 *
 * @param entries what is explained
 */
public record Legend(List<Entry> entries) {
  private static final Font FONT = PaperStyle.font(7);
  private static final double KEY = 22;
  private static final double GAP = 14;
  private static final double ROW = 13.5;

  /** A legend without entries, which takes no room. */
  public static final Legend NONE = new Legend(List.of());

  /** What stands before an entry's text. */
  public enum Key {
    /** A stretch of line. */
    LINE,
    /** A marker. */
    MARK,
    /** A marker on a stretch of line. */
    LINE_AND_MARK,
    /** A filled box. */
    BOX
  }

  /**
   * One entry.
   *
   * @param label its text
   * @param pen how the thing is drawn
   * @param key what stands before the text
   */
  public record Entry(String label, Pen pen, Key key) {
    double width() {
      return KEY + 4 + PaperStyle.textWidth(label, FONT);
    }
  }

  int height(int width) {
    return entries.isEmpty() ? 0 : (int) Math.ceil(rows(width).size() * ROW + 5);
  }

  void paint(Graphics2D g, int width) {
    double y = 2 + ROW / 2;
    for (List<Entry> row : rows(width)) {
      double total = row.stream().mapToDouble(Entry::width).sum() + GAP * (row.size() - 1);
      double x = (width - total) / 2;
      for (Entry entry : row) {
        paintKey(g, entry, x, y);
        g.setColor(PaperStyle.BLACK);
        Text.paint(g, entry.label(), FONT, x + KEY + 4, y, 0, 0.5);
        x += entry.width() + GAP;
      }
      y += ROW;
    }
  }

  private static void paintKey(Graphics2D g, Entry entry, double x, double y) {
    Pen pen = entry.pen();
    g.setColor(pen.color());
    if (entry.key() == Key.BOX) {
      g.fill(new Rectangle2D.Double(x + KEY / 2 - 1, y - 4.5, KEY / 2 + 1, 9));
      return;
    }
    if (entry.key() != Key.MARK) {
      g.setStroke(pen.stroke());
      g.draw(new Line2D.Double(x, y, x + KEY, y));
    }
    if (entry.key() != Key.LINE) {
      double at = entry.key() == Key.MARK ? x + KEY - 5 : x + KEY / 2;
      pen.mark().paint(g, at, y, 7, pen.color());
    }
  }

  private List<List<Entry>> rows(int width) {
    List<List<Entry>> rows = new ArrayList<>();
    double used = width;
    for (Entry entry : entries) {
      if (used + GAP + entry.width() > width - 10) {
        rows.add(new ArrayList<>());
        used = -GAP;
      }
      rows.get(rows.size() - 1).add(entry);
      used += GAP + entry.width();
    }
    return rows;
  }
}
