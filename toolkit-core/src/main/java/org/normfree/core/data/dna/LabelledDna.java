package org.normfree.core.data.dna;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.normfree.core.InputException;
import org.normfree.core.data.Streams;

/**
 * Sequences of tokens and what each is.
 *
 * @param sequences tokens, see {@link Nucleotides}; none is empty
 * @param labels the class of each
 * @param classNames names of the classes
 */
public record LabelledDna(List<byte[]> sequences, int[] labels, List<String> classNames) {
  private static final double TEST = 0.2;
  private static final double VALIDATION = 0.1;
  private static final long SEED = 2024;

  /** Copies the lists. */
  public LabelledDna {
    sequences = List.copyOf(sequences);
    classNames = List.copyOf(classNames);
    if (sequences.size() != labels.length) {
      throw new IllegalArgumentException(
          "%s sequences and %s labels".formatted(sequences.size(), labels.length));
    }
  }

  /**
   * Parts of a set.
   *
   * @param train to learn from
   * @param validation to choose by
   * @param test to report on
   */
  public record Splits(LabelledDna train, LabelledDna validation, LabelledDna test) {}

  /** How many sequences there are. */
  public int count() {
    return labels.length;
  }

  /** How many classes there are. */
  public int classes() {
    return classNames.size();
  }

  /** The longest sequence's bases. */
  public int longest() {
    return sequences.stream().mapToInt(sequence -> sequence.length).max().orElse(0);
  }

  /** Divides it at random, class by class, the same way for all time: 72, 8 and 20 %. */
  public Splits split() {
    LabelledDna[] parts = apart(TEST, 0);
    return parts[0].splitWith(parts[1]);
  }

  /** A tenth for validation; the test sequences are given. */
  public Splits splitWith(LabelledDna test) {
    LabelledDna[] parts = apart(VALIDATION, 1);
    return new Splits(parts[0], parts[1], test);
  }

  /** The rest, and a share of each class, rounded up so that it has some of each. */
  private LabelledDna[] apart(double share, int purpose) {
    List<Integer> kept = new ArrayList<>();
    List<Integer> held = new ArrayList<>();
    for (int label = 0; label < classes(); label++) {
      int[] members = members(label);
      if (members.length < 2) {
        throw new InputException(
            "class %s has %s sequences, of which none can be spared; give at least 5 of each class"
                .formatted(classNames.get(label), members.length));
      }
      SplittableRandom random = Streams.HOLDOUT.of(SEED + purpose, label);
      int[] order = Streams.permutation(members.length, random);
      int count = (int) Math.ceil(share * members.length);
      for (int i = 0; i < order.length; i++) {
        (i < count ? held : kept).add(members[order[i]]);
      }
    }
    return new LabelledDna[] {select(kept), select(held)};
  }

  private int[] members(int label) {
    return IntStream.range(0, count()).filter(i -> labels[i] == label).toArray();
  }

  private LabelledDna select(List<Integer> which) {
    int[] order = which.stream().mapToInt(Integer::intValue).sorted().toArray();
    return new LabelledDna(
        Arrays.stream(order).mapToObj(sequences::get).toList(),
        Arrays.stream(order).map(i -> labels[i]).toArray(),
        classNames);
  }

  /**
   * Refuses a set that one cannot learn to tell apart, or with a sequence that is too long.
   *
   * @param most bases that a sequence may have
   * @param source where it comes from
   * @return this set
   */
  public LabelledDna checked(int most, Object source) {
    Set<Integer> seen = new LinkedHashSet<>();
    Arrays.stream(labels).forEach(seen::add);
    if (seen.size() < 2) {
      throw new InputException(
          "%s has sequences of %s class, expected at least 2 to tell apart"
              .formatted(source, seen.size()));
    }
    if (longest() > most) {
      throw new InputException(
          "%s has a sequence of %s bases, but the model takes at most %s; raise labels.length or shorten it"
              .formatted(source, longest(), most));
    }
    return this;
  }
}
