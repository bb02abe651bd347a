package org.normfree.experiments.run;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What one of a run's values is: a metric, and where in the run it was taken, as in {@code
 * update_size[depth=12,optimizer=sgd]}.
 *
 * @param metric the metric's name
 * @param place axes and values; empty for a value of the whole run
 */
public record Quantity(String metric, Map<String, String> place) {
  /** Sorts the place, so that one quantity has one text. */
  public Quantity {
    place = Collections.unmodifiableMap(new TreeMap<>(place));
  }

  /**
   * @param text what {@link #toString} wrote
   * @return the quantity
   */
  public static Quantity parse(String text) {
    int open = text.indexOf('[');
    if (open < 0 || !text.endsWith("]")) {
      return new Quantity(text, Map.of());
    }
    Map<String, String> place = new TreeMap<>();
    for (String part : text.substring(open + 1, text.length() - 1).split(",", -1)) {
      int equals = part.indexOf('=');
      place.put(part.substring(0, equals), part.substring(equals + 1));
    }
    return new Quantity(text.substring(0, open), place);
  }

  /**
   * @param metric the metric's name
   * @param axis where it was taken
   * @param value at which value of the axis; without commas and brackets
   * @return the name of such a value among those of a run
   */
  public static String at(String metric, String axis, Object value) {
    return new Quantity(metric, Map.of(axis, String.valueOf(value))).toString();
  }

  @Override
  public String toString() {
    return place.isEmpty()
        ? metric
        : place.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(",", metric + "[", "]"));
  }
}
