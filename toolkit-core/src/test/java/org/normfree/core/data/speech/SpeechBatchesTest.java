package org.normfree.core.data.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.decode.CtcGreedy;
import org.normfree.core.nn.Network;

class SpeechBatchesTest {
  /** Ten clips by each of three speakers; a sample is 100·speaker + clip and a fraction. */
  private static List<Clip> clips() {
    List<Clip> clips = new ArrayList<>();
    for (int speaker = 0; speaker < 3; speaker++) {
      for (int i = 0; i < 10; i++) {
        float[] samples = new float[11 + 2 * i];
        Arrays.fill(samples, 100 * speaker + i + 1);
        clips.add(new Clip(samples, List.of(i), speaker, 0));
      }
    }
    return clips;
  }

  @Test
  void cropsAreFilledWithClipsOfOneSpeaker() {
    SpeechBatches batches = new SpeechBatches(clips(), 4, 97, 5);
    Set<Integer> speakers = new LinkedHashSet<>();
    for (int step = 0; step < 20; step++) {
      float[] waves = batches.batch(step).reals(Network.INPUT);
      for (int row = 0; row < 4; row++) {
        int speaker = (int) waves[row * 97] / 100;
        speakers.add(speaker);
        for (int i = 0; i < 97; i++) {
          assertThat(waves[row * 97 + i]).isNotZero();
          assertThat((int) waves[row * 97 + i] / 100).isEqualTo(speaker);
        }
      }
    }
    assertThat(speakers).hasSize(3);
    assertThat(batches.stepsPerEpoch()).isEqualTo(3 * 200 / (4 * 97));
  }

  @Test
  void aBatchDependsOnSeedAndStepAlone() {
    SpeechBatches batches = new SpeechBatches(clips(), 4, 97, 5);
    float[] fourth = batches.batch(4).reals(Network.INPUT);
    assertThat(new SpeechBatches(clips(), 4, 97, 5).batch(4).reals(Network.INPUT))
        .isEqualTo(fourth);
    assertThat(batches.batch(3).reals(Network.INPUT)).isNotEqualTo(fourth);
    assertThat(new SpeechBatches(clips(), 4, 97, 6).batch(4).reals(Network.INPUT))
        .isNotEqualTo(fourth);
    assertThat(batches.first(2).get(1).reals(Network.INPUT))
        .isEqualTo(batches.batch(1).reals(Network.INPUT));
  }

  @Test
  void stringsSayWhatTheirTargetsSay() {
    SpokenStrings.Shape shape = new SpokenStrings.Shape(3, 120, 100, 4);
    SpokenStrings strings = new SpokenStrings(clips(), shape, samples -> samples / 10, 5);
    for (int step = 0; step < 30; step++) {
      Batch batch = strings.batch(step);
      float[] waves = batch.reals(Network.INPUT);
      int[] targets = batch.integers(Network.TARGETS);
      int[] lengths = batch.integers(Network.LENGTHS);
      assertThat(batch.feeds().get(Network.TARGETS).shape()).containsExactly(3, 4);
      assertThat(batch.integers(Network.FRAMES)).containsOnly(12);
      for (int row = 0; row < 3; row++) {
        List<Integer> heard = new ArrayList<>();
        int i = row * 120;
        while (i < row * 120 + 120) {
          int word = (int) waves[i] % 100;
          if (word > 0) {
            heard.add(word);
            i += 11 + 2 * (word - 1);
          } else {
            i++;
          }
        }
        assertThat(heard).hasSize(lengths[row]);
        for (int k = 0; k < 4; k++) {
          assertThat(targets[row * 4 + k]).isEqualTo(k < heard.size() ? heard.get(k) : 0);
        }
      }
    }
    assertThatThrownBy(
            () ->
                new SpokenStrings(
                    clips(), new SpokenStrings.Shape(3, 20, 100, 4), samples -> samples, 5))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("more than a wave of 20");
  }

  @Test
  void wrongNumbersAreRefused() {
    assertThatThrownBy(() -> new SpeechBatches(List.of(), 1, 1, 1))
        .isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new SpeechBatches(clips(), 0, 1, 1))
        .isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new SpokenStrings.Shape(1, 1, 1, 0))
        .isInstanceOf(InputException.class);
  }

  @Test
  void errorsAreCountedOnTheShortestWay() {
    assertThat(WordErrors.of(List.of(1, 2, 3), List.of(1, 2, 3)).rate()).isZero();
    assertThat(WordErrors.of(List.of(1, 2, 3), List.of(2, 3)).errors()).isEqualTo(1);
    assertThat(WordErrors.of(List.of(1, 2, 3), List.of()).rate()).isEqualTo(1);
    assertThat(WordErrors.of(List.of(1, 2), List.of(2, 1)).errors()).isEqualTo(2);
    assertThat(WordErrors.of(List.of(5), List.of(4, 5, 6)).rate()).isEqualTo(2);
    assertThat(WordErrors.of(List.of(1, 2, 3, 4), List.of(1, 3, 9, 4)).errors()).isEqualTo(2);
    WordErrors both = WordErrors.NONE.plus(new WordErrors(1, 3)).plus(new WordErrors(2, 3));
    assertThat(both.rate()).isEqualTo(0.5);
  }

  /** Repetitions count once unless a blank parts them. */
  @Test
  void frameByFrameAnswersBecomeAString() {
    int[] best = {0, 2, 2, 0, 2, 1, 1, 0, 0, 3};
    float[] logits = new float[3 + 10 * 4];
    for (int i = 0; i < 10; i++) {
      logits[3 + 4 * i + best[i]] = 1;
    }
    assertThat(CtcGreedy.read(logits, 3, 10, 4, 0)).containsExactly(2, 2, 1, 3);
    assertThat(CtcGreedy.read(logits, 3, 5, 4, 0)).containsExactly(2, 2);
    assertThat(CtcGreedy.read(logits, 3, 1, 4, 0)).isEmpty();
  }
}
