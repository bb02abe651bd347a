package org.normfree.core.data.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.normfree.core.data.Batch;

/**
 * All pairs once, with the feeds of {@link PairBatches}: shorter ones first, and those of one shape
 * in the order of the corpus.
 */
public final class PairEvaluation implements Iterable<Batch> {
  private final LengthBuckets data;
  private final List<LengthBuckets.Bucket> buckets = new ArrayList<>();
  private final List<int[]> pairs = new ArrayList<>();

  /**
   * @param pairs the pairs
   * @param tokens tokens of the longer side of a batch, padding included, at most
   * @throws org.normfree.core.InputException if the longest pair alone has more tokens
   */
  public PairEvaluation(EncodedPairs pairs, int tokens) {
    data = new LengthBuckets(pairs, tokens);
    for (LengthBuckets.Bucket bucket : data.buckets()) {
      int[] members = bucket.pairs();
      for (int start = 0; start < members.length; start += bucket.rows()) {
        buckets.add(bucket);
        this.pairs.add(
            Arrays.copyOfRange(members, start, Math.min(start + bucket.rows(), members.length)));
      }
    }
  }

  /** How many batches there are. */
  public int count() {
    return pairs.size();
  }

  /**
   * @param index a batch's number, from 0
   * @return the batch, in arrays of its own
   */
  public Batch batch(int index) {
    return data.batch(buckets.get(index), pairs.get(index));
  }

  /**
   * @param index a batch's number, from 0
   * @return the numbers of the pairs in its rows; rows after them are padding
   */
  public int[] pairs(int index) {
    return pairs.get(index).clone();
  }

  @Override
  public Iterator<Batch> iterator() {
    return IntStream.range(0, count()).mapToObj(this::batch).iterator();
  }
}
