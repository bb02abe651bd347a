package org.normfree.plots.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PanelTest {
  private static final Pen PEN = PaperStyle.pen(PaperStyle.VERMILLION, 0, Mark.CIRCLE);
  private static final Sheet SHEET = Sheet.of(200);
  private static final double[] X = {0, 1, 2, 3, 4};

  @Test
  void aBandLiesBelowItsLineWhateverTheOrder() throws IOException {
    Panel lineFirst = new Panel(120).line(X, X, PEN, 0).band(X, X, X, PEN.color());
    Panel bandFirst = new Panel(120).band(X, X, X, PEN.color()).line(X, X, PEN, 0);
    assertThat(count(image(lineFirst), PEN.color()))
        .isPositive()
        .isEqualTo(count(image(bandFirst), PEN.color()));
  }

  @Test
  void aBandIsFilledInAPaleColour() throws IOException {
    double[] low = {0, 0, 0, 0, 0};
    double[] high = {4, 4, 4, 4, 4};
    BufferedImage image = image(new Panel(120).band(X, low, high, Color.BLACK));
    Color middle = new Color(image.getRGB(330, 200));
    assertThat(middle.getRed()).isBetween(190, 225);
  }

  @Test
  void notANumberBreaksACurve() throws IOException {
    double[] whole = {1, 1, 1, 1, 1};
    double[] broken = {1, 1, Double.NaN, 1, 1};
    int all = count(image(new Panel(120).line(X, whole, PEN, 0)), PEN.color());
    int part = count(image(new Panel(120).line(X, broken, PEN, 0)), PEN.color());
    assertThat(part).isBetween(all * 4 / 10, all * 6 / 10);
  }

  @Test
  void aCrossBeyondTheAxesIsDrawnAtTheirEnd() throws IOException {
    Panel panel = new Panel(120).xLimits(0, 1).yLimits(0, 1).cross(0.5, 1000, PEN.color());
    assertThat(count(image(panel), PEN.color())).isGreaterThan(50);
  }

  @Test
  void aBandBelowZeroIsCutOnALogarithmicAxis() throws IOException {
    double[] low = {-1, -1, -1, -1, -1};
    double[] high = {1, 1, 1, 1, 1};
    Panel panel = new Panel(120).logarithmicY().yLimits(0.01, 10).band(X, low, high, Color.BLACK);
    // filled from the axis up to 1, which lies at two thirds
    assertThat(new Color(image(panel).getRGB(330, 350)).getRed()).isLessThan(230);
    assertThat(new Color(image(panel).getRGB(330, 60)).getRed()).isGreaterThan(220);
  }

  @Test
  void aLegendBreaksIntoRowsWhereTheFigureEnds() {
    List<Legend.Entry> entries =
        IntStream.range(0, 12)
            .mapToObj(i -> new Legend.Entry("method " + i, PaperStyle.pen(i), Legend.Key.LINE))
            .toList();
    Legend legend = new Legend(entries);
    assertThat(legend.height(Sheet.of(PaperStyle.SINGLE_COLUMN)))
        .isGreaterThan(legend.height(Sheet.of(PaperStyle.DOUBLE_COLUMN)));
    assertThat(Legend.NONE.height(Sheet.of(PaperStyle.SINGLE_COLUMN))).isZero();
  }

  @Test
  void aGridIsAsWideAsItsSheetAndAsHighAsItsRows() {
    PanelGrid one = grid(List.of(List.of(new Panel(100), new Panel(100))));
    PanelGrid two = grid(List.of(List.of(new Panel(100), new Panel(100)), List.of(new Panel(60))));
    assertThat(one.width()).isEqualTo(SHEET.width());
    assertThat(two.height()).isBetween(one.height() + 60, one.height() + 100);
  }

  @Test
  void aSmokeTestIsMarkedAboveThePanels() throws IOException {
    PanelGrid plain = grid(List.of(List.of(new Panel(100))));
    PanelGrid marked = plain.withBanner("Smoke test: three steps");
    assertThat(marked.height()).isGreaterThan(plain.height() + 5);
    assertThat(marked.description()).startsWith("Smoke test: three steps");
    assertThat(count(image(marked), PaperStyle.STRIP)).isGreaterThan(1000);
  }

  @Test
  void fiftySixCurvesDifferInDashOrMarker() {
    assertThat(
            IntStream.range(0, 56)
                .mapToObj(PaperStyle::pen)
                .map(pen -> List.of(Arrays.hashCode(pen.stroke().getDashArray()), pen.mark()))
                .distinct())
        .hasSize(56);
  }

  /** Ink within a pixel of the figure's border is a text or line that goes on beyond it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 25, 120})
  void nothingIsCutOffHoweverLongTextsAre(int length) throws IOException {
    for (String unit : List.of("long words ", "unbroken")) {
      String text = unit.repeat(Math.max(1, length * 3 / unit.length())).strip();
      Panel named =
          new Panel(18)
              .title(text)
              .axes(text, "")
              .yCategories(List.of(text, "short", text))
              .xLimits(0, 1)
              .interval(0.2, 0.4, -1, Color.BLACK);
      Panel numbers =
          new Panel(100)
              .title(text)
              .axes(text, text)
              .xCategories(List.of("a", text, text))
              .line(new double[] {0, 1, 2}, new double[] {1e-9, 2e-9, 3e-9}, PEN, 2);
      Legend legend =
          new Legend(
              List.of(
                  new Legend.Entry(text, PEN, Legend.Key.LINE_AND_MARK),
                  new Legend.Entry("b", PEN, Legend.Key.MARK)));
      for (int width : new int[] {PaperStyle.SINGLE_COLUMN, PaperStyle.DOUBLE_COLUMN}) {
        for (double points : new double[] {7, 11}) {
          PanelGrid grid =
              new PanelGrid(
                  List.of(List.of(numbers, numbers), List.of(named)),
                  legend,
                  new Sheet(width, points),
                  text);
          assertThat(inkAtTheBorder(image(grid))).as("%s %s %s", unit, width, points).isZero();
        }
      }
    }
  }

  private static int inkAtTheBorder(BufferedImage image) {
    int ink = 0;
    int right = image.getWidth() - 1;
    int bottom = image.getHeight() - 1;
    for (int x = 0; x <= right; x++) {
      ink += dark(image, x, 0) + dark(image, x, bottom);
    }
    for (int y = 0; y <= bottom; y++) {
      ink += dark(image, 0, y) + dark(image, right, y);
    }
    return ink;
  }

  private static int dark(BufferedImage image, int x, int y) {
    return new Color(image.getRGB(x, y)).getRed() < 200 ? 1 : 0;
  }

  private static PanelGrid grid(List<List<Panel>> rows) {
    return new PanelGrid(rows, Legend.NONE, SHEET);
  }

  private static BufferedImage image(Panel panel) throws IOException {
    return image(grid(List.of(List.of(panel))));
  }

  private static BufferedImage image(PanelGrid grid) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(FigureEncoder.png(figure(grid))));
  }

  private static Figure figure(PanelGrid grid) {
    return new Figure("name", "title", "caption", grid, new DataTable.Builder("x").build());
  }

  private static int count(BufferedImage image, Color color) {
    int count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        if (image.getRGB(x, y) == color.getRGB()) {
          count++;
        }
      }
    }
    return count;
  }
}
