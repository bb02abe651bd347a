package org.normfree.plots.report;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.normfree.core.record.ClaimResult;
import org.normfree.core.record.Verdict;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.table.ClaimWords;
import org.normfree.plots.table.HtmlText;

/** The claims of experiments and what the runs say about them, as tables of the report. */
final class Verdicts {
  private static final List<String> COLUMNS =
      List.of(
          "study",
          "verdict",
          "claim",
          "criterion",
          "estimate [95 % interval]",
          "n",
          "needed",
          "source");

  private Verdicts() {}

  /** How often each verdict was found, and how many claims come from smoke tests. */
  static String count(List<Experiment> experiments) {
    Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    int claims = 0;
    int smoke = 0;
    for (Experiment experiment : experiments) {
      for (ClaimResult claim : experiment.summary().claims()) {
        claims++;
        smoke += experiment.summary().smokeTest() == null ? 0 : 1;
        if (claim.verdict() != null) {
          counts.merge(claim.verdict(), 1, Integer::sum);
        }
      }
    }
    if (claims == 0) {
      return "<p>No claim was stated for these studies.</p>\n";
    }
    StringBuilder out = new StringBuilder("<p class=\"counts\">");
    out.append(claims).append(claims == 1 ? " claim: " : " claims: ");
    out.append(
        counts.entrySet().stream()
            .map(entry -> entry.getValue() + " " + badge(entry.getKey()))
            .collect(Collectors.joining(", ")));
    out.append(smoke == 0 ? "" : "; %s of them from smoke tests".formatted(smoke));
    return out.append(".</p>\n").toString();
  }

  /**
   * @param experiments experiments
   * @param studies whether the rows name their study
   * @return a table of all claims; empty if there are none
   */
  static String table(List<Experiment> experiments, boolean studies) {
    StringBuilder rows = new StringBuilder();
    for (Experiment experiment : experiments) {
      experiment.summary().claims().forEach(claim -> row(rows, experiment, claim, studies));
    }
    if (rows.length() == 0) {
      return "";
    }
    StringBuilder out =
        new StringBuilder("<div class=\"wide\">\n<table class=\"claims sortable\">\n<thead>\n<tr>");
    COLUMNS.stream()
        .skip(studies ? 0 : 1)
        .forEach(column -> out.append("<th scope=\"col\">").append(column).append("</th>"));
    return out.append("</tr>\n</thead>\n<tbody>\n")
        .append(rows)
        .append("</tbody>\n</table>\n</div>\n")
        .toString();
  }

  private static void row(
      StringBuilder out, Experiment experiment, ClaimResult claim, boolean studies) {
    out.append("<tr>");
    if (studies) {
      String id = HtmlText.of(experiment.id());
      cell(
          out,
          "study",
          "<a href=\"#study-%s\">%s</a>".formatted(id, id)
              + (experiment.summary().smokeTest() == null
                  ? ""
                  : " <span class=\"smoke\">smoke test</span>"));
    }
    cell(
        out,
        "verdict",
        claim.verdict() == null ? HtmlText.of(ClaimWords.verdict(claim)) : badge(claim.verdict()));
    cell(out, "claim", text(claim.text()));
    cell(out, "criterion", text(claim.criterion()));
    cell(out, "estimate", text(ClaimWords.estimate(claim)));
    cell(out, "n", Integer.toString(claim.n()));
    cell(out, "needed", text(ClaimWords.needed(claim)));
    cell(out, "source", text(claim.source()));
    out.append("</tr>\n");
  }

  /** The label is what a narrow screen shows in place of the heading. */
  private static void cell(StringBuilder out, String label, String content) {
    out.append(
            "<td data-label=\"%s\"%s>"
                .formatted(label, content.isEmpty() ? " class=\"empty\"" : ""))
        .append(content)
        .append("</td>");
  }

  private static String text(String text) {
    return text == null ? "" : HtmlText.of(text);
  }

  /** A verdict that colour, sign and word all say. */
  private static String badge(Verdict verdict) {
    return switch (verdict) {
      case CONFIRMED -> "<span class=\"verdict confirmed\">✓ confirmed</span>";
      case CONTRADICTED -> "<span class=\"verdict contradicted\">✗ contradicted</span>";
      case INCONCLUSIVE -> "<span class=\"verdict inconclusive\">? inconclusive</span>";
    };
  }
}
