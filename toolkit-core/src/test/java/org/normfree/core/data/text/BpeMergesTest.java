package org.normfree.core.data.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BpeMergesTest {
  private static final int FIRST_ID = 100;

  /** By its definition: all pairs of all words counted anew before each merge. */
  private static List<List<Integer>> byDefinition(List<int[]> words, long[] counts, int most) {
    List<int[]> now = new ArrayList<>(words);
    List<List<Integer>> merges = new ArrayList<>();
    while (merges.size() < most) {
      Map<List<Integer>, Long> pairs = new HashMap<>();
      for (int w = 0; w < now.size(); w++) {
        for (int i = 0; i + 1 < now.get(w).length; i++) {
          pairs.merge(List.of(now.get(w)[i], now.get(w)[i + 1]), counts[w], Long::sum);
        }
      }
      List<Integer> best = null;
      for (List<Integer> pair : pairs.keySet()) {
        if (best == null || isBefore(pair, best, pairs)) {
          best = pair;
        }
      }
      if (best == null || pairs.get(best) < 2) {
        return merges;
      }
      int id = FIRST_ID + merges.size();
      merges.add(best);
      for (int w = 0; w < now.size(); w++) {
        int[] ids = now.get(w).clone();
        int length = BpeMerges.join(ids, ids.length, best.get(0), best.get(1), id);
        now.set(w, Arrays.copyOf(ids, length));
      }
    }
    return merges;
  }

  /** The more frequent, then the smaller left id, then the smaller right id. */
  private static boolean isBefore(
      List<Integer> a, List<Integer> b, Map<List<Integer>, Long> counts) {
    return Comparator.<List<Integer>>comparingLong(pair -> -counts.get(pair))
            .thenComparing(pair -> pair.get(0))
            .thenComparing(pair -> pair.get(1))
            .compare(a, b)
        < 0;
  }

  @Test
  void mergesAreThoseOfTheDefinition() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int letters = 1 + random.nextInt(4);
      int words = 1 + random.nextInt(30);
      List<int[]> ids = new ArrayList<>();
      long[] counts = new long[words];
      BpeMerges merges = new BpeMerges();
      for (int w = 0; w < words; w++) {
        int[] word = random.ints(random.nextInt(18), 0, letters).toArray();
        counts[w] = 1L + random.nextInt(5);
        ids.add(word.clone());
        merges.add(word, counts[w]);
      }
      assertThat(
              merges.learn(40, FIRST_ID).stream().map(pair -> List.of(pair[0], pair[1])).toList())
          .as("seed %s", seed)
          .isEqualTo(byDefinition(ids, counts, 40));
    }
  }
}
