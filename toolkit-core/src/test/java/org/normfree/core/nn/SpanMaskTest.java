package org.normfree.core.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.InputException;

class SpanMaskTest {
  private static final SpanMask PUBLISHED = new SpanMask(0.65, 10, 2);

  /** Choices of a generator. */
  private record Random(Rng rng) implements SpanMask.Draws {
    @Override
    public double uniform() {
      return rng.uniform();
    }

    @Override
    public int[] different(int below, int count) {
      int[] all = new int[below];
      rng.permute(all);
      return Arrays.copyOf(all, count);
    }

    @Override
    public int[] some(int[] of, int count) {
      return Arrays.stream(different(of.length, count)).map(i -> of[i]).toArray();
    }
  }

  /** Shares that the official code gives, without the thinning to the smallest row. */
  @ParameterizedTest
  @CsvSource({"781, 0.489", "150, 0.50", "25, 0.60", "20, 0.68"})
  void asManyFramesAreMaskedAsInTheOfficialCode(int frames, double share) {
    SpanMask.Draws draws = new Random(Rng.of(3, "mask", frames));
    double sum = 0;
    for (int i = 0; i < 2000; i++) {
      sum += PUBLISHED.batch(frames, new int[1], draws)[0].length;
    }
    assertThat(sum / 2000 / frames).isCloseTo(share, within(0.012));
    // the fixed number is that of spans rounded down, at least two
    assertThat((double) PUBLISHED.masked(frames) / frames)
        .isBetween(share - 10.0 / frames, share + 0.02);
  }

  @ParameterizedTest
  @CsvSource({"781, 10, 0.65", "199, 5, 0.65", "37, 7, 0.3", "14, 1, 0.5", "12, 10, 0.65"})
  void everyRowHasTheSameNumberOfMaskedFrames(int frames, int length, double share) {
    SpanMask mask = new SpanMask(share, length, 2);
    int masked = mask.masked(frames);
    Rng rng = Rng.of(1, "mask", frames);
    int[] counts = new int[frames];
    for (int i = 0; i < 3000; i++) {
      int[] row = mask.draw(frames, rng);
      assertThat(row).hasSize(masked).isSorted().doesNotHaveDuplicates();
      Arrays.stream(row).forEach(frame -> counts[frame]++);
    }
    if (frames > 2 * length) {
      assertThat(counts[frames - 1]).as("the last frame is never masked").isZero();
      int middle = IntStream.range(length, frames - length).map(i -> counts[i]).sum();
      double mean = (double) middle / (frames - 2 * length);
      assertThat(mean).isCloseTo(3000.0 * masked / frames, within(0.3 * 3000 * masked / frames));
    }
  }

  @Test
  void rowsOfABatchLoseFramesUntilTheyAreEqual() {
    int[][] rows =
        PUBLISHED.batch(97, new int[] {0, 31, 12, 0, 5}, new Random(Rng.of(2, "mask", 0)));
    for (int[] row : rows) {
      assertThat(row).hasSize(rows[0].length).isSorted().doesNotHaveDuplicates();
    }
    assertThat(Arrays.stream(rows[1]).max().orElseThrow()).isLessThan(97 - 31);
  }

  @Test
  void aRowThatIsMaskedWhollyIsRefused() {
    SpanMask wide = new SpanMask(7, 8, 2);
    assertThatThrownBy(() -> wide.batch(9, new int[1], new Random(Rng.of(2, "mask", 0))))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("mask all of a sequence of 9");
  }

  @Test
  void maskedFramesAndNegativesAreDrawnRowByRow() {
    int masked = PUBLISHED.masked(61);
    Distribution spans = new Distribution.Spans(61, PUBLISHED);
    double[] two = all(spans.draw(Rng.of(4, "masked", 9), 2, masked), 2 * masked);
    Rng same = Rng.of(4, "masked", 9);
    int[] first = PUBLISHED.draw(61, same);
    int[] second = PUBLISHED.draw(61, same);
    assertThat(Arrays.copyOf(two, masked))
        .isEqualTo(Arrays.stream(first).asDoubleStream().toArray());
    assertThat(Arrays.copyOfRange(two, masked, 2 * masked))
        .isEqualTo(Arrays.stream(second).asDoubleStream().toArray());
    assertThat(all(spans.neutral(1, masked), masked)).isSorted().startsWith(0, 1);
    assertThatThrownBy(() -> spans.draw(Rng.of(1, "masked", 0), 2, masked + 1))
        .isInstanceOf(InputException.class);
    assertThat(spans.integers()).isTrue();
  }

  /** Others of the same row only, never the own one, each as likely. */
  @Test
  void negativesAreOtherRowsOfTheSameExample() {
    Distribution others = new Distribution.Others();
    int[][] counts = new int[2 * 5][2 * 5];
    long[] shape = {2, 5, 4000};
    double[] drawn = all(others.draw(Rng.of(4, "negatives", 1), shape), 40_000);
    for (int i = 0; i < drawn.length; i++) {
      counts[i / 4000][(int) drawn[i]]++;
    }
    for (int row = 0; row < 10; row++) {
      for (int other = 0; other < 10; other++) {
        if (row == other || row / 5 != other / 5) {
          assertThat(counts[row][other]).isZero();
        } else {
          assertThat(counts[row][other]).isBetween(870, 1130);
        }
      }
    }
    assertThat(all(others.neutral(1, 3, 2), 6)).containsExactly(1, 2, 2, 0, 0, 1);
    assertThatThrownBy(() -> others.draw(Rng.of(1, "negatives", 0), 2, 1, 3))
        .isInstanceOf(InputException.class);
  }

  @ParameterizedTest
  @CsvSource({"0, 10, 2", "11, 10, 2", "0.65, 0, 2", "0.65, 10, 0", "NaN, 10, 2"})
  void numbersOutOfRangeAreRefused(double share, int length, int least) {
    assertThatThrownBy(() -> new SpanMask(share, length, least)).isInstanceOf(InputException.class);
  }

  private static double[] all(IntToDoubleFunction element, int length) {
    return IntStream.range(0, length).mapToDouble(element).toArray();
  }
}
