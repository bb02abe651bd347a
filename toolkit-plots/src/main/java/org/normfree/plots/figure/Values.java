package org.normfree.plots.figure;

import java.util.Comparator;
import java.util.List;

/** Values of an axis as a setting writes them: as text, also where they are numbers. */
final class Values {
  private Values() {}

  static boolean isNumber(String value) {
    if (value == null) {
      return false;
    }
    try {
      return Double.isFinite(Double.parseDouble(value));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /**
   * @return the values, each once: numbers ascending, others as they come
   */
  static List<String> ordered(List<String> values) {
    List<String> distinct = values.stream().distinct().toList();
    return distinct.stream().allMatch(Values::isNumber)
        ? distinct.stream().sorted(Comparator.comparingDouble(Double::parseDouble)).toList()
        : distinct;
  }
}
