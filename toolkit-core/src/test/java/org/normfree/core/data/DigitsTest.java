package org.normfree.core.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class DigitsTest {
  private static final ImageSplits DIGITS = Digits.load();

  @Test
  void hasTheDocumentedCounts() {
    assertThat(DIGITS.train().count()).isEqualTo(1197);
    assertThat(counts(DIGITS.train()))
        .containsExactly(118, 122, 117, 123, 121, 122, 121, 119, 114, 120);
    assertThat(counts(DIGITS.validation())).hasSize(10).containsOnly(30);
    assertThat(counts(DIGITS.test())).hasSize(10).containsOnly(30);
  }

  @Test
  void isGreyEightByEightInZeroToOne() {
    for (Images part : parts().toList()) {
      assertThat(part.height()).isEqualTo(8);
      assertThat(part.width()).isEqualTo(8);
      assertThat(part.channels()).isEqualTo(1);
      assertThat(part.classNames())
          .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
      assertThat(part.pixels()).hasSize(part.count() * 64);
      float[] sorted = part.pixels().clone();
      Arrays.sort(sorted);
      assertThat(sorted[0]).isZero();
      assertThat(sorted[sorted.length - 1]).isEqualTo(1);
    }
  }

  /** Published results depend on which image is in which part, so this must never change. */
  @Test
  void isDividedTheSameWayForGood() {
    assertThat(parts().map(DigitsTest::checksum))
        .containsExactly(2724969318L, 3648573422L, 2446279835L);
  }

  @Test
  void dividesWithoutOverlap() {
    Set<String> seen = new HashSet<>();
    int count = 0;
    for (Images part : parts().toList()) {
      for (int i = 0; i < part.count(); i++) {
        seen.add(Arrays.toString(Arrays.copyOfRange(part.pixels(), i * 64, i * 64 + 64)));
        count++;
      }
    }
    assertThat(count).isEqualTo(1797);
    assertThat(seen).as("the set has no two equal images").hasSize(1797);
  }

  private static Stream<Images> parts() {
    return Stream.of(DIGITS.train(), DIGITS.validation(), DIGITS.test());
  }

  private static int[] counts(Images images) {
    int[] counts = new int[images.classes()];
    for (int label : images.labels()) {
      counts[label]++;
    }
    return counts;
  }

  private static long checksum(Images images) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * (images.pixels().length + images.count()));
    for (float pixel : images.pixels()) {
      bytes.putFloat(pixel);
    }
    for (int label : images.labels()) {
      bytes.putInt(label);
    }
    CRC32 crc = new CRC32();
    crc.update(bytes.array());
    return crc.getValue();
  }
}
