package org.normfree.core.data.speech;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;

/**
 * Batches of waves of one length: recordings of one speaker, drawn at random, one behind the other,
 * from a random place of the first on. So a crop has no padding. A batch depends on nothing but the
 * arguments of the constructor and the step's number.
 */
public final class SpeechBatches implements BatchStream {
  private final Utterances utterances;
  private final int rows;
  private final int samples;
  private final long seed;

  /**
   * @param clips the recordings
   * @param rows waves of a batch, at least 1
   * @param samples of a wave, at least 1
   * @param seed of what is drawn
   * @throws InputException if there are no recordings, or a number is not positive
   */
  public SpeechBatches(List<Clip> clips, int rows, int samples, long seed) {
    utterances = new Utterances(clips);
    if (rows < 1 || samples < 1) {
      throw new InputException(
          "a batch of %s waves of %s samples, expected at least 1 of 1".formatted(rows, samples));
    }
    this.rows = rows;
    this.samples = samples;
    this.seed = seed;
  }

  /** So many that an epoch has as many samples as the recordings. */
  @Override
  public int stepsPerEpoch() {
    long batch = (long) rows * samples;
    return Math.toIntExact(Math.max(1, utterances.samples() / batch));
  }

  @Override
  public Batch batch(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step %s is negative".formatted(step));
    }
    Rng rng = Rng.of(seed, "speech crops", step);
    float[] waves = new float[rows * samples];
    for (int row = 0; row < rows; row++) {
      Utterances.Voice voice = utterances.voice(rng);
      float[] clip = voice.next().samples();
      int from = (int) rng.below(clip.length);
      int at = 0;
      while (at < samples) {
        int count = Math.min(clip.length - from, samples - at);
        System.arraycopy(clip, from, waves, row * samples + at, count);
        at += count;
        clip = voice.next().samples();
        from = 0;
      }
    }
    Batch.Feed input = new Batch.Reals(waves, rows, samples);
    return new Batch(Map.of(Network.INPUT, input), rows, rows);
  }

  /**
   * The first batches of a stream, the same every time.
   *
   * @param count how many
   */
  public List<Batch> first(int count) {
    return IntStream.range(0, count).mapToObj(this::batch).toList();
  }
}
