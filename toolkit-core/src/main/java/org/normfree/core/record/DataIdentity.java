package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which data a run saw: not the files but what was read from them, so that the same images in other
 * files are the same and one changed pixel is not.
 *
 * @param source the settings that name the data, as {@code key=value} with spaces between
 * @param parts by their names: {@code train}, {@code validation}, {@code test} and what else shapes
 *     what the network sees
 */
public record DataIdentity(String source, SortedMap<String, Part> parts) {
  private static final int SHOWN = 60;
  private static final int DIGITS = 12;

  /**
   * A part of the data.
   *
   * @param count how many items it has
   * @param items what they are, for example {@code images of 8×8×1}
   * @param sha256 of all of its content, in hexadecimal digits
   */
  @JsonPropertyOrder({"count", "items", "sha256"})
  public record Part(long count, String items, String sha256) {}

  /** Copies the parts. */
  public DataIdentity {
    parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
  }

  /**
   * @param recorded the parts that another process saw
   * @return a few words on each part that is not the same; empty if all are
   */
  public List<String> differencesFrom(SortedMap<String, Part> recorded) {
    SortedMap<String, Part> all = new TreeMap<>(recorded);
    all.putAll(parts);
    List<String> differences = new ArrayList<>();
    for (String name : all.keySet()) {
      Part here = parts.get(name);
      Part there = recorded.get(name);
      if (here == null || there == null) {
        differences.add(
            here == null
                ? "%s is missing, there was %s".formatted(name, size(there))
                : "%s is %s, there was none".formatted(name, size(here)));
      } else if (!size(here).equals(size(there))) {
        differences.add("%s is %s, it was %s".formatted(name, size(here), size(there)));
      } else if (!here.equals(there)) {
        differences.add(
            "%s is %s of other content (SHA-256 %s…, it was %s…)"
                .formatted(name, size(here), digits(here), digits(there)));
      }
    }
    return differences;
  }

  private static String size(Part part) {
    String items = part.items();
    return part.count()
        + " "
        + (items.length() > SHOWN
            ? items.substring(0, items.offsetByCodePoints(0, SHOWN / 2)) + "…"
            : items);
  }

  private static String digits(Part part) {
    return part.sha256().substring(0, Math.min(DIGITS, part.sha256().length()));
  }
}
