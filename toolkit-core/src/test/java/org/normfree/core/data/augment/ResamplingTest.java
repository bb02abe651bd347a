package org.normfree.core.data.augment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ResamplingTest {
  @Test
  void leavesASquareOfTheWantedSizeAsItIs() {
    byte[] image = new byte[7 * 7 * 3];
    new SplittableRandom(1).nextBytes(image);
    assertThat(Resampling.square(image, 7, 7, 3, 7)).isEqualTo(image);
  }

  @Test
  void enlargesBilinearly() {
    byte[] image = {0, 100, (byte) 200, 100};
    // centres of the four columns lie at -0.25, 0.25, 0.75, 1.25 of the two
    assertThat(Resampling.square(image, 2, 2, 1, 4))
        .startsWith(0, 25, 75, 100)
        .endsWith((byte) 200, (byte) 175, (byte) 125, 100);
  }

  @Test
  void averagesAwayWhatIsTooFineWhenReducing() {
    byte[] checkered = new byte[64 * 64];
    for (int k = 0; k < checkered.length; k++) {
      checkered[k] = (k / 64 + k) % 2 == 0 ? 0 : (byte) 255;
    }
    for (byte value : Resampling.square(checkered, 64, 64, 1, 8)) {
      assertThat(value & 0xFF).isBetween(124, 131);
    }
  }

  @Test
  void reducesByTheWidenedTriangle() {
    // ratio 2: weights 1/4, 3/4, 3/4, 1/4 about the centre, cut at the border
    byte[] row = {0, 70, (byte) 140, (byte) 210};
    byte[] image = new byte[16];
    for (int y = 0; y < 4; y++) {
      System.arraycopy(row, 0, image, 4 * y, 4);
    }
    // (0.75·0 + 0.75·70 + 0.25·140) / 1.75 = 50
    assertThat(Resampling.square(image, 4, 4, 1, 2))
        .containsExactly(50, (byte) 160, 50, (byte) 160);
  }

  @Test
  void cropsTheCentre() {
    byte[] tall = {1, 1, 2, 3, 4, 5, 9, 9};
    assertThat(Resampling.square(tall, 4, 2, 1, 2)).containsExactly(2, 3, 4, 5);
  }
}
