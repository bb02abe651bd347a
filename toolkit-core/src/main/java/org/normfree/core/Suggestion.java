package org.normfree.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** What an error message says after an unknown name: the nearest known one, or all of them. */
public final class Suggestion {
  private Suggestion() {}

  /**
   * The nearest name counts as meant if at most two fifths of the longer name's letters differ
   * (Levenshtein distance, ignoring case), or it starts with what was given.
   *
   * @param given the unknown name
   * @param known the known names, in the order to list them
   * @return {@code did you mean 'cifar10'?} or {@code choose one of digits, cifar10, …}
   */
  public static String forName(String given, Collection<String> known) {
    String wanted = given.toLowerCase(Locale.ROOT);
    return known.stream()
        .filter(name -> isNear(wanted, name.toLowerCase(Locale.ROOT)))
        .min(Comparator.comparingInt(name -> distance(wanted, name)))
        .map("did you mean '%s'?"::formatted)
        .orElseGet(() -> "choose one of " + String.join(", ", List.copyOf(known)));
  }

  private static boolean isNear(String wanted, String name) {
    boolean begun = wanted.length() >= 2 && name.startsWith(wanted);
    return begun || 5 * distance(wanted, name) <= 2 * Math.max(wanted.length(), name.length());
  }

  private static int distance(String wanted, String name) {
    return LevenshteinDistance.getDefaultInstance().apply(wanted, name.toLowerCase(Locale.ROOT));
  }
}
