package org.normfree.core.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GaussianBlurTest {
  private static final GaussianBlur ONE = new GaussianBlur(new Interval(1, 1));

  /** 1 + 2(e^−½ + e^−2 + e^−4½ + e^−8) = 2.5066206. */
  private static final double TOTAL = 2.5066206;

  @Test
  void spreadsAPointAsAGaussian() {
    Image result = blurred(Pictures.row(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0));
    double[] weights = {1, 0.60653066, 0.13533528, 0.011108997, 0.00033546263, 0};
    for (int x = 0; x < 11; x++) {
      float expected = (float) (weights[Math.abs(x - 5)] / TOTAL);
      assertThat(result.pixels()[x]).isCloseTo(expected, within(1e-6f));
    }
  }

  @Test
  void continuesTheBorder() {
    // the point itself and all that lies before it
    float expected = (float) ((1 + 0.75331028) / TOTAL);
    assertThat(blurred(Pictures.row(1, 0, 0, 0, 0, 0, 0)).pixels()[0])
        .isCloseTo(expected, within(1e-6f));
  }

  @Test
  void leavesWhiteWhite() {
    Image white = Pictures.of(3, 5, 3, new double[45]);
    Arrays.fill(white.pixels(), 1);
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 200; i++) {
      for (float pixel : GaussianBlur.USUAL.apply(white, random).pixels()) {
        assertThat(pixel).isBetween(1 - 1e-6f, 1f);
      }
    }
  }

  @Test
  void blursBothWaysAndEachChannelApart() {
    Image image = Pictures.of(5, 7, 3, new double[105]);
    int middle = (2 * 7 + 3) * 3;
    image.pixels()[middle + 1] = 1;
    Image result = blurred(image);
    float side = (float) (0.60653066 / TOTAL / TOTAL);
    assertThat(result.pixels()[middle - 3 + 1]).isCloseTo(side, within(1e-6f));
    assertThat(result.pixels()[middle + 21 + 1]).isCloseTo(side, within(1e-6f));
    for (int k = 0; k < 105; k++) {
      assertThat(result.pixels()[k] > 0).isEqualTo(k % 3 == 1);
    }
  }

  @Test
  void blursLessWithASmallerSigma() {
    Image point = Pictures.row(0, 0, 0, 1, 0, 0, 0);
    Image result = new GaussianBlur(new Interval(0.1, 0.1)).apply(point, new SplittableRandom(1));
    // a neighbour is ten deviations away
    assertThat(result.pixels()).containsExactly(point.pixels(), within(1e-6f));
  }

  private static Image blurred(Image image) {
    return ONE.apply(image, new SplittableRandom(1));
  }
}
