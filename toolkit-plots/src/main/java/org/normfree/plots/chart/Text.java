package org.normfree.plots.chart;

import de.rototor.pdfbox.graphics2d.PdfBoxGraphics2D;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.font.GlyphVector;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.List;

/**
 * Text of a figure: as text in a PDF, which can be searched and copied, and elsewhere as outlines,
 * which look the same in every program and on every machine.
 */
final class Text {
  private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);

  /** Where a word that is too long for its line may be broken. */
  private static final String JOINTS = "-_./,:=–";

  private static final double LINE = 1.22;

  private Text() {}

  /**
   * @return how far the text reaches
   */
  static double width(String text, Font font) {
    if (text.isEmpty()) {
      return 0;
    }
    if (!Typeface.has(text)) {
      return layout(text, font).getAdvance();
    }
    GlyphVector glyphs = font.createGlyphVector(CONTEXT, text);
    return glyphs.getGlyphPosition(glyphs.getNumGlyphs()).getX();
  }

  /**
   * @return how far the longest of some lines reaches
   */
  static double width(List<String> lines, Font font) {
    return lines.stream().mapToDouble(line -> width(line, font)).max().orElse(0);
  }

  /**
   * @return the height of a capital letter
   */
  static double capital(Font font) {
    return font.createGlyphVector(CONTEXT, "H").getVisualBounds().getHeight();
  }

  /**
   * @return from the base of a line to that of the next one
   */
  static double line(Font font) {
    return LINE * font.getSize2D();
  }

  /**
   * @return the room that some lines take, from the top of the first one's capitals
   */
  static double height(List<String> lines, Font font) {
    return lines.isEmpty() ? 0 : capital(font) + (lines.size() - 1) * line(font);
  }

  /**
   * Breaks a text into lines: between words, and where a single word is too long, within it.
   *
   * @param text a text
   * @param font its font
   * @param width how far a line may reach
   * @return the lines; none if the text is blank
   */
  static List<String> wrap(String text, Font font, double width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split("\\s+", -1)) {
      String rest = word;
      if (!line.isEmpty() && width(line + " " + rest, font) <= width) {
        line.append(' ').append(rest);
        continue;
      }
      flush(line, lines);
      while (width(rest, font) > width && rest.length() > 1) {
        int cut = cut(rest, font, width);
        lines.add(rest.substring(0, cut));
        rest = rest.substring(cut);
      }
      line.append(rest);
    }
    flush(line, lines);
    return lines;
  }

  private static void flush(StringBuilder line, List<String> lines) {
    if (!line.isEmpty()) {
      lines.add(line.toString());
      line.setLength(0);
    }
  }

  /** The longest beginning that fits, behind a joint if there is one in its second half. */
  private static int cut(String word, Font font, double width) {
    int fits = 1;
    while (fits < word.length() - 1 && width(word.substring(0, fits + 1), font) <= width) {
      fits++;
    }
    for (int i = fits; i > fits / 2; i--) {
      if (JOINTS.indexOf(word.charAt(i - 1)) >= 0) {
        return i;
      }
    }
    return Character.isHighSurrogate(word.charAt(fits - 1)) ? fits + 1 : fits;
  }

  /**
   * @param x where the anchor lies
   * @param y where the anchor lies
   * @param alongX 0 if the anchor is the text's left end, 0.5 its middle, 1 its right end
   * @param alongY 0 if the anchor is the text's top, 0.5 its middle, 1 its bottom
   */
  static void paint(
      Graphics2D g, String text, Font font, double x, double y, double alongX, double alongY) {
    if (text.isBlank()) {
      return;
    }
    // lines are placed by the height of a capital, so that neighbours share a base line
    double left = x - alongX * width(text, font);
    double base = y + (1 - alongY) * capital(font);
    if (!Typeface.has(text)) {
      g.fill(layout(text, font).getOutline(AffineTransform.getTranslateInstance(left, base)));
    } else if (g instanceof PdfBoxGraphics2D) {
      g.setFont(font);
      g.drawString(text, (float) left, (float) base);
    } else {
      g.fill(font.createGlyphVector(CONTEXT, text).getOutline((float) left, (float) base));
    }
  }

  /** As {@link #paint(Graphics2D, String, Font, double, double, double, double)}, line by line. */
  static void paint(
      Graphics2D g,
      List<String> lines,
      Font font,
      double x,
      double y,
      double alongX,
      double alongY) {
    double top = y - alongY * height(lines, font);
    for (int i = 0; i < lines.size(); i++) {
      paint(g, lines.get(i), font, x, top + i * line(font), alongX, 0);
    }
  }

  /** As {@link #paint}, turned a quarter to the left about the anchor. */
  static void paintUpwards(
      Graphics2D g,
      List<String> lines,
      Font font,
      double x,
      double y,
      double alongX,
      double alongY) {
    AffineTransform before = g.getTransform();
    g.translate(x, y);
    g.rotate(-Math.PI / 2);
    paint(g, lines, font, 0, 0, alongX, alongY);
    g.setTransform(before);
  }

  /** What the typeface lacks, as Chinese names, is set in what Java finds. */
  private static TextLayout layout(String text, Font font) {
    return new TextLayout(
        text, new Font(Font.SERIF, Font.PLAIN, 1).deriveFont(font.getSize2D()), CONTEXT);
  }
}
