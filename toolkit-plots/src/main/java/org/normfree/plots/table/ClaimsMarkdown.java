package org.normfree.plots.table;

import java.util.List;
import java.util.stream.Collectors;
import org.normfree.core.record.ClaimResult;
import org.normfree.plots.archive.Experiment;

/** The claims of all experiments as one Markdown table: the file {@code claims.md}. */
public final class ClaimsMarkdown {
  private ClaimsMarkdown() {}

  /**
   * @param experiments recorded experiments
   * @return the table, or a sentence if no experiment states a claim
   */
  public static String of(List<Experiment> experiments) {
    String rows =
        experiments.stream()
            .flatMap(e -> e.summary().claims().stream().map(claim -> row(e, claim)))
            .collect(Collectors.joining());
    return rows.isEmpty()
        ? "No recorded experiment states a claim.\n"
        : """
          | experiment | claim | source | criterion | estimate [95 % interval] | n | verdict | needed |
          | --- | --- | --- | --- | --- | ---: | --- | --- |
          """
            + rows;
  }

  private static String row(Experiment experiment, ClaimResult claim) {
    String smoke = experiment.summary().smokeTest() == null ? "" : " (smoke test)";
    return List.of(
            experiment.id(),
            claim.text(),
            claim.source(),
            claim.criterion(),
            ClaimWords.estimate(claim),
            Integer.toString(claim.n()),
            ClaimWords.verdict(claim) + smoke,
            ClaimWords.needed(claim))
        .stream()
        .map(cell -> MarkdownTable.text(cell == null ? "" : cell))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
