package org.normfree.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;
import org.normfree.core.data.augment.Image;
import org.normfree.core.data.augment.RandomResizedCrop;
import org.normfree.core.data.augment.Transform;
import org.normfree.core.nn.Network;

class TrainingBatchesTest {
  private static final Augmentation ALL = new Augmentation(2, true, 0.8, 0.1);
  private static final Normalization AS_IS = new Normalization(new float[] {0}, new float[] {1});
  private static final Images NUMBERED = numbered(23);

  @Test
  void startedInTheMiddleGivesTheTailOfAStreamFromTheStart() {
    Iterator<Batch> whole = batches(ALL, 7).from(0);
    IntStream.range(0, 8).forEach(step -> whole.next());
    Iterator<Batch> tail = batches(ALL, 7).from(8);
    for (int step = 8; step < 20; step++) {
      assertThat(tail.next()).usingRecursiveComparison().isEqualTo(whole.next());
    }
  }

  /** The numbers are what the first version gave; a recorded run must still be repeatable. */
  @Test
  void givesTheBatchesThatItEverGave() {
    assertThat(fingerprint(Augmentation.NONE)).isEqualTo(-234804467);
    assertThat(fingerprint(new Augmentation(2, true, 0.8, 0.1))).isEqualTo(-822373628);
    assertThat(fingerprint(new Augmentation(1, false, 0, 0.1))).isEqualTo(-1117143430);
    assertThat(fingerprint(new Augmentation(0, true, 0.2, 0))).isEqualTo(1814929050);
  }

  private static int fingerprint(Augmentation augmentation) {
    Images digits = Digits.load().train();
    TrainingBatches batches =
        new TrainingBatches(digits, Normalization.of(digits), augmentation, 37, 42);
    int hash = 0;
    for (int step = 0; step < 70; step++) {
      Batch batch = batches.batch(step);
      hash = 31 * hash + Arrays.hashCode(batch.reals(Network.INPUT));
      hash = 31 * hash + Arrays.hashCode(batch.reals(Network.LABELS));
      hash = 31 * hash + Arrays.hashCode(batch.integers(Network.TARGETS));
    }
    return hash;
  }

  @Test
  void differsBetweenSeedsAndSteps() {
    TrainingBatches batches = batches(ALL, 7);
    Set<Integer> inputs = new HashSet<>();
    for (int step = 0; step < 50; step++) {
      inputs.add(Arrays.hashCode(batches.batch(step).reals(Network.INPUT)));
      inputs.add(Arrays.hashCode(batches(ALL, 8).batch(step).reals(Network.INPUT)));
    }
    assertThat(inputs).hasSize(100);
  }

  @Test
  void takesEachImageAtMostOnceAnEpochAndDropsTheRest() {
    TrainingBatches batches = batches(Augmentation.NONE, 7);
    assertThat(batches.stepsPerEpoch()).isEqualTo(4);
    Set<List<Integer>> orders = new HashSet<>();
    Set<Integer> everUsed = new HashSet<>();
    for (int epoch = 0; epoch < 30; epoch++) {
      List<Integer> used = new ArrayList<>();
      for (int step = 0; step < 4; step++) {
        Batch batch = batches.batch(epoch * 4 + step);
        assertThat(batch.size()).isEqualTo(5);
        for (int i = 0; i < 5; i++) {
          used.add(Math.round(batch.reals(Network.INPUT)[i * 12] * 100));
        }
      }
      assertThat(used).doesNotHaveDuplicates().hasSize(20);
      orders.add(used);
      everUsed.addAll(used);
    }
    assertThat(orders).hasSize(30);
    assertThat(everUsed).as("every image has its turn").hasSize(23);
  }

