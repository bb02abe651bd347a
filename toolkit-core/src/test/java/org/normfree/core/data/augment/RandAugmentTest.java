package org.normfree.core.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.normfree.core.data.augment.TransformTest.assertRefused;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RandAugmentTest {
  /** Nine operations that go either way, and five that do not. */
  @Test
  void doesEachOperationAsOftenEitherWay() {
    Image image = Pictures.random(17, 19, 3);
    SplittableRandom random = new SplittableRandom(5);
    Map<Integer, Integer> seen = new HashMap<>();
    RandAugment once = new RandAugment(1, 9);
    for (int i = 0; i < 5600; i++) {
      seen.merge(Arrays.hashCode(once.apply(image, random).pixels()), 1, Integer::sum);
    }
    assertThat(seen).hasSize(2 * 9 + 5);
    assertThat(seen.values().stream().filter(count -> count > 300)).hasSize(5);
    assertThat(seen.values()).allSatisfy(count -> assertThat(count).isBetween(140, 480));
    assertThat(seen.get(Arrays.hashCode(image.pixels()))).isBetween(330, 480);
  }

  @Test
  void doesSeveralOneAfterAnother() {
    Image image = Pictures.random(17, 19, 3);
    SplittableRandom twice = new SplittableRandom(5);
    SplittableRandom apart = new SplittableRandom(5);
    for (int i = 0; i < 50; i++) {
      Image both = new RandAugment(2, 9).apply(image, twice);
      RandAugment once = new RandAugment(1, 9);
      assertThat(both.pixels()).isEqualTo(once.apply(once.apply(image, apart), apart).pixels());
    }
  }

  @Test
  void refusesWhatThereIsNot() {
    assertRefused(() -> new RandAugment(0, 9), "0 operations");
    assertRefused(() -> new RandAugment(2, 31), "magnitude 31: expected 0 … 30");
    assertRefused(() -> new RandAugment(2, -1), "magnitude -1");
  }
}
