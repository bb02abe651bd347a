package org.normfree.core.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.nn.Network;

class WindowBatchesTest {
  /** Each token is its place in the text, plus 100. */
  private static final int[] TOKENS = IntStream.range(100, 1100).toArray();

  private static int[] ids(Batch batch, String name) {
    return ((Batch.Integers) batch.feeds().get(name)).elements();
  }

  private static int before(int token) {
    return token == 100 ? Tokenizer.BOS : token - 1;
  }

  @Test
  void trainsOnTheTokenAfterEachAtRandomPlaces() {
    LanguageModelBatches batches = new LanguageModelBatches(TOKENS, 4, 16, 1);
    assertThat(batches.stepsPerEpoch()).isEqualTo(15);
    Set<Integer> starts = new HashSet<>();
    for (int step = 0; step < 20; step++) {
      Batch batch = batches.batch(step);
      assertThat(batch.size()).isEqualTo(4);
      assertThat(batch.feeds().get(Network.INPUT).shape()).containsExactly(4, 16);
      assertThat(batch.weight()).isEqualTo(64);
      int[] input = ids(batch, Network.INPUT);
      for (int i = 0; i < input.length; i++) {
        assertThat(input[i]).isEqualTo(before(batch.integers(Network.TARGETS)[i]));
        assertThat(
                batch.integers(Network.TARGETS)[i] - batch.integers(Network.TARGETS)[i / 16 * 16])
            .isEqualTo(i % 16);
      }
      for (int row = 0; row < 4; row++) {
        starts.add(batch.integers(Network.TARGETS)[row * 16]);
      }
    }
    assertThat(starts).hasSizeGreaterThan(60);
    assertThat(
            new LanguageModelBatches(Arrays.copyOf(TOKENS, 16), 1, 16, 1)
                .batch(0)
                .integers(Network.TARGETS))
        .isEqualTo(Arrays.copyOf(TOKENS, 16));
  }

  @Test
  void startedInTheMiddleGivesTheTailOfAStreamFromTheStart() {
    Iterator<Batch> text = new LanguageModelBatches(TOKENS, 4, 16, 1).from(0);
    Iterator<Batch> masked = new MaskedBatches(TOKENS, 1100, 4, 16, 1).from(0);
    for (int step = 0; step < 5; step++) {
      text.next();
      masked.next();
    }
    assertThat(new LanguageModelBatches(TOKENS, 4, 16, 1).batch(5))
        .usingRecursiveComparison()
        .isEqualTo(text.next());
    assertThat(new MaskedBatches(TOKENS, 1100, 4, 16, 1).batch(5))
        .usingRecursiveComparison()
        .isEqualTo(masked.next());
  }

  @Test
  void evaluatesEveryTokenOnce() {
    for (int count : new int[] {1, 16, 64, 65, 1000}) {
      LanguageModelEvaluation evaluation =
          new LanguageModelEvaluation(Arrays.copyOf(TOKENS, count), 4, 16);
      IntStream.Builder targets = IntStream.builder();
      for (Batch batch : evaluation) {
        assertThat(batch.feeds().get(Network.TARGETS).shape()).containsExactly(4, 16);
        int[] input = ids(batch, Network.INPUT);
        for (int i = 0; i < input.length; i++) {
          if (batch.integers(Network.TARGETS)[i] == Batch.IGNORED) {
            assertThat(input[i]).isEqualTo(Tokenizer.PAD);
          } else {
            assertThat(input[i]).isEqualTo(before(batch.integers(Network.TARGETS)[i]));
            targets.add(batch.integers(Network.TARGETS)[i]);
          }
        }
      }
      assertThat(targets.build().toArray()).isEqualTo(Arrays.copyOf(TOKENS, count));
    }
  }

  @Test
  void masksFifteenPercentByTheRuleOfBert() {
    MaskedBatches batches = new MaskedBatches(TOKENS, 1100, 8, 100, 1);
    int masked = 0;
    int kept = 0;
    int wanted = 0;
    for (int step = 0; step < 25; step++) {
      Batch batch = batches.batch(step);
      assertThat(batch.weight()).isEqualTo(8 * 15);
      assertThat(batch.reals(Network.INPUT_MASK)).containsOnly(1);
      int[] input = ids(batch, Network.INPUT);
      for (int row = 0; row < 8; row++) {
        int start = Integer.MIN_VALUE;
        for (int i = row * 100; i < (row + 1) * 100; i++) {
          int target = batch.integers(Network.TARGETS)[i];
          if (target == Batch.IGNORED) {
            start = start == Integer.MIN_VALUE ? input[i] - i : start;
            assertThat(input[i] - i).isEqualTo(start);
          } else {
            wanted++;
            masked += input[i] == Tokenizer.MASK ? 1 : 0;
            kept += input[i] == target ? 1 : 0;
            assertThat(input[i]).isBetween(Tokenizer.MASK, 1099);
          }
        }
      }
    }
    assertThat(wanted).isEqualTo(3000);
    assertThat(masked / 3000.0).isCloseTo(0.8, within(0.03));
    assertThat(kept / 3000.0).isCloseTo(0.1, within(0.03));
  }

  @Test
  void masksAnEvaluationTheSameWayAndPadsItsEnd() {
    MaskedEvaluation evaluation = new MaskedEvaluation(TOKENS, 1100, 4, 96);
    assertThat(evaluation.count()).isEqualTo(3);
    int seen = 0;
    for (Batch batch : evaluation) {
      int[] input = ids(batch, Network.INPUT);
      float[] mask = batch.reals(Network.INPUT_MASK);
      for (int i = 0; i < input.length; i++) {
        assertThat(mask[i]).isEqualTo(input[i] == Tokenizer.PAD ? 0 : 1);
        seen += (int) mask[i];
      }
    }
    assertThat(seen).isEqualTo(1000);
    assertThat(evaluation.batch(2))
        .usingRecursiveComparison()
        .isEqualTo(new MaskedEvaluation(TOKENS, 1100, 4, 96).batch(2));
  }

  @Test
  void saysWhatIsWrongWithATextOrASize() {
    assertThatThrownBy(() -> new LanguageModelBatches(TOKENS, 4, 1001, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("1000 tokens, fewer than the 1001 of a window");
    assertThatThrownBy(() -> new LanguageModelEvaluation(new int[0], 4, 16))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no tokens");
    assertThatThrownBy(() -> new MaskedEvaluation(TOKENS, 1100, 0, 16))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("0 windows of 16 tokens");
  }
}
