package org.normfree.core.data.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Learns the merges of byte-pair encoding from words and how often they occur. */
final class BpeMerges {
  private final List<Word> words = new ArrayList<>();
  private final Map<Long, Pair> pairs = new HashMap<>();
  private final List<Pair> changed = new ArrayList<>();

  /** The most frequent first; a count that is no longer a pair's own is out of date. */
  private final PriorityQueue<Candidate> queue =
      new PriorityQueue<>(
          Comparator.comparingLong((Candidate c) -> -c.count)
              .thenComparingInt(c -> c.left)
              .thenComparingInt(c -> c.right));

  private record Candidate(long count, int left, int right) {}

  private static final class Word {
    final int[] ids;
    final long count;
    int length;

    Word(int[] ids, long count) {
      this.ids = ids;
      this.count = count;
      length = ids.length;
    }
  }

  private static final class Pair {
    final int left;
    final int right;

    /** Where it was seen, in the order of time; it may have gone from there since. */
    final List<Word> words = new ArrayList<>();

    long count;

    /** Whether its count has changed since it was offered. */
    boolean changed;

    Pair(int left, int right) {
      this.left = left;
      this.right = right;
    }
  }

  /** Adds a word; the array is the learner's from now on. */
  void add(int[] ids, long count) {
    words.add(new Word(ids, count));
  }

  /**
   * @param most how many merges to learn at most
   * @param firstId the id that the first merge makes
   * @return pairs of ids
   */
  List<int[]> learn(int most, int firstId) {
    for (Word word : words) {
      for (int i = 0; i + 1 < word.length; i++) {
        seen(word, i);
      }
    }
    offerChanged();
    List<int[]> merges = new ArrayList<>();
    while (merges.size() < most && !queue.isEmpty()) {
      Candidate best = queue.poll();
      Pair pair = pairs.get(BpeTokenizer.pair(best.left, best.right));
      if (best.count < 2) {
        break;
      }
      if (pair.count != best.count) {
        continue;
      }
      int id = firstId + merges.size();
      merges.add(new int[] {pair.left, pair.right});
      for (Word word : List.copyOf(pair.words)) {
        merge(word, pair, id);
      }
      offerChanged();
    }
    return merges;
  }

  /** Makes one id of a pair wherever it stands in a word, and counts what that changes. */
  private void merge(Word word, Pair pair, int id) {
    boolean before = false;
    boolean any = false;
    for (int i = 0; i + 1 < word.length; i++) {
      // of aaa the first two are joined
      boolean joined = !before && word.ids[i] == pair.left && word.ids[i + 1] == pair.right;
      boolean next =
          i + 2 < word.length
              && !joined
              && word.ids[i + 1] == pair.left
              && word.ids[i + 2] == pair.right;
      if (before || joined || next) {
        gone(word, i);
      }
      any |= joined;
      before = joined;
    }
    if (!any) {
      return;
    }
    word.length = join(word.ids, word.length, pair.left, pair.right, id);
    for (int i = 0; i + 1 < word.length; i++) {
      if (word.ids[i] == id || word.ids[i + 1] == id) {
        seen(word, i);
      }
    }
  }

  private void seen(Word word, int i) {
    int left = word.ids[i];
    int right = word.ids[i + 1];
    Long key = BpeTokenizer.pair(left, right);
    Pair pair = pairs.get(key);
    if (pair == null) {
      pair = new Pair(left, right);
      pairs.put(key, pair);
    }
    if (pair.words.isEmpty() || pair.words.get(pair.words.size() - 1) != word) {
      pair.words.add(word);
    }
    count(pair, word.count);
  }

  private void gone(Word word, int i) {
    count(pairs.get(BpeTokenizer.pair(word.ids[i], word.ids[i + 1])), -word.count);
  }

  private void count(Pair pair, long more) {
    pair.count += more;
    if (!pair.changed) {
      pair.changed = true;
      changed.add(pair);
    }
  }

  private void offerChanged() {
    for (Pair pair : changed) {
      pair.changed = false;
      queue.add(new Candidate(pair.count, pair.left, pair.right));
    }
    changed.clear();
  }

  /** Replaces a pair by one id, from left to right and in place; returns the new length. */
  static int join(int[] ids, int length, int left, int right, int id) {
    int to = 0;
    for (int from = 0; from < length; from++) {
      boolean found = ids[from] == left && from + 1 < length && ids[from + 1] == right;
      ids[to++] = found ? id : ids[from];
      if (found) {
        from++;
      }
    }
    return to;
  }
}
