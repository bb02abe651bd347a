package org.normfree.core.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.normfree.core.data.augment.TransformTest.assertRefused;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RandomResizedCropTest {
  private static final Interval WHOLE = new Interval(1, 1);
  private static final Interval SQUARE = new Interval(1, 1);

  @Test
  void leavesAWholeImageOfTheWantedSizeAsItIs() {
    Image image = Pictures.random(7, 7, 3);
    for (Interpolation interpolation : Interpolation.values()) {
      Transform crop = new RandomResizedCrop(7, 7, WHOLE, SQUARE, interpolation);
      assertThat(crop.apply(image, new SplittableRandom(1)).pixels()).isEqualTo(image.pixels());
    }
  }

  /**
   * From 4 to 2 pixels the cubic is twice as wide: distances ¼, ¼, ¾, 1¼ from the first's centre
   * weigh 0.8671875, 0.8671875, 0.2265625, −0.0703125, together 1.890625.
   */
  @Test
  void reducesByTheWidenedCubic() {
    Image image = Pictures.grey(4, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1);
    Transform crop = new RandomResizedCrop(2, 2, WHOLE, SQUARE, Interpolation.BICUBIC);
    float[] result = crop.apply(image, new SplittableRandom(1)).pixels();
    float left = 0.15625f / 1.890625f;
    assertThat(result).containsExactly(new float[] {left, 1 - left, left, 1 - left}, within(1e-6f));
  }

  /** The cubic's distances ¾ + ½ overshoot at an edge of black and white, and are cut. */
  @Test
  void staysBetweenBlackAndWhite() {
    Image image = Pictures.grey(8, new double[64]);
    for (int k = 0; k < 64; k++) {
      image.pixels()[k] = k % 8 < 4 ? 0 : 1;
    }
    Transform crop = new RandomResizedCrop(7, 7, WHOLE, SQUARE, Interpolation.BICUBIC);
    for (float pixel : crop.apply(image, new SplittableRandom(1)).pixels()) {
      assertThat(pixel).isBetween(0f, 1f);
    }
  }

  @Test
  void reducesByTheWidenedTriangle() {
    // (0.75·0 + 0.75·0.7 + 0.25·1) / 1.75
    Image image = Pictures.of(1, 4, 3, 0, 0, 0, 0.7, 0, 0, 1, 0, 0, 0.3, 0, 1);
    Transform crop = new RandomResizedCrop(1, 2, WHOLE, new Interval(4, 4), Interpolation.BILINEAR);
    float[] result = crop.apply(image, new SplittableRandom(1)).pixels();
    assertThat(result[0]).isCloseTo((float) (0.775 / 1.75), within(1e-6f));
    assertThat(result[3])
        .isCloseTo((float) ((0.25 * 0.7 + 0.75 + 0.75 * 0.3) / 1.75), within(1e-6f));
    assertThat(result[5]).isCloseTo((float) (0.75 / 1.75), within(1e-6f));
  }

  @Test
  void takesEveryPlaceAsOften() {
    ImageSize size = new ImageSize(8, 6);
    Interval quarter = new Interval(0.25, 0.25);
    SplittableRandom random = new SplittableRandom(4);
    Map<Box, Integer> seen = new HashMap<>();
    for (int i = 0; i < 6000; i++) {
      Box box = Box.random(size, quarter, SQUARE, size, random).orElseThrow();
      seen.merge(box, 1, Integer::sum);
    }
    // √(¼·48) = 3.46, so 3×3 at 6·4 places
    assertThat(seen).hasSize(24);
    seen.forEach(
        (box, count) -> {
          assertThat(box.height()).isEqualTo(3);
          assertThat(box.width()).isEqualTo(3);
          assertThat(count).isBetween(190, 310);
        });
  }

  @Test
  void roundsHalfToEven() {
    ImageSize size = new ImageSize(5, 5);
    Box box =
        Box.random(size, new Interval(0.25, 0.25), SQUARE, size, new SplittableRandom(1))
            .orElseThrow();
    assertThat(box.height()).isEqualTo(2);
    assertThat(box.width()).isEqualTo(2);
  }

  @Test
  void drawsAreaUniformlyAndAspectInItsLogarithm() {
    ImageSize size = new ImageSize(1009, 997);
    Interval area = new Interval(0.05, 0.25);
    SplittableRandom random = new SplittableRandom(9);
    double areas = 0;
    double logarithms = 0;
    double squares = 0;
    for (int i = 0; i < 20_000; i++) {
      Box box = Box.random(size, area, RandomResizedCrop.USUAL_ASPECT, size, random).orElseThrow();
      double share = box.height() * box.width() / (1009 * 997.0);
      double aspect = Math.log(box.width() / (double) box.height());
      assertThat(share).isBetween(0.049, 0.251);
      assertThat(aspect).isBetween(Math.log(0.745), Math.log(1.342));
      assertThat(box.top() + box.height()).isLessThanOrEqualTo(1009);
      assertThat(box.left() + box.width()).isLessThanOrEqualTo(997);
      areas += share / 20_000;
      logarithms += aspect / 20_000;
      squares += aspect * aspect / 20_000;
    }
    assertThat(areas).isCloseTo(0.15, within(0.002));
    assertThat(logarithms).isCloseTo(0, within(0.005));
    // of a uniform number in ±ln(4/3)
    assertThat(squares).isCloseTo(Math.pow(Math.log(4 / 3.0), 2) / 3, within(0.0006));
  }

  @Test
  void fallsBackToTheMiddle() {
    Interval aspect = RandomResizedCrop.USUAL_ASPECT;
    ImageSize tall = new ImageSize(20, 2);
    assertThat(Box.random(tall, WHOLE, aspect, tall, new SplittableRandom(1))).isEmpty();
    assertThat(Box.central(tall, aspect)).isEqualTo(new Box(8, 0, 3, 2));
    assertThat(Box.central(new ImageSize(2, 20), aspect)).isEqualTo(new Box(0, 8, 2, 3));
    assertThat(Box.central(new ImageSize(6, 7), aspect)).isEqualTo(new Box(0, 0, 6, 7));
    Image image = Pictures.grey(20, new double[40]);
    for (int y = 8; y < 11; y++) {
      image.pixels()[2 * y] = 0.5f;
      image.pixels()[2 * y + 1] = 0.5f;
    }
    Transform crop = new RandomResizedCrop(1, 1, WHOLE, aspect, Interpolation.BICUBIC);
    assertThat(crop.apply(image, new SplittableRandom(1)).pixels())
        .containsExactly(new float[] {0.5f}, within(1e-6f));
  }

  @Test
  void refusesWhatCannotBeCropped() {
    Transform crop = RandomResizedCrop.square(9, 0.4, 1);
    assertRefused(
        () -> crop.sizeAfter(new ImageSize(13, 8)), "crops of 9×9 pixels are larger than the 13×8");
    assertRefused(() -> RandomResizedCrop.square(0, 0.4, 1), "crops of 0×0 pixels");
    assertRefused(() -> RandomResizedCrop.square(4, 0, 1), "area of a crop is 0.0 … 1.0");
    assertRefused(() -> RandomResizedCrop.square(4, 0.5, 1.5), "at most 1.0");
    assertRefused(() -> RandomResizedCrop.square(4, 0.5, 0.25), "the range 0.5 … 0.25 is empty");
    Interval aspect = new Interval(0, 1);
    assertRefused(
        () -> new RandomResizedCrop(4, 4, WHOLE, aspect, Interpolation.BILINEAR),
        "aspect of a crop is 0.0 … 1.0");
  }
}
