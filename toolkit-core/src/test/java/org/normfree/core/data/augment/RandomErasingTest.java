package org.normfree.core.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.normfree.core.data.augment.TransformTest.assertRefused;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RandomErasingTest {
  private static final Interval QUARTER = new Interval(0.25, 0.25);
  private static final Interval SQUARE = new Interval(1, 1);

  @Test
  void fillsARectangleAnywhereWithTheMean() {
    RandomErasing erasing =
        new RandomErasing(QUARTER, SQUARE, new float[] {0.1f, 0.2f, 0.3f}, new float[] {0, 0, 0});
    double[] halves = new double[8 * 8 * 3];
    Arrays.fill(halves, 0.5);
    Image image = Pictures.of(8, 8, 3, halves);
    SplittableRandom random = new SplittableRandom(3);
    Set<Integer> places = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      float[] pixels = erasing.apply(image, random).pixels();
      int first = 0;
      while (pixels[3 * first] == 0.5f) {
        first++;
      }
      places.add(first);
      for (int p = 0; p < 64; p++) {
        int down = p / 8 - first / 8;
        int across = p % 8 - first % 8;
        boolean inside = down >= 0 && down < 4 && across >= 0 && across < 4;
        for (int c = 0; c < 3; c++) {
          assertThat(pixels[3 * p + c]).isEqualTo(inside ? (c + 1) / 10f : 0.5f);
        }
      }
    }
    assertThat(places).hasSize(25);
  }

  @Test
  void fillsWithNoiseValueByValue() {
    RandomErasing erasing =
        new RandomErasing(QUARTER, SQUARE, new float[] {0.3f}, new float[] {0.2f});
    Image image = Pictures.grey(40, new double[1600]);
    SplittableRandom random = new SplittableRandom(3);
    double sum = 0;
    double squares = 0;
    Set<Float> values = new HashSet<>();
    for (int i = 0; i < 25; i++) {
      for (float pixel : erasing.apply(image, random).pixels()) {
        if (pixel != 0) {
          values.add(pixel);
          sum += pixel;
          squares += (pixel - 0.3) * (pixel - 0.3);
        }
      }
    }
    assertThat(values).hasSizeGreaterThan(9_900);
    assertThat(sum / 10_000).isCloseTo(0.3, within(0.008));
    assertThat(squares / 10_000).isCloseTo(0.04, within(0.002));
  }

  @Test
  void leavesAnImageThatNoRectangleFits() {
    RandomErasing whole = new RandomErasing(SQUARE, SQUARE, new float[1], new float[1]);
    Image image = Pictures.random(7, 7, 1);
    assertThat(whole.apply(image, new SplittableRandom(1))).isSameAs(image);
    Image point = Pictures.row(0.5);
    RandomErasing usual =
        new RandomErasing(
            RandomErasing.USUAL_AREA, RandomErasing.USUAL_ASPECT, new float[1], new float[1]);
    assertThat(usual.apply(point, new SplittableRandom(1))).isSameAs(point);
  }

  @Test
  void refusesWhatCannotBeErased() {
    float[] one = {1};
    assertRefused(
        () -> new RandomErasing(new Interval(0, 0.5), SQUARE, one, one),
        "area of an erased rectangle is 0.0 … 0.5");
    assertRefused(
        () -> new RandomErasing(QUARTER, new Interval(-1, 1), one, one),
        "aspect of an erased rectangle is -1.0 … 1.0");
    RandomErasing grey = new RandomErasing(QUARTER, SQUARE, one, one);
    Image colours = Pictures.random(8, 8, 3);
    assertThatThrownBy(() -> grey.apply(colours, new SplittableRandom(1)))
        .hasMessageContaining("an image of 3 channels, means of 1");
  }
}
