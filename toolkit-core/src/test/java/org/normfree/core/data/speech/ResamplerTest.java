package org.normfree.core.data.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.InputException;

class ResamplerTest {
  private static Wave tone(double frequency, int rate, int count) {
    float[] samples = new float[count];
    for (int i = 0; i < count; i++) {
      samples[i] = (float) Math.sin(2 * Math.PI * frequency * i / rate + 0.3);
    }
    return new Wave(samples, rate);
  }

  /** A tone below the band's end is the same tone at the other rate. */
  @ParameterizedTest
  @CsvSource({
    "16000, 8000, 3000",
    "8000, 16000, 3400",
    "44100, 8000, 440",
    "44100, 16000, 6900",
    "11025, 8000, 3500",
    "48000, 44100, 19000",
    "7001, 8009, 1234"
  })
  void aToneStaysTheSameTone(int from, int to, double frequency) {
    Wave resampled = Resampler.to(tone(frequency, from, from / 2), to);
    assertThat(resampled.rate()).isEqualTo(to);
    assertThat(resampled.samples().length).isBetween(to / 2, to / 2 + 1);
    float[] expected = tone(frequency, to, resampled.samples().length).samples();
    for (int i = to / 20; i < to / 2 - to / 20; i++) {
      assertThat((double) resampled.samples()[i]).isCloseTo(expected[i], within(2e-3));
    }
  }

  @ParameterizedTest
  @CsvSource({"16000, 8000, 4200", "44100, 8000, 9000", "48000, 16000, 8400", "44100, 8000, 4180"})
  void whatTheNewRateCannotHoldIsTakenOut(int from, int to, double frequency) {
    float[] samples = Resampler.to(tone(frequency, from, from / 2), to).samples();
    for (int i = to / 20; i < to / 2 - to / 20; i++) {
      assertThat((double) samples[i]).isCloseTo(0, within(1e-3));
    }
  }

  @Test
  void aConstantStaysAndTheSameRateChangesNothing() {
    float[] ones = new float[3000];
    Arrays.fill(ones, 1);
    float[] resampled = Resampler.to(new Wave(ones, 22_050), 8000).samples();
    for (int i = 60; i < resampled.length - 60; i++) {
      assertThat((double) resampled[i]).isCloseTo(1, within(1e-6));
    }
    Wave wave = new Wave(ones, 8000);
    assertThat(Resampler.to(wave, 8000)).isSameAs(wave);
    assertThatThrownBy(() -> Resampler.to(wave, 0)).isInstanceOf(InputException.class);
  }
}
