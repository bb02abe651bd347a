package org.normfree.core.data.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.Streams;

/**
 * Batches of pairs for an encoder–decoder, of like length and of about as many tokens each. There
 * are at most four shapes; lengths are multiples of 8. Every epoch takes each pair once, in an
 * order of its own; rows that are missing in the last batch of a shape are padding, without a
 * target.
 *
 * <p>Feeds: the source and its end, its mask and positions; what the decoder reads (begin, target)
 * and its positions; targets (target, end).
 */
public final class PairBatches implements BatchStream {
  private final LengthBuckets data;
  private final int steps;
  private final long seed;
  private volatile Epoch latest = new Epoch(-1, List.of());

  private record Selection(LengthBuckets.Bucket bucket, int[] pairs) {}

  /** The batches of an epoch, remembered while they are made. */
  private record Epoch(long number, List<Selection> batches) {}

  /**
   * @param pairs the training pairs
   * @param tokens tokens of the longer side of a batch, padding included, at most
   * @param seed of the order
   * @throws org.normfree.core.InputException if the longest pair alone has more tokens
   */
  public PairBatches(EncodedPairs pairs, int tokens, long seed) {
    data = new LengthBuckets(pairs, tokens);
    steps = data.buckets().stream().mapToInt(LengthBuckets.Bucket::batches).sum();
    this.seed = seed;
  }

  @Override
  public int stepsPerEpoch() {
    return steps;
  }

  @Override
  public Batch batch(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step %s is negative".formatted(step));
    }
    Selection selection = epoch(step / steps).batches.get((int) (step % steps));
    return data.batch(selection.bucket, selection.pairs);
  }

  private Epoch epoch(long number) {
    Epoch known = latest;
    if (known.number != number) {
      known = new Epoch(number, draw(number));
      latest = known;
    }
    return known;
  }

  private List<Selection> draw(long epoch) {
    SplittableRandom random = Streams.ORDER.of(seed, epoch);
    List<Selection> batches = new ArrayList<>(steps);
    for (LengthBuckets.Bucket bucket : data.buckets()) {
      int[] order = Streams.permutation(bucket.pairs().length, random);
      for (int start = 0; start < order.length; start += bucket.rows()) {
        int[] places =
            Arrays.copyOfRange(order, start, Math.min(start + bucket.rows(), order.length));
        batches.add(
            new Selection(bucket, Arrays.stream(places).map(i -> bucket.pairs()[i]).toArray()));
      }
    }
    List<Selection> shuffled = new ArrayList<>(steps);
    for (int i : Streams.permutation(steps, Streams.BATCH_ORDER.of(seed, epoch))) {
      shuffled.add(batches.get(i));
    }
    return shuffled;
  }
}
