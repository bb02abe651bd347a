package org.normfree.plots.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.List;

/**
 * The look of every figure: column widths, and colours that people with a colour vision deficiency
 * can tell apart (Okabe and Ito, 2008), each with a dash and a marker of its own so that a grey
 * print stays legible.
 *
 * <p>Lengths on a canvas are in hundredths of an inch ({@link #UNITS_PER_INCH}).
 */
public final class PaperStyle {
  /** Canvas units in an inch. */
  public static final int UNITS_PER_INCH = 100;

  /** Width of a figure in one column of a two-column page, 3.3 in. */
  public static final int SINGLE_COLUMN = 330;

  /** Width of a figure across a page, 6.9 in. */
  public static final int DOUBLE_COLUMN = 690;

  /** Black. */
  public static final Color BLACK = new Color(0x000000);

  /** Okabe–Ito blue. */
  public static final Color BLUE = new Color(0x0072B2);

  /** Okabe–Ito vermillion. */
  public static final Color VERMILLION = new Color(0xD55E00);

  /** Okabe–Ito bluish green. */
  public static final Color GREEN = new Color(0x009E73);

  /** Okabe–Ito orange. */
  public static final Color ORANGE = new Color(0xE69F00);

  /** Okabe–Ito sky blue. */
  public static final Color SKY = new Color(0x56B4E9);

  /** Okabe–Ito reddish purple. */
  public static final Color PURPLE = new Color(0xCC79A7);

  /** For what stands behind: references, annotations. */
  public static final Color GREY = new Color(0x808080);

  /** For clouds of points that only give the background. */
  public static final Color LIGHT_GREY = new Color(0xC4C4C4);

  static final Color GRID = new Color(0xE4E4E4);
  static final Color AXIS = new Color(0x404040);
  static final Color STRIP = new Color(0xFFE9B8);

  private static final List<Color> PALETTE =
      List.of(BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, BLACK);

  private static final List<float[]> DASHES =
      List.of(
          new float[0],
          new float[] {6, 2.5f},
          new float[] {1.6f, 1.9f},
          new float[] {7, 2, 1.6f, 2},
          new float[] {3.2f, 1.6f},
          new float[] {7, 2, 1.6f, 2, 1.6f, 2},
          new float[] {11, 3});

  private static final List<Mark> MARKS =
      List.of(
          Mark.CIRCLE,
          Mark.SQUARE,
          Mark.TRIANGLE,
          Mark.DIAMOND,
          Mark.RING,
          Mark.DROP,
          Mark.BOX,
          Mark.PEAK);

  private PaperStyle() {}

  /**
   * @param index which curve
   * @return a colour, dash and marker; the first seven differ in all three, and the first 56 in
   *     dash or marker
   */
  public static Pen pen(int index) {
    return new Pen(
        PALETTE.get(index % PALETTE.size()),
        stroke(1.5, DASHES.get(index % DASHES.size())),
        MARKS.get(index % MARKS.size()));
  }

  /**
   * @param color the colour
   * @param dash index of the dash; 0 is solid
   * @param mark the marker
   * @return a pen of the usual width
   */
  public static Pen pen(Color color, int dash, Mark mark) {
    return new Pen(color, stroke(1.5, DASHES.get(dash % DASHES.size())), mark);
  }

  /**
   * @param pen a curve's pen
   * @return the thin pale one for what the curve is the mean of
   */
  public static Pen thin(Pen pen) {
    return new Pen(paler(pen.color()), stroke(0.7), pen.mark());
  }

  /**
   * @param index any number from 0
   * @return a colour of the palette
   */
  public static Color color(int index) {
    return PALETTE.get(index % PALETTE.size());
  }

  /**
   * @param color a colour
   * @return the paler one a confidence band of that colour is filled with
   */
  public static Color pale(Color color) {
    return new Color(color.getRed(), color.getGreen(), color.getBlue(), 46);
  }

  /**
   * @param color a colour
   * @return one half way to white, which hides what lies below
   */
  public static Color paler(Color color) {
    return new Color(
        (color.getRed() + 255) / 2, (color.getGreen() + 255) / 2, (color.getBlue() + 255) / 2);
  }

  /**
   * @param color a colour
   * @param part from 0, pale, to 1, the colour darkened
   * @return a shade between
   */
  public static Color shade(Color color, double part) {
    float[] hsb = Color.RGBtoHSB(color.getRed(), color.getGreen(), color.getBlue(), null);
    return Color.getHSBColor(
        hsb[0], (float) (hsb[1] * (0.3 + 0.7 * part)), (float) (0.9 - 0.55 * part));
  }

  static BasicStroke stroke(double width, float... dash) {
    return dash.length == 0
        ? new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND)
        : new BasicStroke((float) width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dash, 0);
  }
}
