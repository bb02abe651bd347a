package org.normfree.core.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.normfree.core.InputException;

class TransformTest {
  static Stream<Transform> all() {
    Transform crop = RandomResizedCrop.square(1, 0.05, 1);
    return Stream.of(
            List.of(
                new HorizontalFlip(),
                new ColorJitter(0.4, 0.4, 0.2, 0.1),
                new Grayscale(),
                GaussianBlur.USUAL,
                Solarize.USUAL,
                new Shift(0),
                new RandAugment(2, 9),
                new RandAugment(3, 30),
                crop),
            DinoRecipe.globals(crop),
            DinoRecipe.locals(crop, 2))
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("all")
  void isAPureFunctionOfImageAndGenerator(Transform transform) {
    for (Image image : Pictures.awkward()) {
      float[] before = image.pixels().clone();
      for (long seed = 0; seed < 5; seed++) {
        Image once = transform.apply(image, new SplittableRandom(seed));
        Image again = transform.apply(image, new SplittableRandom(seed));
        assertThat(again).usingRecursiveComparison().isEqualTo(once);
        assertThat(image.pixels()).isEqualTo(before);
        assertThat(once.size()).isEqualTo(transform.sizeAfter(image.size()));
        assertThat(once.channels()).isEqualTo(image.channels());
        for (float pixel : once.pixels()) {
          assertThat(pixel).isBetween(0f, 1f);
        }
      }
    }
  }

  @Test
  void differsBetweenGenerators() {
    Transform recipe = DinoRecipe.globals(RandomResizedCrop.square(7, 0.1, 1)).get(1);
    Set<Integer> seen = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      Image image = Pictures.random(11, 13, 3);
      seen.add(Arrays.hashCode(recipe.apply(image, new SplittableRandom(seed)).pixels()));
    }
    assertThat(seen).hasSize(100);
  }

  @Test
  void doesOneAfterAnother() {
    Transform half = (image, random) -> Coloring.brightness(image, 0.5);
    Transform both = Transform.sequence(half, new Solarize(0.5));
    // 0.25 stays below the threshold, ½ reaches it
    assertThat(both.apply(Pictures.row(0.5, 1), new SplittableRandom(1)).pixels())
        .containsExactly(0.25f, 0.5f);
    Transform other = Transform.sequence(new Solarize(0.5), half);
    assertThat(other.apply(Pictures.row(0.5, 1), new SplittableRandom(1)).pixels())
        .containsExactly(0.25f, 0f);
  }

  @Test
  void drawsForEachOfASequenceApart() {
    List<Double> drawn = new ArrayList<>();
    Transform last =
        (image, random) -> {
          drawn.add(random.nextDouble());
          return image;
        };
    Transform thirsty =
        (image, random) -> {
          random.nextBytes(new byte[17]);
          return image;
        };
    Image image = Pictures.row(0, 1);
    Transform.sequence(thirsty, last).apply(image, new SplittableRandom(3));
    Transform.sequence(new Solarize(1), last).apply(image, new SplittableRandom(3));
    assertThat(drawn.get(0)).isEqualTo(drawn.get(1));
  }

  @Test
  void happensAsOftenAsAsked() {
    for (double probability : new double[] {0, 0.2, 1}) {
      Transform sometimes = new Solarize(0).withProbability(probability);
      SplittableRandom random = new SplittableRandom(5);
      int changed = 0;
      for (int i = 0; i < 2000; i++) {
        changed += sometimes.apply(Pictures.row(0), random).pixels()[0] == 1 ? 1 : 0;
      }
      assertThat(changed / 2000.0).isBetween(probability * 0.9, probability * 1.1);
    }
  }

  @Test
  void flipsHalfOfTheTimeWhateverTheChannels() {
    Image image = Pictures.of(2, 3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 4, 4, 4, 6, 6, 6);
    Image mirrored = Pictures.of(2, 3, 3, 7, 8, 9, 4, 5, 6, 1, 2, 3, 6, 6, 6, 4, 4, 4, 0, 0, 0);
    SplittableRandom random = new SplittableRandom(2);
    int flipped = 0;
    for (int i = 0; i < 1000; i++) {
      float[] seen = new HorizontalFlip().apply(image, random).pixels();
      assertThat(seen).isIn(image.pixels(), mirrored.pixels());
      flipped += Arrays.equals(seen, mirrored.pixels()) ? 1 : 0;
    }
    assertThat(flipped).isBetween(440, 560);
  }

  @Test
  void refusesWhatCannotBeDone() {
    assertRefused(() -> new Solarize(0.5).withProbability(1.1), "1.1, expected a number in [0, 1]");
    assertRefused(() -> new Solarize(-0.1), "solarizing is -0.1");
    assertRefused(() -> new Interval(0.5, 0.2), "the range 0.5 … 0.2 is empty");
    assertRefused(() -> new Interval(0, Double.NaN), "the range 0.0 … NaN is empty");
    assertRefused(() -> new GaussianBlur(new Interval(0, 2)), "blur is 0.0 … 2.0");
    assertRefused(() -> new ColorJitter(-1, 0, 0, 0), "jitter is -1.0");
    assertRefused(() -> new ColorJitter(0, 0, 0, 0.6), "hue's jitter is 0.6");
    assertRefused(() -> new Shift(-1), "crop padding is -1");
    Transform rare = RandomResizedCrop.square(3, 0.1, 1).withProbability(0.5);
    assertRefused(() -> rare.sizeAfter(new ImageSize(7, 5)), "images of 3×3 of those of 7×5");
    assertThat(rare.sizeAfter(new ImageSize(3, 3))).isEqualTo(new ImageSize(3, 3));
  }

  static void assertRefused(Runnable what, String message) {
    assertThatThrownBy(what::run)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message)
        .extracting(Throwable::getMessage)
        .asString()
        .doesNotContain("\n");
  }
}
