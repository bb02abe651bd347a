package org.normfree.core.data.text;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.nn.Network;

/**
 * Batches for a decoder-only language model: windows at random places of the text. Feeds: tokens,
 * their positions, and as targets the token after each.
 */
public final class LanguageModelBatches implements BatchStream {
  private final Windows windows;
  private final long seed;

  /**
   * @param tokens the encoded training text
   * @param rows windows of a batch
   * @param length tokens of a window
   * @param seed of the places
   * @throws org.normfree.core.InputException if the text is shorter than a window
   */
  public LanguageModelBatches(int[] tokens, int rows, int length, long seed) {
    windows = new Windows(tokens, rows, length);
    windows.requireWindow();
    this.seed = seed;
  }

  /** So many that an epoch has as many targets as the text has tokens. */
  @Override
  public int stepsPerEpoch() {
    return windows.stepsPerEpoch();
  }

  @Override
  public Batch batch(long step) {
    return batch(windows, windows.randomStarts(seed, step));
  }

  /** Targets are the tokens from each start on; inputs those before them, the first after BOS. */
  static Batch batch(Windows windows, int[] starts) {
    int[] tokens = windows.tokens();
    int length = windows.length();
    int[] input = new int[starts.length * length];
    int[] targets = new int[starts.length * length];
    Arrays.fill(targets, Batch.IGNORED);
    for (int row = 0; row < starts.length; row++) {
      int start = starts[row];
      for (int i = 0; i < length && start + i < tokens.length; i++) {
        input[row * length + i] = start + i == 0 ? Tokenizer.BOS : tokens[start + i - 1];
        targets[row * length + i] = tokens[start + i];
      }
    }
    Map<String, Batch.Feed> feeds = new LinkedHashMap<>();
    feeds.put(Network.INPUT, new Batch.Integers(input, starts.length, length));
    feeds.put(Network.POSITIONS, Windows.positions(length));
    feeds.put(Network.TARGETS, new Batch.Integers(targets, starts.length, length));
    return new Batch(feeds, Batch.counted(targets), starts.length);
  }
}
