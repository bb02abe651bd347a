package org.normfree.experiments.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds the known name a mistyped one was probably meant to be. */
public final class Nearest {
  private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

  private Nearest() {}

  /**
   * @param word what was typed
   * @param names the known names
   * @return the nearest name, by edit distance without regard to case; empty if even that one is
   *     too far off to be a typing error
   */
  public static Optional<String> to(String word, Collection<String> names) {
    String typed = word.toLowerCase(Locale.ROOT);
    int limit = Math.max(2, word.length() / 3);
    return names.stream()
        .min(Comparator.comparingInt(name -> distance(typed, name)))
        .filter(name -> distance(typed, name) <= limit);
  }

  /**
   * @param word what was typed
   * @param names the known names
   * @return {@code " (did you mean x?)"}, or nothing if no name is near
   */
  public static String suggestion(String word, Collection<String> names) {
    return to(word, names).map(name -> " (did you mean %s?)".formatted(name)).orElse("");
  }

  private static int distance(String typed, String name) {
    return DISTANCE.apply(typed, name.toLowerCase(Locale.ROOT));
  }
}
