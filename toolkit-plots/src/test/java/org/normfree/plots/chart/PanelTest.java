package org.normfree.plots.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PanelTest {
  private static final Pen PEN = PaperStyle.pen(PaperStyle.VERMILLION, 0, Mark.CIRCLE);
  private static final double[] X = {0, 1, 2, 3, 4};

  @Test
  void aBandLiesBelowItsLineWhateverTheOrder() throws IOException {
    Panel lineFirst = new Panel(200, 150).line(X, X, PEN).band(X, X, X, PEN.color());
    Panel bandFirst = new Panel(200, 150).band(X, X, X, PEN.color()).line(X, X, PEN);
    assertThat(count(image(lineFirst), PEN.color()))
        .isPositive()
        .isEqualTo(count(image(bandFirst), PEN.color()));
  }

  @Test
  void aBandIsFilledInAPaleColour() throws IOException {
    double[] low = {0, 0, 0, 0, 0};
    double[] high = {4, 4, 4, 4, 4};
    BufferedImage image = image(new Panel(200, 150).band(X, low, high, Color.BLACK));
    Color middle = new Color(image.getRGB(330, 200));
    assertThat(middle.getRed()).isBetween(190, 225);
  }

  @Test
  void notANumberBreaksACurve() throws IOException {
    double[] whole = {1, 1, 1, 1, 1};
    double[] broken = {1, 1, Double.NaN, 1, 1};
    int all = count(image(new Panel(200, 150).line(X, whole, PEN)), PEN.color());
    int part = count(image(new Panel(200, 150).line(X, broken, PEN)), PEN.color());
    assertThat(part).isBetween(all * 4 / 10, all * 6 / 10);
  }

  @Test
  void aCrossBeyondTheAxesIsDrawnAtTheirEnd() throws IOException {
    Panel panel = new Panel(200, 150).xLimits(0, 1).yLimits(0, 1).cross(0.5, 1000, PEN.color());
    assertThat(count(image(panel), PEN.color())).isGreaterThan(50);
  }

  @Test
  void aBandBelowZeroIsCutOnALogarithmicAxis() throws IOException {
    double[] low = {-1, -1, -1, -1, -1};
    double[] high = {1, 1, 1, 1, 1};
    Panel panel =
        new Panel(200, 150).logarithmicY().yLimits(0.01, 10).band(X, low, high, Color.BLACK);
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
    assertThat(legend.height(PaperStyle.SINGLE_COLUMN))
        .isGreaterThan(legend.height(PaperStyle.DOUBLE_COLUMN));
    assertThat(Legend.NONE.height(PaperStyle.SINGLE_COLUMN)).isZero();
  }

  @Test
  void aGridIsAsLargeAsItsPanelsAndLegend() {
    Panel panel = new Panel(200, 150);
    PanelGrid grid = new PanelGrid(List.of(List.of(panel, panel), List.of(panel)), Legend.NONE);
    assertThat(grid.getWidth()).isEqualTo(400);
    assertThat(grid.getHeight()).isEqualTo(300);
  }

  @Test
  void thirtyFiveCurvesDifferInColourOrDash() {
    assertThat(
            IntStream.range(0, 35)
                .mapToObj(PaperStyle::pen)
                .map(pen -> List.of(pen.color(), pen.stroke()))
                .distinct())
        .hasSize(35);
  }

  private static BufferedImage image(Panel panel) throws IOException {
    PanelGrid grid = new PanelGrid(List.of(List.of(panel)), Legend.NONE);
    return ImageIO.read(
        new ByteArrayInputStream(FigureEncoder.png(new Figure("name", "title", "caption", grid))));
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
