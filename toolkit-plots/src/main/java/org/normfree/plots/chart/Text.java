package org.normfree.plots.chart;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;

/** Text as outlines, the way XChart sets it, so that a figure looks the same without its fonts. */
final class Text {
  private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);

  private Text() {}

  /**
   * @param x where the anchor lies
   * @param y where the anchor lies
   * @param alongX 0 if the anchor is the text's left end, 0.5 its middle, 1 its right end
   * @param alongY 0 if the anchor is the text's top, 0.5 its middle, 1 its bottom
   */
  static void paint(
      Graphics2D g, String text, Font font, double x, double y, double alongX, double alongY) {
    g.fill(outline(text, font, x, y, alongX, alongY));
  }

  /** As {@link #paint}, turned a quarter to the left about the anchor. */
  static void paintUpwards(
      Graphics2D g, String text, Font font, double x, double y, double alongX, double alongY) {
    Shape upright = outline(text, font, 0, 0, alongX, alongY);
    AffineTransform turn = AffineTransform.getTranslateInstance(x, y);
    turn.rotate(-Math.PI / 2);
    g.fill(turn.createTransformedShape(upright));
  }

  /** Lines are placed by the height of a capital, so that neighbours share a base line. */
  private static Shape outline(
      String text, Font font, double x, double y, double alongX, double alongY) {
    if (text.isBlank()) {
      return new Rectangle2D.Double();
    }
    TextLayout layout = new TextLayout(text, font, CONTEXT);
    double capital = new TextLayout("H", font, CONTEXT).getBounds().getHeight();
    return layout.getOutline(
        AffineTransform.getTranslateInstance(
            x - alongX * layout.getAdvance(), y + (1 - alongY) * capital));
  }
}
