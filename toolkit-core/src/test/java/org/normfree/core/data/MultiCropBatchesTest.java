package org.normfree.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.core.InputException;
import org.normfree.core.data.MultiCropBatches.Views;
import org.normfree.core.data.augment.DinoRecipe;
import org.normfree.core.data.augment.Image;
import org.normfree.core.data.augment.RandomResizedCrop;
import org.normfree.core.data.augment.Transform;
import org.normfree.core.nn.Network;

class MultiCropBatchesTest {
  private static final String GLOBALS = "globals";
  private static final String LOCALS = "locals";
  private static final List<Views> DINO = dino(7, 5, 3);

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void stacksCropsOfOneSize(int channels) {
    Batch batch = batches(images(11, channels), DINO).batch(2);
    assertThat(batch.feeds().get(GLOBALS).shape()).containsExactly(2 * 4, 7, 7, channels);
    assertThat(batch.feeds().get(LOCALS).shape()).containsExactly(3 * 4, 5, 5, channels);
    assertThat(batch.size()).isEqualTo(4);
    assertThat(batch.weight()).isEqualTo(4);
    for (float value : batch.reals(LOCALS)) {
      assertThat(value).isFinite();
    }
  }

  /** The rows of a crop that changes nothing are the images, those of another one theirs. */
  @Test
  void putsAllImagesOfACropBesideEachOther() {
    Transform inverted =
        (image, random) -> {
          float[] pixels = image.pixels().clone();
          for (int k = 0; k < pixels.length; k++) {
            pixels[k] = 1 - pixels[k];
          }
          return new Image(pixels, image.height(), image.width(), image.channels());
        };
    Images images = images(11, 1);
    Batch batch =
        batches(images, List.of(new Views(GLOBALS, List.of(Transform.sequence(), inverted))))
            .batch(1);
    Batch plain = new TrainingBatches(images, normalization(1), Augmentation.NONE, 4, 9).batch(1);
    float[] rows = batch.reals(GLOBALS);
    float[] own = plain.reals(Network.INPUT);
    assertThat(Arrays.copyOf(rows, own.length)).isEqualTo(own);
    assertThat(batch.integers(Network.TARGETS)).isEqualTo(plain.integers(Network.TARGETS));
    for (int k = 0; k < own.length; k++) {
      // normalized by 0.25 and 0.5: 2(1 − p) − 0.5 = 1 − (2p − 0.5)
      assertThat(rows[own.length + k]).isCloseTo(1 - own[k], within(1e-6f));
    }
  }

  @Test
  void goesOnAtAnyStepAndAheadOfTheTraining() {
    MultiCropBatches whole = batches(images(11, 3), DINO);
    try (PrefetchedBatches ahead = new PrefetchedBatches(batches(images(11, 3), DINO).from(5), 3)) {
      for (int step = 5; step < 12; step++) {
        assertThat(ahead.next()).usingRecursiveComparison().isEqualTo(whole.batch(step));
      }
    }
  }

  @Test
  void drawsForEveryCropImageStepAndSeed() {
    List<Integer> seen = new ArrayList<>();
    for (long seed = 1; seed < 4; seed++) {
      MultiCropBatches batches =
          new MultiCropBatches(images(11, 3), normalization(3), DINO, 4, seed);
      for (int step = 0; step < 4; step++) {
        float[] crops = batches.batch(step).reals(LOCALS);
        for (int row = 0; row < 12; row++) {
          seen.add(Arrays.hashCode(Arrays.copyOfRange(crops, row * 75, row * 75 + 75)));
        }
      }
    }
    assertThat(seen).doesNotHaveDuplicates();
  }

  @Test
  void leavesEarlierCropsAsTheyWereWhenOthersAreAdded() {
    Images images = images(11, 3);
    Batch few = batches(images, dino(7, 5, 2)).batch(3);
    Batch many = batches(images, DINO).batch(3);
    assertThat(many.reals(GLOBALS)).isEqualTo(few.reals(GLOBALS));
    assertThat(many.reals(LOCALS)).startsWith(few.reals(LOCALS));
  }

  @Test
  void refusesInOneLineWhatCannotBeMade() {
    assertRefused(dino(14, 5, 3), "crops of 14×14 pixels are larger than the 17×13 of an image");
    assertRefused(dino(7, 14, 3), "crops of 14×14 pixels are larger");
    assertRefused(dino(7, 5, 0), "no crops for locals");
    assertRefused(List.of(), "no crops to make batches of");
    Transform small = RandomResizedCrop.square(3, 0.1, 1);
    Transform large = RandomResizedCrop.square(5, 0.1, 1);
    assertRefused(
        List.of(new Views(GLOBALS, List.of(small, large))), "globals are of the sizes [3×3, 5×5]");
    assertRefused(
        List.of(new Views(GLOBALS, List.of(small)), new Views(GLOBALS, List.of(large))),
        "[globals, globals]");
  }

  private static void assertRefused(List<Views> views, String message) {
    assertThatThrownBy(() -> batches(images(11, 3), views))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message)
        .extracting(Throwable::getMessage)
        .asString()
        .doesNotContain("\n");
  }

  private static List<Views> dino(int global, int local, int locals) {
    return List.of(
        new Views(GLOBALS, DinoRecipe.globals(RandomResizedCrop.square(global, 0.4, 1))),
        new Views(LOCALS, DinoRecipe.locals(RandomResizedCrop.square(local, 0.05, 0.4), locals)));
  }

  private static MultiCropBatches batches(Images images, List<Views> views) {
    return new MultiCropBatches(images, normalization(images.channels()), views, 4, 9);
  }

  private static Normalization normalization(int channels) {
    float[] mean = new float[channels];
    float[] std = new float[channels];
    Arrays.fill(mean, 0.25f);
    Arrays.fill(std, 0.5f);
    return new Normalization(mean, std);
  }

  private static Images images(int count, int channels) {
    SplittableRandom random = new SplittableRandom(6);
    float[] pixels = new float[count * 17 * 13 * channels];
    for (int k = 0; k < pixels.length; k++) {
      pixels[k] = (float) random.nextDouble();
    }
    int[] labels = new int[count];
    Arrays.setAll(labels, i -> i % 2);
    return new Images(pixels, labels, 17, 13, channels, List.of("a", "b"));
  }
}
