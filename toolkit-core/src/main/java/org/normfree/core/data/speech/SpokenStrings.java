package org.normfree.core.data.speech;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;

/**
 * Batches of strings of words by one speaker, for recognizing: recordings drawn at random, up to a
 * number of words that is drawn as well, one behind the other with up to a twentieth of a second of
 * silence between them, and silence up to the end. What does not fit any more is left out. Targets
 * are the words' numbers plus one, since 0 is the blank. A batch depends on nothing but the
 * arguments of the constructor and the step's number.
 */
public final class SpokenStrings implements BatchStream {
  private final Utterances utterances;
  private final Shape shape;
  private final IntUnaryOperator frames;
  private final int mostWords;
  private final long seed;

  /**
   * Size of a batch.
   *
   * @param rows strings
   * @param samples of a wave
   * @param rate samples a second
   * @param words recordings of a string at most, each as likely from 1 on
   */
  public record Shape(int rows, int samples, int rate, int words) {
    /**
     * @throws InputException if a number is not positive
     */
    public Shape {
      if (rows < 1 || samples < 1 || rate < 1 || words < 1) {
        throw new InputException(
            "a batch of %s waves of %s samples at %s Hz with %s recordings, expected each to be at least 1"
                .formatted(rows, samples, rate, words));
      }
    }
  }

  /**
   * @param clips the recordings, each of at least one word
   * @param shape size of a batch
   * @param frames how many frames a model makes of so many samples
   * @param seed of what is drawn
   * @throws InputException if there are no recordings, or one is longer than a wave
   */
  public SpokenStrings(List<Clip> clips, Shape shape, IntUnaryOperator frames, long seed) {
    utterances = new Utterances(clips);
    int longest = clips.stream().mapToInt(clip -> clip.samples().length).max().orElse(0);
    if (longest > shape.samples()) {
      throw new InputException(
          "a recording has %s samples, more than a wave of %s; make waves longer"
              .formatted(longest, shape.samples()));
    }
    this.shape = shape;
    this.frames = frames;
    this.mostWords = clips.stream().mapToInt(clip -> clip.words().size()).max().orElse(1);
    this.seed = seed;
  }

  /** So many that an epoch has as many samples as the recordings. */
  @Override
  public int stepsPerEpoch() {
    long batch = (long) shape.rows * shape.samples;
    return Math.toIntExact(Math.max(1, utterances.samples() / batch));
  }

  @Override
  public Batch batch(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step %s is negative".formatted(step));
    }
    Rng rng = Rng.of(seed, "spoken strings", step);
    float[] waves = new float[shape.rows * shape.samples];
    List<List<Integer>> said = new ArrayList<>();
    for (int row = 0; row < shape.rows; row++) {
      said.add(say(waves, row * shape.samples, rng));
    }
    // the same in every batch, so that plans are not rebuilt
    int longest = shape.words * mostWords;
    int[] targets = new int[shape.rows * longest];
    int[] lengths = new int[shape.rows];
    int[] counted = new int[shape.rows];
    for (int row = 0; row < shape.rows; row++) {
      List<Integer> words = said.get(row);
      for (int i = 0; i < words.size(); i++) {
        targets[row * longest + i] = words.get(i) + 1;
      }
      lengths[row] = words.size();
      counted[row] = frames.applyAsInt(shape.samples);
    }
    Map<String, Batch.Feed> feeds = new LinkedHashMap<>();
    feeds.put(Network.INPUT, new Batch.Reals(waves, shape.rows, shape.samples));
    feeds.put(Network.TARGETS, new Batch.Integers(targets, shape.rows, longest));
    feeds.put(Network.LENGTHS, new Batch.Integers(lengths, shape.rows));
    feeds.put(Network.FRAMES, new Batch.Integers(counted, shape.rows));
    return new Batch(feeds, shape.rows, shape.rows);
  }

  /** Writes one string into the waves, and says what it is. */
  private List<Integer> say(float[] waves, int start, Rng rng) {
    Utterances.Voice voice = utterances.voice(rng);
    int wanted = 1 + (int) rng.below(shape.words);
    List<Integer> words = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < wanted; i++) {
      Clip clip = voice.next();
      int end = at + clip.samples().length;
      if (end <= shape.samples) {
        System.arraycopy(clip.samples(), 0, waves, start + at, clip.samples().length);
        words.addAll(clip.words());
        at = end;
      }
      at += (int) rng.below(1 + shape.rate / 20);
    }
    return words;
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
