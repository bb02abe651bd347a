package org.normfree.plots.chart;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import de.rototor.pdfbox.graphics2d.PdfBoxGraphics2D;
import de.rototor.pdfbox.graphics2d.PdfBoxGraphics2DFontTextDrawer;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;

/**
 * Writes a figure as PDF, SVG or PNG at its printed size, with its title and what it shows in
 * words. A figure always gives the same bytes.
 */
public final class FigureEncoder {
  /** Resolution of a PNG in dots an inch. */
  public static final int PNG_DPI = 300;

  private static final double POINTS_PER_UNIT = 72.0 / PaperStyle.UNITS_PER_INCH;

  private static final Pattern LONG_NUMBER = Pattern.compile("-?\\d+\\.\\d{3,}(?:[eE]-?\\d+)?");

  private static final Pattern CLIP = Pattern.compile("clip-?\\d+");

  private FigureEncoder() {}

  /**
   * The typeface is embedded, so that text can be searched and copied.
   *
   * @param figure a figure
   * @return a one-page PDF of the figure's size
   */
  public static byte[] pdf(Figure figure) {
    float width = (float) (figure.chart().width() * POINTS_PER_UNIT);
    float height = (float) (figure.chart().height() * POINTS_PER_UNIT);
    try (PDDocument document = new PDDocument();
        TrueTypeFont font = Typeface.forPdf();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
      document.setDocumentId((long) figure.name().hashCode());
      document.getDocumentInformation().setTitle(figure.title());
      document.getDocumentInformation().setSubject(figure.caption());
      PDPage page = new PDPage(new PDRectangle(width, height));
      document.addPage(page);
      PdfBoxGraphics2D g = new PdfBoxGraphics2D(document, width, height);
      PdfBoxGraphics2DFontTextDrawer texts = new PdfBoxGraphics2DFontTextDrawer();
      texts.registerFont(Typeface.name(), Typeface.embed(font, document));
      g.setFontTextDrawer(texts);
      paint(figure, g, POINTS_PER_UNIT);
      g.dispose();
      try (PDPageContentStream content = new PDPageContentStream(document, page)) {
        content.drawForm(g.getXFormObject());
      }
      document.save(bytes);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The drawing's text is outlines; its title and description say in words what it shows.
   *
   * @param figure a figure
   * @return an SVG document of the figure's size, without a document type
   */
  public static byte[] svg(Figure figure) {
    VectorGraphics2D g = new VectorGraphics2D();
    paint(figure, g, POINTS_PER_UNIT);
    PageSize page =
        new PageSize(
            figure.chart().width() * POINTS_PER_UNIT, figure.chart().height() * POINTS_PER_UNIT);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      new SVGProcessor().getDocument(g.getCommands(), page).writeTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // a hundredth of a point is finer than any press; the digits beyond are most of the file
    String document =
        LONG_NUMBER
            .matcher(bytes.toString(StandardCharsets.UTF_8))
            .replaceAll(match -> shortened(match.group()));
    int root = document.indexOf("<svg");
    int content = document.indexOf('>', root) + 1;
    return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + document.substring(root, content).replace("px\"", "pt\"")
            + "<title>%s</title><desc>%s</desc>"
                .formatted(
                    escape(figure.title()),
                    escape(figure.chart().description() + " " + figure.caption()))
            + numbered(document.substring(content)))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Clip paths are named after object identities, which differ from run to run. */
  private static String numbered(String content) {
    Map<String, String> names = new HashMap<>();
    return CLIP.matcher(content)
        .replaceAll(match -> names.computeIfAbsent(match.group(), id -> "clip" + names.size()));
  }

  /**
   * @param figure a figure
   * @return a PNG of {@value #PNG_DPI} dots an inch that says so
   */
  public static byte[] png(Figure figure) {
    double scale = PNG_DPI / (double) PaperStyle.UNITS_PER_INCH;
    BufferedImage image =
        new BufferedImage(
            (int) Math.round(figure.chart().width() * scale),
            (int) Math.round(figure.chart().height() * scale),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    paint(figure, g, scale);
    g.dispose();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, resolution(writer)), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static IIOMetadata resolution(ImageWriter writer) throws IOException {
    IIOMetadata metadata =
        writer.getDefaultImageMetadata(
            ImageTypeSpecifier.createFromBufferedImageType(BufferedImage.TYPE_INT_RGB), null);
    String dotsPerMillimetre = String.format(Locale.ROOT, "%.6f", PNG_DPI / 25.4);
    IIOMetadataNode dimension = new IIOMetadataNode("Dimension");
    for (String name : new String[] {"HorizontalPixelSize", "VerticalPixelSize"}) {
      IIOMetadataNode node = new IIOMetadataNode(name);
      node.setAttribute("value", dotsPerMillimetre);
      dimension.appendChild(node);
    }
    IIOMetadataNode root = new IIOMetadataNode("javax_imageio_1.0");
    root.appendChild(dimension);
    metadata.mergeTree("javax_imageio_1.0", root);
    return metadata;
  }

  private static String shortened(String number) {
    return new BigDecimal(number)
        .setScale(2, RoundingMode.HALF_EVEN)
        .stripTrailingZeros()
        .toPlainString();
  }

  private static void paint(Figure figure, Graphics2D g, double scale) {
    g.scale(scale, scale);
    figure.chart().paint(g);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
