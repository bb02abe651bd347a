package org.normfree.core.data.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** Learns the merges of byte-pair encoding from words and how often they occur. */
final class BpeMerges {
  private final List<Word> words = new ArrayList<>();
  private final Map<Long, Pair> pairs = new HashMap<>();

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
    final Set<Word> words = new HashSet<>();
    long count;

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
    Set<Pair> changed = new HashSet<>();
    for (Word word : words) {
      count(word, 1, changed);
    }
    changed.forEach(this::offer);
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
      changed.clear();
      for (Word word : List.copyOf(pair.words)) {
        count(word, -1, changed);
        word.length = join(word.ids, word.length, pair.left, pair.right, id);
        count(word, 1, changed);
      }
      changed.forEach(this::offer);
    }
    return merges;
  }

  private void count(Word word, int sign, Set<Pair> changed) {
    for (int i = 0; i + 1 < word.length; i++) {
      int left = word.ids[i];
      int right = word.ids[i + 1];
      Pair pair =
          pairs.computeIfAbsent(BpeTokenizer.pair(left, right), key -> new Pair(left, right));
      pair.count += sign * word.count;
      if (sign > 0) {
        pair.words.add(word);
      } else {
        pair.words.remove(word);
      }
      changed.add(pair);
    }
  }

  private void offer(Pair pair) {
    queue.add(new Candidate(pair.count, pair.left, pair.right));
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
