package org.normfree.core.data.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.normfree.core.InputException;

class SyntheticSpeechTest {
  @Test
  void everySpeakerSaysEveryWordTenTimesAndNoTwiceTheSame() {
    SpeechCorpus corpus = SyntheticSpeech.corpus(8000);
    List<Clip> all = corpus.all();
    assertThat(all).hasSize(600);
    assertThat(all.stream().map(clip -> Arrays.hashCode(clip.samples())).distinct()).hasSize(600);
    assertThat(corpus.test()).hasSize(120).allMatch(clip -> clip.take() < 2);
    for (Clip clip : all) {
      assertThat((double) clip.samples().length / 8000).isBetween(0.2, 0.9);
      for (float sample : clip.samples()) {
        assertThat(Math.abs(sample)).isLessThan(1);
      }
    }
  }

  @Test
  void theSameRateGivesTheSameSamples() {
    assertThat(SyntheticSpeech.corpus(8000).test().get(17).samples())
        .isEqualTo(SyntheticSpeech.corpus(8000).test().get(17).samples());
    assertThat(SyntheticSpeech.corpus(16_000).test().get(0).samples().length).isGreaterThan(3200);
    assertThatThrownBy(() -> SyntheticSpeech.corpus(2000)).isInstanceOf(InputException.class);
  }

  /** Sibilants hiss, vowels do not: a sign change every few samples, and rarely. */
  @Test
  void soundsDifferAsTheirRulesSay() {
    SpeechCorpus corpus = SyntheticSpeech.corpus(8000);
    int sami = corpus.words().indexOf("sami");
    for (Clip clip : corpus.test()) {
      if (clip.word() == sami) {
        double start = changes(clip.samples(), 200, 600);
        int middle = clip.samples().length * 2 / 5;
        double vowel = changes(clip.samples(), middle - 200, middle + 200);
        assertThat(start).isGreaterThan(1.5 * vowel);
      }
    }
  }

  private static double changes(float[] samples, int from, int to) {
    int changes = 0;
    for (int i = from + 1; i < to; i++) {
      changes += samples[i] * samples[i - 1] < 0 ? 1 : 0;
    }
    return (double) changes / (to - from);
  }
}
