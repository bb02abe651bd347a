package org.normfree.plots.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.GraphicsEnvironment;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The look of every figure: column widths, serif type, and colours that people with a colour vision
 * deficiency can tell apart (Okabe and Ito, 2008), each with a dash and a marker of its own so that
 * a grey print stays legible.
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

  /** Width of the first of four columns of small panels, which has the axis' title. */
  public static final int FIRST_OF_FOUR = 183;

  /** Width of the other three columns; their plots are as wide as the first one's. */
  public static final int OTHER_OF_FOUR = 169;

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

  private static final List<Color> PALETTE =
      List.of(BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, BLACK);

  private static final List<float[]> DASHES =
      List.of(
          new float[0],
          new float[] {6, 2.5f},
          new float[] {1.6f, 1.9f},
          new float[] {7, 2, 1.6f, 2},
          new float[] {3.2f, 1.6f});

  private static final List<Mark> MARKS =
      List.of(Mark.CIRCLE, Mark.SQUARE, Mark.TRIANGLE, Mark.DIAMOND, Mark.RING, Mark.CROSS);

  private static final String FAMILY = family();

  private PaperStyle() {}

  /**
   * @param points size in points
   * @return the figures' serif type at that size
   */
  public static Font font(double points) {
    return new Font(FAMILY, Font.PLAIN, 1).deriveFont((float) (points / 72 * UNITS_PER_INCH));
  }

  /**
   * @param index which curve
   * @return a colour, dash and marker that the first 35 curves share with none of the others
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

  static double textWidth(String text, Font font) {
    return text.isBlank()
        ? 0
        : new TextLayout(text, font, new FontRenderContext(null, true, true)).getAdvance();
  }

  /** A Times-like family where there is one that has the letters figures need. */
  private static String family() {
    Set<String> installed =
        Arrays.stream(
                GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames())
            .collect(Collectors.toSet());
    return List.of("STIX Two Text", "Times New Roman", "Liberation Serif", "Nimbus Roman").stream()
        .filter(installed::contains)
        .filter(name -> new Font(name, Font.PLAIN, 10).canDisplayUpTo("αβγσ₀±−×²·←→") < 0)
        .findFirst()
        .orElse(Font.SERIF);
  }
}
