package org.normfree.plots.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDResources;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.graphics.PDXObject;
import org.apache.pdfbox.pdmodel.graphics.form.PDFormXObject;
import org.apache.pdfbox.pdmodel.graphics.image.PDImageXObject;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;

class FigureEncoderTest {
  private static final Pen PEN = PaperStyle.pen(0);

  private static Figure figure() {
    double[] x = {1, 2, 3};
    Panel panel =
        new Panel(100)
            .title("(a) first affine flow, block 2")
            .axes("α₀ × 10⁻⁴", "change of σ")
            .logarithmicY()
            .line(x, new double[] {1e-6, 1e-3, 1}, PEN, 2)
            .cloud(x, new double[] {1e-5, 1e-4, 0.1}, Color.GRAY, 2);
    return new Figure(
        "name",
        "a title",
        "a caption",
        new PanelGrid(
            List.of(List.of(panel)),
            new Legend(List.of(new Legend.Entry("Post-LN 日本", PEN, Legend.Key.LINE))),
            Sheet.of(300)),
        new DataTable.Builder("x").build());
  }

  @Test
  void textOfAPdfIsTextInAnEmbeddedFont() throws IOException {
    try (PDDocument document = Loader.loadPDF(FigureEncoder.pdf(figure()))) {
      List<PDFont> fonts = new ArrayList<>();
      collect(document.getPage(0).getResources(), fonts, new ArrayList<>());
      assertThat(fonts).isNotEmpty();
      assertThat(fonts)
          .allSatisfy(
              font -> {
                assertThat(font.isEmbedded()).isTrue();
                assertThat(font.getName()).contains("Gentium");
              });
      assertThat(new PDFTextStripper().getText(document))
          .contains("(a) first affine flow, block 2", "α₀ × 10⁻⁴", "10⁻⁶");
    }
  }

  @Test
  void aCloudIsAnImageWithinTheDrawing() throws IOException {
    try (PDDocument document = Loader.loadPDF(FigureEncoder.pdf(figure()))) {
      List<PDImageXObject> images = new ArrayList<>();
      collect(document.getPage(0).getResources(), new ArrayList<>(), images);
      assertThat(images).isNotEmpty();
      assertThat(images.get(0).getWidth()).isGreaterThan(1000);
    }
    String svg = new String(FigureEncoder.svg(figure()), StandardCharsets.UTF_8);
    assertThat(svg).contains("<image", "data:image/png;base64,").doesNotContain("<text");
  }

  @Test
  void aFigureAlwaysGivesTheSameBytes() {
    assertThat(FigureEncoder.pdf(figure())).isEqualTo(FigureEncoder.pdf(figure()));
    assertThat(FigureEncoder.svg(figure())).isEqualTo(FigureEncoder.svg(figure()));
    assertThat(FigureEncoder.png(figure())).isEqualTo(FigureEncoder.png(figure()));
  }

  private static void collect(
      PDResources resources, List<PDFont> fonts, List<PDImageXObject> images) throws IOException {
    for (COSName name : resources.getFontNames()) {
      fonts.add(resources.getFont(name));
    }
    for (COSName name : resources.getXObjectNames()) {
      PDXObject object = resources.getXObject(name);
      if (object instanceof PDFormXObject form) {
        collect(form.getResources(), fonts, images);
      } else if (object instanceof PDImageXObject image) {
        images.add(image);
      }
    }
  }
}
