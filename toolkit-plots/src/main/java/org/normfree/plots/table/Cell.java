package org.normfree.plots.table;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** What stands in one place of a table. */
sealed interface Cell {
  /** Where there is nothing to say. */
  Cell NOTHING = new Words("–");

  /**
   * A cell without a number.
   *
   * @param text a few words
   */
  record Words(String text) implements Cell {}

  /**
   * A cell with a number.
   *
   * @param value the number
   * @param interval its interval, if it has one
   * @param remark a few words after it; empty if there is nothing to say
   * @param strong whether it is the best of its column beyond the noise
   */
  record Measured(Decimal value, Optional<Interval> interval, String remark, boolean strong)
      implements Cell {
    /** What follows the number: interval and remark. */
    String after() {
      return interval.map(Interval::shown).orElse("")
          + (interval.isPresent() && !remark.isEmpty() ? " " : "")
          + remark;
    }
  }

  /**
   * The two ends of an interval.
   *
   * @param low the lower one
   * @param high the upper one
   */
  record Interval(Decimal low, Decimal high) {
    /** For example {@code [97.1, 98.4]}. */
    String shown() {
      return "[%s, %s]".formatted(low.shown(), high.shown());
    }
  }

  /** A number and its interval, rounded alike. */
  static Cell.Measured measured(
      double value, List<Double> ends, boolean scientific, String remark, boolean strong) {
    Rounding rounding = Rounding.of(value, ends, scientific);
    return new Measured(
        rounding.apply(value),
        Rounding.known(ends)
            ? Optional.of(new Interval(rounding.apply(ends.get(0)), rounding.apply(ends.get(1))))
            : Optional.empty(),
        remark,
        strong);
  }

  /** A whole number. */
  static Cell count(int number) {
    return new Measured(
        new Decimal(BigDecimal.valueOf(number), false), Optional.empty(), "", false);
  }
}
