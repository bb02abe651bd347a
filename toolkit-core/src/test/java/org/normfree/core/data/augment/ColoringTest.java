package org.normfree.core.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ColoringTest {
  /** Luma 0.0598 + 0.2348 + 0.0684 = 0.363. */
  private static final Image BLUISH = Pictures.of(1, 1, 3, 0.2, 0.4, 0.6);

  /** Mean luma (0.363 + 1) / 2 = 0.6815. */
  private static final Image BESIDE_WHITE = Pictures.of(1, 2, 3, 0.2, 0.4, 0.6, 1, 1, 1);

  @Test
  void scalesBrightness() {
    assertPixels(Coloring.brightness(BLUISH, 0.5), 0.1, 0.2, 0.3);
    assertPixels(Coloring.brightness(BLUISH, 2), 0.4, 0.8, 1);
  }

  @Test
  void scalesContrastAboutTheMeanLuma() {
    assertPixels(
        Coloring.contrast(BESIDE_WHITE, 0.5), 0.44075, 0.54075, 0.64075, 0.84075, 0.84075, 0.84075);
    assertPixels(Coloring.contrast(BESIDE_WHITE, 2), 0, 0.1185, 0.5185, 1, 1, 1);
    assertPixels(Coloring.contrast(Pictures.row(0.2, 0.6), 0.5), 0.3, 0.5);
  }

  @Test
  void scalesSaturationAboutEachPixelsLuma() {
    assertPixels(Coloring.saturation(BESIDE_WHITE, 0.5), 0.2815, 0.3815, 0.4815, 1, 1, 1);
    assertPixels(Coloring.saturation(BLUISH, 2), 0.037, 0.437, 0.837);
    assertPixels(Coloring.gray(BLUISH), 0.363, 0.363, 0.363);
  }

  @Test
  void turnsTheHue() {
    assertPixels(Coloring.hue(BLUISH, 0), 0.2, 0.4, 0.6);
    assertPixels(Coloring.hue(BLUISH, 1 / 3.0), 0.6, 0.2, 0.4);
    assertPixels(Coloring.hue(BLUISH, -1 / 3.0), 0.4, 0.6, 0.2);
    assertPixels(Coloring.hue(BLUISH, 0.5), 0.6, 0.4, 0.2);
    // 210° + 30°
    assertPixels(Coloring.hue(BLUISH, 1 / 12.0), 0.2, 0.2, 0.6);
    assertPixels(
        Coloring.hue(Pictures.of(1, 2, 3, 0, 0, 0, 0.3, 0.3, 0.3), 0.4), 0, 0, 0, 0.3, 0.3, 0.3);
  }

  @Test
  void turnsTheHueLikeTheJavaPlatform() {
    Image image = Pictures.random(23, 29, 3);
    for (double turn : new double[] {-0.5, -0.13, 0.07, 0.31}) {
      Image turned = Coloring.hue(image, turn);
      for (int k = 0; k < image.pixels().length; k += 3) {
        int[] rgb = new int[3];
        for (int c = 0; c < 3; c++) {
          rgb[c] = Math.round(255 * image.pixels()[k + c]);
        }
        float[] hsb = Color.RGBtoHSB(rgb[0], rgb[1], rgb[2], null);
        Color expected = new Color(Color.HSBtoRGB(hsb[0] + (float) turn, hsb[1], hsb[2]));
        float[] channels = expected.getRGBColorComponents(null);
        for (int c = 0; c < 3; c++) {
          assertThat(turned.pixels()[k + c]).isCloseTo(channels[c], within(3 / 255f));
        }
      }
    }
  }

  @Test
  void leavesGreyImagesTheirGrey() {
    Image grey = Pictures.row(0.2, 0.4, 0.6);
    assertThat(Coloring.hue(grey, 0.3)).isSameAs(grey);
    assertThat(Coloring.saturation(grey, 0.3)).isSameAs(grey);
    assertThat(Coloring.gray(grey)).isSameAs(grey);
  }

  @Test
  void solarizesFromTheThresholdOn() {
    Image image = Pictures.row(0, 0.5, 127 / 255.0, 128 / 255.0, 1);
    Image result = Solarize.USUAL.apply(image, new SplittableRandom(1));
    assertPixels(result, 0, 0.5, 127 / 255.0, 127 / 255.0, 0);
    assertThat(result.pixels()[1]).isEqualTo(0.5f);
  }

  @Test
  void jittersInTheGivenOrder() {
    ColorJitter jitter = new ColorJitter(1, 1, 1, 0.5);
    Image image = Pictures.row(1, 0);
    // twice as bright is cut to 1; the mean is ½ either way
    assertPixels(jitter.apply(image, new int[] {0, 1, 2, 3}, 2, 0.5, 1, 0), 0.75, 0.25);
    assertPixels(jitter.apply(image, new int[] {1, 0, 2, 3}, 2, 0.5, 1, 0), 1, 0.5);
    // grey has no hue left to turn
    assertPixels(jitter.apply(BLUISH, new int[] {2, 3, 0, 1}, 1, 1, 0, 0.5), 0.363, 0.363, 0.363);
    // the turned pixel is (0.6, 0.4, 0.2), its luma 0.437
    assertPixels(jitter.apply(BLUISH, new int[] {3, 2, 0, 1}, 1, 1, 0, 0.5), 0.437, 0.437, 0.437);
  }

  @Test
  void jittersByUniformFactors() {
    SplittableRandom random = new SplittableRandom(8);
    ColorJitter jitter = new ColorJitter(0.4, 0, 0, 0);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 5000; i++) {
      double factor = jitter.apply(Pictures.row(0.5), random).pixels()[0] / 0.5;
      assertThat(factor).isBetween(0.599999, 1.400001);
      sum += factor / 5000;
      squares += (factor - 1) * (factor - 1) / 5000;
    }
    assertThat(sum).isCloseTo(1, within(0.015));
    assertThat(squares).isCloseTo(0.16 / 3, within(0.003));
  }

  /**
   * Of white and black with factors b and c the black pixel ends at {@code max(0, 1−c)·min(1, b)/2}
   * if brightness came first and c ≤ 1, at {@code min(1, b·(1−c)/2)} otherwise: above ½ only in the
   * second order.
   */
  @Test
  void jittersInEitherOrder() {
    ColorJitter jitter = new ColorJitter(1, 1, 0, 0);
    SplittableRandom random = new SplittableRandom(8);
    int contrastFirst = 0;
    for (int i = 0; i < 20_000; i++) {
      contrastFirst += jitter.apply(Pictures.row(1, 0), random).pixels()[1] > 0.5 ? 1 : 0;
    }
    // b and c are uniform in [0, 2]: b·(1−c) > 1 has probability ∫₁² (1 − 1/b) db / 4
    double expected = 20_000 * (1 - Math.log(2)) / 4 / 2;
    assertThat((double) contrastFirst).isCloseTo(expected, within(100.0));
  }

  private static void assertPixels(Image image, double... expected) {
    float[] wanted = new float[expected.length];
    for (int k = 0; k < wanted.length; k++) {
      wanted[k] = (float) expected[k];
    }
    assertThat(image.pixels()).containsExactly(wanted, within(2e-6f));
  }
}
