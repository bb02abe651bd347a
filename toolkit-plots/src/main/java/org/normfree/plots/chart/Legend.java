package org.normfree.plots.chart;

import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.util.ArrayList;
import java.util.List;

/**
 * A legend below the panels: entries in rows that break where the figure ends, so it never covers
 * data; an entry that is longer than a row is broken into lines.
 *
 * @param entries what is explained
 */
public record Legend(List<Entry> entries) {
  private static final double KEY = 32;
  private static final double TO_TEXT = 4;
  private static final double GAP = 14;
  private static final double TOP = 2;

  /** A legend without entries, which takes no room. */
  public static final Legend NONE = new Legend(List.of());

  /** What stands before an entry's text. */
  public enum Key {
    /** A stretch of line. */
    LINE,
    /** A marker. */
    MARK,
    /** A marker on a stretch of line. */
    LINE_AND_MARK
  }

  /**
   * One entry.
   *
   * @param label its text
   * @param pen how the thing is drawn
   * @param key what stands before the text
   */
  public record Entry(String label, Pen pen, Key key) {
    private List<String> lines(Sheet sheet) {
      return Text.wrap(label, sheet.ticks(), sheet.width() - KEY - TO_TEXT - 12);
    }

    private double width(Sheet sheet) {
      return KEY + TO_TEXT + Text.width(lines(sheet), sheet.ticks());
    }
  }

  double height(Sheet sheet) {
    return entries.isEmpty()
        ? 0
        : TOP + 3 + rows(sheet).stream().mapToDouble(row -> rowHeight(row, sheet)).sum();
  }

  void paint(Graphics2D g, Sheet sheet) {
    double top = TOP;
    for (List<Entry> row : rows(sheet)) {
      double total = row.stream().mapToDouble(e -> e.width(sheet)).sum() + GAP * (row.size() - 1);
      double x = Math.max(4, (sheet.width() - total) / 2);
      double middle = top + Text.line(sheet.ticks()) / 2;
      for (Entry entry : row) {
        paintKey(g, entry, x, middle);
        g.setColor(PaperStyle.BLACK);
        double first = middle - Text.capital(sheet.ticks()) / 2;
        Text.paint(g, entry.lines(sheet), sheet.ticks(), x + KEY + TO_TEXT, first, 0, 0);
        x += entry.width(sheet) + GAP;
      }
      top += rowHeight(row, sheet);
    }
  }

  private static double rowHeight(List<Entry> row, Sheet sheet) {
    int lines = row.stream().mapToInt(entry -> entry.lines(sheet).size()).max().orElse(1);
    return lines * Text.line(sheet.ticks()) + 2;
  }

  private static void paintKey(Graphics2D g, Entry entry, double x, double y) {
    Pen pen = entry.pen();
    g.setColor(pen.color());
    if (entry.key() != Key.MARK) {
      g.setStroke(pen.stroke());
      g.draw(new Line2D.Double(x, y, x + KEY, y));
    }
    if (entry.key() != Key.LINE) {
      double at = entry.key() == Key.MARK ? x + KEY - 5 : x + KEY / 2;
      pen.mark().paint(g, at, y, 6, pen.color());
    }
  }

  private List<List<Entry>> rows(Sheet sheet) {
    List<List<Entry>> rows = new ArrayList<>();
    double used = sheet.width();
    for (Entry entry : entries) {
      if (used + GAP + entry.width(sheet) > sheet.width() - 10) {
        rows.add(new ArrayList<>());
        used = -GAP;
      }
      rows.get(rows.size() - 1).add(entry);
      used += GAP + entry.width(sheet);
    }
    return rows;
  }
}