  @Test
  void givesEachImageTheLabelAndPixelsThatAreItsOwn() {
    Batch batch = batches(Augmentation.NONE, 3).batch(0);
    for (int i = 0; i < batch.size(); i++) {
      int image = Math.round(batch.reals(Network.INPUT)[i * 12] * 100);
      assertThat(batch.integers(Network.TARGETS)[i]).isEqualTo(image % 3);
      assertThat(Arrays.copyOfRange(batch.reals(Network.INPUT), i * 12, i * 12 + 12))
          .isEqualTo(Arrays.copyOfRange(NUMBERED.pixels(), image * 12, image * 12 + 12));
      float[] oneHot = new float[3];
      oneHot[image % 3] = 1;
      assertThat(Arrays.copyOfRange(batch.reals(Network.LABELS), i * 3, i * 3 + 3))
          .isEqualTo(oneHot);
    }
  }

  @Test
  void makesABatchOfTheWholeSetWhereItIsSmaller() {
    TrainingBatches batches = new TrainingBatches(numbered(3), AS_IS, Augmentation.NONE, 64, 1);
    assertThat(batches.batchSize()).isEqualTo(3);
    assertThat(batches.stepsPerEpoch()).isEqualTo(1);
    assertThat(batches.batch(1_000_000_007L).integers(Network.TARGETS))
        .containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void cropsAtEveryPlaceOfThePaddedImageWithBlackOutside() {
    Images one = oneImage();
    Normalization normalization = new Normalization(new float[] {0.5f}, new float[] {2});
    TrainingBatches batches =
        new TrainingBatches(one, normalization, new Augmentation(1, false, 0, 0), 1, 5);
    Set<List<Float>> seen = new HashSet<>();
    for (int step = 0; step < 300; step++) {
      seen.add(boxed(batches.batch(step).reals(Network.INPUT)));
    }
    Set<List<Float>> expected = new HashSet<>();
    for (int top = -1; top <= 1; top++) {
      for (int left = -1; left <= 1; left++) {
        float[] crop = new float[12];
        for (int k = 0; k < 12; k++) {
          int y = k / 4 + top;
          int x = k % 4 + left;
          boolean inside = y >= 0 && y < 3 && x >= 0 && x < 4;
          crop[k] = ((inside ? one.pixels()[y * 4 + x] : 0) - 0.5f) / 2;
        }
        expected.add(boxed(crop));
      }
    }
    assertThat(expected).hasSize(9);
    assertThat(seen).isEqualTo(expected);
  }

  @Test
  void transformsEachImageByItsOwnNumbers() {
    Images same = new Images(new float[48], new int[4], 3, 4, 1, List.of("a"));
    Transform noise =
        (image, random) -> {
          float[] pixels = new float[image.pixels().length];
          for (int k = 0; k < pixels.length; k++) {
            pixels[k] = (float) random.nextDouble();
          }
          return new Image(pixels, image.height(), image.width(), image.channels());
        };
    TrainingBatches batches =
        new TrainingBatches(same, AS_IS, new Augmentation(1, true, noise, 0, 0, 0), 4, 5);
    Set<List<Float>> seen = new HashSet<>();
    for (int step = 0; step < 10; step++) {
      float[] input = batches.batch(step).reals(Network.INPUT);
      assertThat(input).isEqualTo(batches.batch(step).reals(Network.INPUT));
      for (int i = 0; i < 4; i++) {
        seen.add(boxed(Arrays.copyOfRange(input, i * 12, i * 12 + 12)));
      }
    }
    assertThat(seen).hasSize(40);
  }

  @Test
  void takesTheSizeThatTheTransformGives() {
    Transform crop = RandomResizedCrop.square(2, 0.5, 1);
    TrainingBatches batches =
        new TrainingBatches(NUMBERED, AS_IS, new Augmentation(0, false, crop, 0, 0, 0), 5, 5);
    assertThat(batches.batch(1).feeds().get(Network.INPUT).shape()).containsExactly(5, 2, 2, 1);
    Transform large = RandomResizedCrop.square(4, 0.5, 1);
    Augmentation augmentation = new Augmentation(0, false, large, 0, 0, 0);
    assertThatThrownBy(() -> new TrainingBatches(NUMBERED, AS_IS, augmentation, 5, 5))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("crops of 4×4 pixels are larger than the 3×4 of an image");
  }

  @Test
  void flipsHalfOfTheImages() {
    Images one = oneImage();
    TrainingBatches batches =
        new TrainingBatches(one, AS_IS, new Augmentation(0, true, 0, 0), 1, 5);
    List<Float> mirrored = new ArrayList<>();
    for (int k = 0; k < 12; k++) {
      mirrored.add(one.pixels()[k / 4 * 4 + 3 - k % 4]);
    }
    int flipped = 0;
    for (int step = 0; step < 400; step++) {
      List<Float> seen = boxed(batches.batch(step).reals(Network.INPUT));
      assertThat(seen).isIn(boxed(one.pixels()), mirrored);
      flipped += seen.equals(mirrored) ? 1 : 0;
    }
    assertThat(flipped).isBetween(160, 240);
  }

  @Test
  void smoothsLabels() {
    Batch batch = batches(new Augmentation(0, false, 0, 0.3), 3).batch(0);
    for (int i = 0; i < batch.size(); i++) {
      for (int c = 0; c < 3; c++) {
        assertThat(batch.reals(Network.LABELS)[i * 3 + c])
            .isCloseTo(c == batch.integers(Network.TARGETS)[i] ? 0.8f : 0.1f, within(1e-6f));
      }
    }
  }

  @Test
  void mixesImagesAndLabelsAlike() {
    TrainingBatches plain = batches(Augmentation.NONE, 3);
    TrainingBatches mixed = batches(new Augmentation(0, false, 0.8, 0), 3);
    int changed = 0;
    for (int step = 0; step < 40; step++) {
      Batch own = plain.batch(step);
      Batch batch = mixed.batch(step);
      assertThat(batch.integers(Network.TARGETS)).isEqualTo(own.integers(Network.TARGETS));
      for (int i = 0; i < batch.size(); i++) {
        float[] row = Arrays.copyOfRange(batch.reals(Network.LABELS), i * 3, i * 3 + 3);
        assertThat(row[0] + row[1] + row[2]).isCloseTo(1, within(1e-6f));
        // the first pixel is the image's number / 100, the second its class: linear in the mix
        float expected = row[1] + 2 * row[2];
        assertThat(batch.reals(Network.INPUT)[i * 12 + 1]).isCloseTo(expected, within(1e-5f));
        changed +=
            Math.abs(batch.reals(Network.INPUT)[i * 12] - own.reals(Network.INPUT)[i * 12]) > 1e-4
                ? 1
                : 0;
      }
    }
    assertThat(changed).isGreaterThan(100);
  }

  /** A Beta(α, α) variable has mean 1/2 and variance 1 / (4(2α + 1)). */
  @Test
  void drawsMixingWeightsFromABetaDistribution() {
    Images two = numbered(2);
    for (double alpha : new double[] {0.4, 0.8, 4}) {
      TrainingBatches batches =
          new TrainingBatches(two, AS_IS, new Augmentation(0, false, alpha, 0), 2, 11);
      double sum = 0;
      double squares = 0;
      int mixes = 0;
      for (int step = 0; step < 8000; step++) {
        Batch batch = batches.batch(step);
        double weight = batch.reals(Network.LABELS)[batch.integers(Network.TARGETS)[0]];
        // of two images, a partner is the image itself half of the time
        if (weight > 1e-7 && weight < 1 - 1e-7) {
          sum += weight;
          squares += (weight - 0.5) * (weight - 0.5);
          mixes++;
        }
      }
      assertThat(sum / mixes).isCloseTo(0.5, within(0.03));
      assertThat(squares / mixes).isCloseTo(1 / (4 * (2 * alpha + 1)), within(0.006));
    }
  }

  @Test
  void mixesWithExtremeAlphaToo() {
    for (double alpha : new double[] {1e-9, 1e-3, 1e3, 1e9}) {
      TrainingBatches batches = batches(new Augmentation(0, false, alpha, 0), 3);
      for (int step = 0; step < 100; step++) {
        Batch batch = batches.batch(step);
        for (int i = 0; i < batch.size(); i++) {
          assertThat(
                  batch.reals(Network.LABELS)[i * 3]
                      + batch.reals(Network.LABELS)[i * 3 + 1]
                      + batch.reals(Network.LABELS)[i * 3 + 2])
              .isCloseTo(1, within(1e-6f));
        }
      }
    }
  }

  @Test
  void drawsCropsIndependentlyOfFlips() {
    TrainingBatches crops =
        new TrainingBatches(NUMBERED, AS_IS, new Augmentation(1, false, 0, 0), 5, 3);
    TrainingBatches both =
        new TrainingBatches(NUMBERED, AS_IS, new Augmentation(1, true, 0, 0), 5, 3);
    int same = 0;
    for (int step = 0; step < 20; step++) {
      float[] input = crops.batch(step).reals(Network.INPUT);
      float[] other = both.batch(step).reals(Network.INPUT);
      for (int i = 0; i < 5; i++) {
        int from = i * 12;
        same += Arrays.equals(input, from, from + 12, other, from, from + 12) ? 1 : 0;
      }
    }
    assertThat(same).as("unflipped images have the same crop").isBetween(30, 70);
  }

  @Test
  void refusesWhatCannotBeDone() {
    assertThatThrownBy(() -> new TrainingBatches(NUMBERED, AS_IS, Augmentation.NONE, 0, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("batch size is 0");
    assertThatThrownBy(() -> new TrainingBatches(numbered(0), AS_IS, Augmentation.NONE, 1, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no images");
    Augmentation wide = new Augmentation(3, false, 0, 0);
    assertThatThrownBy(() -> new TrainingBatches(NUMBERED, AS_IS, wide, 1, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("crop padding is 3, expected less than the 3×4 pixels");
    Normalization colour = new Normalization(new float[3], new float[] {1, 1, 1});
    assertThatThrownBy(() -> new TrainingBatches(NUMBERED, colour, ALL, 1, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("3 channels but the images have 1");
    assertThatThrownBy(() -> batches(ALL, 1).batch(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesAugmentationOutOfRange() {
    assertThatThrownBy(() -> new Augmentation(-1, false, 0, 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("crop padding is -1");
    for (double alpha : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new Augmentation(0, false, alpha, 0))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("mixup alpha is " + alpha);
    }
    for (double smoothing : new double[] {-0.1, Double.NaN, 1}) {
      assertThatThrownBy(() -> new Augmentation(0, false, 0, smoothing))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("label smoothing is " + smoothing);
    }
  }

  private static TrainingBatches batches(Augmentation augmentation, long seed) {
    return new TrainingBatches(NUMBERED, AS_IS, augmentation, 5, seed);
  }

  /** Images of 3×4 pixels: first the image's number / 100, then its class, then positions. */
  static Images numbered(int count) {
    float[] pixels = new float[count * 12];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 3;
      for (int k = 0; k < 12; k++) {
        pixels[i * 12 + k] = k == 0 ? i / 100f : k == 1 ? labels[i] : k / 12f;
      }
    }
    return new Images(pixels, labels, 3, 4, 1, List.of("a", "b", "c"));
  }

  private static Images oneImage() {
    float[] pixels = new float[12];
    for (int k = 0; k < 12; k++) {
      pixels[k] = (k + 1) / 16f;
    }
    return new Images(pixels, new int[] {0}, 3, 4, 1, List.of("a", "b"));
  }

  private static List<Float> boxed(float[] values) {
    return IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
  }
}
