package org.normfree.experiments.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.normfree.core.data.Images;
import org.normfree.core.data.text.SentencePair;
import org.normfree.core.record.DataIdentity;

class FingerprintTest {
  @Test
  void nothingButContentCounts() {
    float[] pixels = new float[2 * 12];
    Images images = new Images(pixels, new int[] {0, 1}, 2, 2, 3, List.of("a", "b"));
    assertThat(Fingerprint.of(images))
        .isEqualTo(
            Fingerprint.of(new Images(pixels.clone(), new int[] {0, 1}, 2, 2, 3, List.of("c"))));
    List<DataIdentity.Part> others =
        List.of(
            Fingerprint.of(images),
            Fingerprint.of(new Images(pixels, new int[] {1, 0}, 2, 2, 3, List.of("a", "b"))),
            Fingerprint.of(new Images(pixels, new int[] {0, 1}, 4, 1, 3, List.of("a", "b"))),
            Fingerprint.of(List.of(new SentencePair("a", "bc", 1))),
            Fingerprint.of(List.of(new SentencePair("ab", "c", 1))),
            Fingerprint.of("abc"));
    assertThat(others.stream().map(DataIdentity.Part::sha256)).doesNotHaveDuplicates();
    assertThat(Fingerprint.ofClasses(List.of("ab", "c")).sha256())
        .isNotEqualTo(Fingerprint.ofClasses(List.of("a", "bc")).sha256());
    for (float value : new float[] {Float.MIN_VALUE, 1 / 255f, 256 / 255f, -1, 0.5f, Float.NaN}) {
      for (int i = 0; i < pixels.length; i++) {
        float[] changed = pixels.clone();
        changed[i] = value;
        DataIdentity.Part other =
            Fingerprint.of(new Images(changed, new int[] {0, 1}, 2, 2, 3, List.of("a", "b")));
        assertThat(other).isNotEqualTo(Fingerprint.of(images));
      }
    }
  }

  /** Longer than what one thread hashes at a time. */
  @Test
  void thePlaceOfAPixelCountsInLargeSetsToo() {
    float[] pixels = new float[3 << 20];
    pixels[0] = 1;
    Images images = new Images(pixels, new int[1], 1 << 10, 1 << 10, 3, List.of("a"));
    DataIdentity.Part first = Fingerprint.of(images);
    assertThat(Fingerprint.of(images)).isEqualTo(first);
    pixels[0] = 0;
    pixels[1 << 20] = 1;
    assertThat(Fingerprint.of(images)).isNotEqualTo(first);
  }
}
