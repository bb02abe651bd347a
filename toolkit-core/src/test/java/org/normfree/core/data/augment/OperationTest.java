package org.normfree.core.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OperationTest {
  private static final ImageSize SIZE = new ImageSize(64, 32);

  /** Row y begins at ½ + (y + ½)/2 of the old one: pixels 0, 1, 1, 2. */
  @Test
  void shears() {
    Image rows = Pictures.grey(4, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3);
    assertThat(Operation.SHEAR_X.apply(rows, 0.5).pixels())
        .containsExactly(1, 2, 3, 2, 3, 0, 2, 3, 0, 3, 0, 0);
    Image columns = Pictures.grey(3, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    assertThat(Operation.SHEAR_Y.apply(columns, 0.5).pixels())
        .containsExactly(1, 2, 2, 3, 2, 3, 3, 0, 3, 0, 0, 0);
    assertThat(Operation.SHEAR_X.amount(0.3, SIZE)).isCloseTo(0.09, within(1e-12));
  }

  @Test
  void moves() {
    Image image = Pictures.of(2, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    assertThat(Operation.TRANSLATE_X.apply(image, 1).pixels())
        .containsExactly(0, 0, 0, 1, 2, 3, 0, 0, 0, 7, 8, 9);
    assertThat(Operation.TRANSLATE_Y.apply(image, -1).pixels())
        .containsExactly(7, 8, 9, 10, 11, 12, 0, 0, 0, 0, 0, 0);
    // 150/331·0.3 of 32 and of 64 pixels are 4.35 and 8.70
    assertThat(Operation.TRANSLATE_X.amount(0.3, SIZE)).isEqualTo(4);
    assertThat(Operation.TRANSLATE_Y.amount(0.3, SIZE)).isEqualTo(8);
  }

  @Test
  void turnsCounterClockwise() {
    Image image = Pictures.grey(3, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(Operation.ROTATE.apply(image, 90).pixels())
        .containsExactly(3, 6, 9, 2, 5, 8, 1, 4, 7);
    Image wide = Pictures.grey(2, 1, 2, 3, 4, 5, 6);
    assertThat(Operation.ROTATE.apply(wide, 180).pixels()).containsExactly(6, 5, 4, 3, 2, 1);
    assertThat(Operation.ROTATE.amount(0.3, SIZE)).isCloseTo(9, within(1e-12));
  }

  @Test
  void sharpens() {
    Image point = Pictures.grey(3, 0, 0, 0, 0, 0.1, 0, 0, 0, 0);
    float blurred = 0.5f / 13;
    assertThat(Operation.SHARPNESS.apply(point, -1).pixels()[4]).isCloseTo(blurred, within(1e-7f));
    assertThat(Operation.SHARPNESS.apply(point, 1).pixels()[4])
        .isCloseTo(0.2f - blurred, within(1e-7f));
    // 3 channels apart, the border as it is
    Image colours = Pictures.of(3, 3, 3, new double[27]);
    colours.pixels()[0] = 1;
    float[] expected = new float[27];
    expected[0] = 1;
    expected[12] = 1 / 13f;
    assertThat(Operation.SHARPNESS.apply(colours, -1).pixels()).isEqualTo(expected);
    Image narrow = Pictures.random(2, 5, 1);
    assertThat(Operation.SHARPNESS.apply(narrow, -1).pixels()).isEqualTo(narrow.pixels());
  }

  @Test
  void posterizes() {
    Image image = Pictures.row(0, 1 / 255.0, 17 / 255.0, 1);
    assertThat(Operation.POSTERIZE.apply(image, 7).pixels())
        .containsExactly(0, 0, 16 / 255f, 254 / 255f);
    assertThat(Operation.POSTERIZE.apply(image, 4).pixels())
        .containsExactly(0, 0, 16 / 255f, 240 / 255f);
    assertThat(Operation.POSTERIZE.apply(image, 8).pixels()).isEqualTo(image.pixels());
    // 4·0.3 = 1.2, 4·1 = 4 bits go
    assertThat(Operation.POSTERIZE.amount(0.3, SIZE)).isEqualTo(7);
    assertThat(Operation.POSTERIZE.amount(1, SIZE)).isEqualTo(4);
  }

  @Test
  void solarizesFromWhiteDown() {
    assertThat(Operation.SOLARIZE.amount(0.3, SIZE)).isCloseTo(0.7, within(1e-12));
    assertThat(Operation.SOLARIZE.apply(Pictures.row(0.5, 0.75), 0.7).pixels())
        .containsExactly(0.5f, 0.25f);
  }

  @Test
  void stretchesEachChannel() {
    Image image = Pictures.of(1, 3, 3, 0.2, 0.5, 0, 0.4, 0.5, 0.25, 0.6, 0.5, 1);
    assertThat(Operation.AUTO_CONTRAST.apply(image, 0).pixels())
        .containsExactly(new float[] {0, 0.5f, 0, 0.5f, 0.5f, 0.25f, 1, 0.5f, 1}, within(1e-6f));
  }

  /**
   * Of 1,024 pixels a half is 0, a quarter 100, a quarter 200: q = ⌊768/255⌋ = 3, so 100 becomes
   * ⌊513/3⌋ = 171 and 200 ⌊769/3⌋ = 256, cut to 255.
   */
  @Test
  void equalizes() {
    double[] pixels = new double[1024];
    Arrays.fill(pixels, 512, 768, 100 / 255.0);
    Arrays.fill(pixels, 768, 1024, 200 / 255.0);
    float[] result = Operation.EQUALIZE.apply(Pictures.grey(32, pixels), 0).pixels();
    assertThat(result[0]).isEqualTo(0);
    assertThat(result[512]).isEqualTo(171 / 255f);
    assertThat(result[1023]).isEqualTo(1);
    Image small = Pictures.random(8, 8, 1);
    assertThat(Operation.EQUALIZE.apply(small, 0).pixels()).isEqualTo(small.pixels());
  }

  @Test
  void changesLightByOneAndNineTenthsOfTheStrength() {
    for (Operation operation :
        new Operation[] {
          Operation.BRIGHTNESS, Operation.SATURATION, Operation.CONTRAST, Operation.SHARPNESS
        }) {
      assertThat(operation.amount(0.3, SIZE)).isCloseTo(0.27, within(1e-12));
      assertThat(operation.signed()).isTrue();
    }
    Image image = Pictures.of(1, 1, 3, 0.2, 0.4, 0.6);
    assertThat(Operation.BRIGHTNESS.apply(image, 0.5).pixels())
        .containsExactly(new float[] {0.3f, 0.6f, 0.9f}, within(1e-6f));
    assertThat(Operation.SATURATION.apply(image, -1).pixels())
        .containsExactly(new float[] {0.363f, 0.363f, 0.363f}, within(1e-6f));
    assertThat(Operation.CONTRAST.apply(image, -0.5).pixels())
        .containsExactly(new float[] {0.2815f, 0.3815f, 0.4815f}, within(1e-6f));
  }
}
