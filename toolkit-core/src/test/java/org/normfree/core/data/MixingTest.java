package org.normfree.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;
import org.normfree.core.data.Mixing.Span;
import org.normfree.core.data.augment.Transform;
import org.normfree.core.nn.Network;

class MixingTest {
  private static final int CLASSES = 3;
  private static final int PIXELS = 7 * 5;

  @Test
  void cutsWhatSticksOut() {
    assertThat(Span.cut(8, 0.5, 3)).isEqualTo(new Span(1, 5));
    assertThat(Span.cut(8, 0.5, 0)).isEqualTo(new Span(0, 2));
    assertThat(Span.cut(8, 0.5, 7)).isEqualTo(new Span(5, 8));
    assertThat(Span.cut(7, 0.5, 6)).isEqualTo(new Span(5, 7));
    assertThat(Span.cut(7, 0, 6).length()).isZero();
  }

  @Test
  void pastesTheSameRectangleOfThePartner() {
    Batch.Reals input =
        new Batch.Reals(new float[] {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16}, 2, 2, 3, 1);
    assertThat(Mixing.paste(input, new int[] {1, 1}, new Span(0, 1), new Span(1, 3)))
        .containsExactly(1, 12, 13, 4, 5, 6, 11, 12, 13, 14, 15, 16);
    Batch.Reals colours = new Batch.Reals(input.elements(), 2, 1, 2, 3);
    assertThat(Mixing.paste(colours, new int[] {1, 0}, new Span(0, 1), new Span(1, 2)))
        .containsExactly(1, 2, 3, 14, 15, 16, 11, 12, 13, 4, 5, 6);
  }

  /** Images are of one value, their class: the share of a value is what the label must say. */
  @Test
  void mixesLabelsByTheAreaThatWasReplaced() {
    TrainingBatches batches = batches(0, 1);
    Set<Float> weights = new HashSet<>();
    for (int step = 0; step < 200; step++) {
      Batch batch = batches.batch(step);
      for (int i = 0; i < batch.size(); i++) {
        int[] pixels = new int[CLASSES];
        for (int k = 0; k < PIXELS; k++) {
          pixels[(int) batch.reals(Network.INPUT)[i * PIXELS + k]]++;
        }
        for (int c = 0; c < CLASSES; c++) {
          float label = batch.reals(Network.LABELS)[i * CLASSES + c];
          assertThat(label).isCloseTo(pixels[c] / (float) PIXELS, within(1e-6f));
          weights.add(label);
        }
      }
    }
    assertThat(weights).hasSizeGreaterThan(10);
  }

  @Test
  void eachBatchHasOneOfMixupAndCutmix() {
    TrainingBatches batches = batches(0.8, 1);
    TrainingBatches mixup = batches(0.8, 0);
    int mixed = 0;
    for (int step = 0; step < 400; step++) {
      float[] input = batches.batch(step).reals(Network.INPUT);
      boolean whole = IntStream.range(0, input.length).allMatch(k -> input[k] % 1 == 0);
      if (!whole) {
        assertThat(input).isEqualTo(mixup.batch(step).reals(Network.INPUT));
        mixed++;
      }
    }
    assertThat(mixed).isBetween(150, 250);
  }

  @Test
  void refusesAnAlphaThatIsNone() {
    for (double alpha : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new Augmentation(0, false, Transform.sequence(), 0, alpha, 0))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("cutmix alpha is " + alpha);
    }
  }

  private static TrainingBatches batches(double mixup, double cutmix) {
    int[] labels = new int[23];
    float[] pixels = new float[labels.length * PIXELS];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % CLASSES;
      Arrays.fill(pixels, i * PIXELS, (i + 1) * PIXELS, labels[i]);
    }
    return new TrainingBatches(
        new Images(pixels, labels, 7, 5, 1, List.of("a", "b", "c")),
        new Normalization(new float[1], new float[] {1}),
        new Augmentation(0, false, Transform.sequence(), mixup, cutmix, 0),
        8,
        4);
  }
}
