package org.normfree.plots.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.normfree.core.record.ClaimResult;

/** What runs say about a claim, in words. */
public final class ClaimWords {
  private ClaimWords() {}

  /**
   * @param claim a claim
   * @return its estimate with its interval, for example {@code 1.73 [1.15, 2.30]}; a dash if the
   *     runs do not say
   */
  public static String estimate(ClaimResult claim) {
    if (!Rounding.isNumber(claim.estimate())) {
      return "–";
    }
    Cell.Measured cell = measured(claim);
    return cell.value().shown() + (cell.after().isEmpty() ? "" : " " + cell.after());
  }

  /** The estimate and its interval, rounded alike. */
  static Cell.Measured measured(ClaimResult claim) {
    return Cell.measured(
        claim.estimate(),
        claim.interval(),
        Rounding.needsPowerOfTen(claim.estimate(), claim.interval()),
        "",
        false);
  }

  /**
   * @param claim a claim
   * @return its verdict in small letters
   */
  public static String verdict(ClaimResult claim) {
    return claim.verdict() == null ? "not judged" : claim.verdict().name().toLowerCase(Locale.ROOT);
  }

  /**
   * @param claim a claim
   * @return what would decide it; empty if it is decided
   */
  public static String needed(ClaimResult claim) {
    if (claim.needed() == null) {
      return "";
    }
    if (claim.needed().why() != null) {
      return claim.needed().why();
    }
    List<String> words = new ArrayList<>();
    if (claim.needed().n() != null) {
      words.add("n = %s at this spread".formatted(claim.needed().n()));
    }
    if (Rounding.isNumber(claim.needed().detectable())) {
      words.add(
          "n = %s can tell %s from the border"
              .formatted(claim.n(), twoDigits(claim.needed().detectable()).shown()));
    }
    return words.isEmpty() ? "more runs" : String.join("; ", words);
  }

  /** A number above 0 to two digits: a distance, a p. */
  static Decimal twoDigits(double number) {
    return Rounding.of(number, List.of(-number, number), Rounding.needsPowerOfTen(number, null))
        .apply(number);
  }
}
