package org.normfree.plots.chart;

import java.awt.Font;
import java.awt.FontFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;

/**
 * The typeface of every figure, Gentium Plus, which lies beside this class under the SIL Open Font
 * License: so a figure looks the same on every machine, whatever is installed there.
 */
final class Typeface {
  private static final String FILE = "GentiumPlus-Regular.ttf";
  private static final Font FONT = load();

  private Typeface() {}

  /**
   * @param points size in points
   * @return the typeface at that size, in canvas units
   */
  static Font at(double points) {
    return FONT.deriveFont((float) (points / 72 * PaperStyle.UNITS_PER_INCH));
  }

  /**
   * @return whether it has every character of a text
   */
  static boolean has(String text) {
    return FONT.canDisplayUpTo(text) < 0;
  }

  /**
   * @return the name under which Java knows it
   */
  static String name() {
    return FONT.getFontName();
  }

  /**
   * The typeface for {@link #embed}; it must stay open until the document is saved.
   *
   * @return it without ligatures, whose letters could not be found again in a text
   */
  static TrueTypeFont forPdf() throws IOException {
    try (InputStream in = open()) {
      TrueTypeFont font = new TTFParser().parse(new RandomAccessReadBuffer(in));
      font.setEnableGsub(false);
      return font;
    }
  }

  /**
   * @param font the typeface
   * @param document a PDF, which gets the part of the typeface that its texts use
   */
  static PDFont embed(TrueTypeFont font, PDDocument document) throws IOException {
    return PDType0Font.load(document, font, true);
  }

  private static Font load() {
    try (InputStream in = open()) {
      return Font.createFont(Font.TRUETYPE_FONT, in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (FontFormatException e) {
      throw new IllegalStateException(FILE + " in this jar is no font: build the jar again", e);
    }
  }

  private static InputStream open() throws IOException {
    InputStream in = Typeface.class.getResourceAsStream(FILE);
    if (in == null) {
      throw new IOException(FILE + " is missing beside " + Typeface.class.getName());
    }
    return in;
  }
}
