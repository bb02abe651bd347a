package org.normfree.plots.figure;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** What single seeds gave, in one cell of a table. */
final class Seeds {
  private Seeds() {}

  /**
   * @return the values with spaces between them; a run without one has a hyphen
   */
  static String text(List<?> values) {
    return values.stream()
        .map(value -> Objects.toString(value, "-"))
        .collect(Collectors.joining(" "));
  }
}
