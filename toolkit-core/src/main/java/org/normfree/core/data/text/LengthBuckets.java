package org.normfree.core.data.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.nn.Network;

/**
 * Pairs sorted by length into at most four buckets, each with one shape of batches, because a plan
 * is made for a shape. The bounds are those that need the least padding.
 */
final class LengthBuckets {
  private static final int MOST = 4;
  private static final int STEP = 8;

  private final EncodedPairs data;
  private final List<Bucket> buckets = new ArrayList<>();

  /**
   * Pairs of like length.
   *
   * @param sourceLength length of every source row
   * @param targetLength length of every target row
   * @param rows rows of every batch
   * @param pairs numbers of the pairs, ascending
   */
  record Bucket(int sourceLength, int targetLength, int rows, int[] pairs) {
    int batches() {
      return (pairs.length + rows - 1) / rows;
    }
  }

  /**
   * @param data the pairs
   * @param tokens how many tokens, padding included, the longer side of a batch takes at most
   */
  LengthBuckets(EncodedPairs data, int tokens) {
    this.data = data;
    int[] steps = IntStream.range(0, data.count()).map(this::steps).toArray();
    int longest = Arrays.stream(steps).max().orElseThrow();
    if (longest * STEP > tokens) {
      throw new InputException(
          "a batch has batch.tokens=%s, expected at least %s, the length of the longest pair with its padding"
              .formatted(tokens, longest * STEP));
    }
    int[] bounds = bounds(steps, longest);
    for (int b = 0; b + 1 < bounds.length; b++) {
      int above = bounds[b];
      int upTo = bounds[b + 1];
      int[] members =
          IntStream.range(0, steps.length)
              .filter(pair -> steps[pair] > above && steps[pair] <= upTo)
              .toArray();
      if (members.length > 0) {
        int source = Arrays.stream(members).map(this::sourceSteps).max().getAsInt() * STEP;
        int target = Arrays.stream(members).map(this::targetSteps).max().getAsInt() * STEP;
        buckets.add(new Bucket(source, target, tokens / Math.max(source, target), members));
      }
    }
  }

  List<Bucket> buckets() {
    return buckets;
  }

  private int sourceSteps(int pair) {
    return data.source(pair).length / STEP + 1; // with its end
  }

  private int targetSteps(int pair) {
    return data.target(pair).length / STEP + 1;
  }

  private int steps(int pair) {
    return Math.max(sourceSteps(pair), targetSteps(pair));
  }

  /** Bounds of at most {@link #MOST} buckets for which the sum of rounded lengths is smallest. */
  private static int[] bounds(int[] steps, int longest) {
    long[] upTo = new long[longest + 1];
    for (int step : steps) {
      upTo[step]++;
    }
    for (int s = 1; s <= longest; s++) {
      upTo[s] += upTo[s - 1];
    }
    long[] cost = new long[longest + 1];
    for (int s = 1; s <= longest; s++) {
      cost[s] = s * upTo[s];
    }
    int[][] previous = new int[MOST][longest + 1];
    for (int bucket = 1; bucket < MOST; bucket++) {
      long[] next = cost.clone();
      for (int s = 1; s <= longest; s++) {
        for (int from = 1; from < s; from++) {
          long candidate = cost[from] + s * (upTo[s] - upTo[from]);
          if (candidate < next[s]) {
            next[s] = candidate;
            previous[bucket][s] = from;
          }
        }
        if (next[s] == cost[s]) {
          previous[bucket][s] = previous[bucket - 1][s];
        }
      }
      cost = next;
    }
    List<Integer> bounds = new ArrayList<>(List.of(longest));
    int at = longest;
    for (int bucket = MOST - 1; at > 0; bucket--) {
      at = previous[bucket][at];
      bounds.add(0, at);
    }
    return bounds.stream().mapToInt(b -> b).toArray();
  }

  /** The batch of some pairs of a bucket, filled up with rows of padding. */
  Batch batch(Bucket bucket, int[] pairs) {
    int rows = bucket.rows;
    int sourceLength = bucket.sourceLength;
    int targetLength = bucket.targetLength;
    int[] input = new int[rows * sourceLength];
    float[] mask = new float[rows * sourceLength];
    int[] decoderInput = new int[rows * targetLength];
    int[] targets = new int[rows * targetLength];
    Arrays.fill(targets, Batch.IGNORED);
    for (int row = 0; row < pairs.length; row++) {
      int[] source = data.source(pairs[row]);
      int at = row * sourceLength;
      System.arraycopy(source, 0, input, at, source.length);
      input[at + source.length] = Tokenizer.EOS;
      Arrays.fill(mask, at, at + source.length + 1, 1);
      int[] target = data.target(pairs[row]);
      at = row * targetLength;
      decoderInput[at] = Tokenizer.BOS;
      System.arraycopy(target, 0, decoderInput, at + 1, target.length);
      System.arraycopy(target, 0, targets, at, target.length);
      targets[at + target.length] = Tokenizer.EOS;
    }
    Map<String, Batch.Feed> feeds = new LinkedHashMap<>();
    feeds.put(Network.INPUT, new Batch.Integers(input, rows, sourceLength));
    feeds.put(Network.INPUT_MASK, new Batch.Reals(mask, rows, sourceLength));
    feeds.put(Network.POSITIONS, Windows.positions(sourceLength));
    feeds.put(Network.DECODER_INPUT, new Batch.Integers(decoderInput, rows, targetLength));
    feeds.put(Network.DECODER_POSITIONS, Windows.positions(targetLength));
    feeds.put(Network.TARGETS, new Batch.Integers(targets, rows, targetLength));
    return new Batch(feeds, Batch.counted(targets), rows);
  }
}
