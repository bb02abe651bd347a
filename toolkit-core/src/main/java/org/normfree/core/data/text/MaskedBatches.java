package org.normfree.core.data.text;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.Streams;
import org.normfree.core.nn.Network;

/**
 * Batches for an encoder as a masked language model (BERT, arXiv 1810.04805): windows at random
 * places of the text, in which 15 % of the tokens, at least one, are targets. Of these the model
 * sees {@link Tokenizer#MASK} with probability 0.8, a random token with 0.1, and the token itself
 * otherwise. Feeds: tokens, mask of padding, positions, targets.
 */
public final class MaskedBatches implements BatchStream {
  private static final double SHARE = 0.15;

  private final Windows windows;
  private final int vocabulary;
  private final long seed;

  /**
   * @param tokens the encoded training text
   * @param vocabulary size of the tokenizer
   * @param rows windows of a batch
   * @param length tokens of a window
   * @param seed of places and masks
   * @throws org.normfree.core.InputException if the text is shorter than a window
   */
  public MaskedBatches(int[] tokens, int vocabulary, int rows, int length, long seed) {
    windows = new Windows(tokens, rows, length);
    windows.requireWindow();
    this.vocabulary = vocabulary;
    this.seed = seed;
  }

  @Override
  public int stepsPerEpoch() {
    return windows.stepsPerEpoch();
  }

  @Override
  public Batch batch(long step) {
    return batch(
        windows, windows.randomStarts(seed, step), vocabulary, Streams.MASK.of(seed, step));
  }

  static Batch batch(Windows windows, int[] starts, int vocabulary, SplittableRandom random) {
    int length = windows.length();
    int[] input = new int[starts.length * length];
    float[] mask = new float[input.length];
    int[] targets = new int[input.length];
    Arrays.fill(targets, Batch.IGNORED);
    for (int row = 0; row < starts.length; row++) {
      int start = starts[row];
      int there = Math.min(length, windows.tokens().length - start);
      int at = row * length;
      System.arraycopy(windows.tokens(), start, input, at, there);
      Arrays.fill(mask, at, at + there, 1);
      int[] order = Streams.permutation(there, random);
      int wanted = there == 0 ? 0 : (int) Math.max(1, Math.round(SHARE * there));
      for (int i = 0; i < wanted; i++) {
        int place = at + order[i];
        targets[place] = input[place];
        double kind = random.nextDouble();
        if (kind < 0.8) {
          input[place] = Tokenizer.MASK;
        } else if (kind < 0.9) {
          input[place] = random.nextInt(Tokenizer.SPECIALS, vocabulary);
        }
      }
    }
    Map<String, Batch.Feed> feeds = new LinkedHashMap<>();
    feeds.put(Network.INPUT, new Batch.Integers(input, starts.length, length));
    feeds.put(Network.INPUT_MASK, new Batch.Reals(mask, starts.length, length));
    feeds.put(Network.POSITIONS, Windows.positions(length));
    feeds.put(Network.TARGETS, new Batch.Integers(targets, starts.length, length));
    return new Batch(feeds, Batch.counted(targets), starts.length);
  }
}
