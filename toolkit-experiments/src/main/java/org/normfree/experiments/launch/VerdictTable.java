package org.normfree.experiments.launch;

import java.util.Locale;
import java.util.stream.Collectors;
import org.normfree.core.record.ClaimResult;
import org.normfree.core.record.Summary;

/** What a summary says about its claims as plain text, for the end of a run. */
final class VerdictTable {
  private VerdictTable() {}

  /**
   * @param summary an experiment's summary
   * @return two lines a claim, each ended; empty without claims
   */
  static String text(Summary summary) {
    return summary.claims().isEmpty()
        ? ""
        : summary.claims().stream()
            .map(VerdictTable::lines)
            .collect(Collectors.joining("", "\nclaims\n", ""));
  }

  private static String lines(ClaimResult claim) {
    return "  %s  %s (%s)\n%s%s: %s\n"
        .formatted(
            String.format(Locale.ROOT, "%-12s", claim.verdict().name().toLowerCase(Locale.ROOT)),
            claim.text(),
            claim.source(),
            " ".repeat(16),
            claim.criterion(),
            said(claim));
  }

  private static String said(ClaimResult claim) {
    if (claim.estimate() == null) {
      return "no run says";
    }
    String found =
        number(claim.estimate())
            + (claim.interval() == null
                ? ", no interval below 3 runs"
                : " [%s, %s]"
                    .formatted(number(claim.interval().get(0)), number(claim.interval().get(1))));
    return found + ", n = " + claim.n() + needed(claim);
  }

  private static String needed(ClaimResult claim) {
    if (claim.needed() == null) {
      return "";
    }
    if (claim.needed().why() != null) {
      return "; " + claim.needed().why();
    }
    StringBuilder text = new StringBuilder();
    if (claim.needed().n() != null) {
      text.append("; n = ").append(claim.needed().n()).append(" would decide at this spread");
    }
    if (claim.needed().detectable() != null) {
      text.append("; smallest distance from the border that shows: ")
          .append(number(claim.needed().detectable()));
    }
    return text.toString();
  }

  private static String number(double value) {
    double size = Math.abs(value);
    return String.format(
        Locale.ROOT, size >= 100 ? "%.0f" : size >= 1 || size == 0 ? "%.2f" : "%.3g", value);
  }
}
