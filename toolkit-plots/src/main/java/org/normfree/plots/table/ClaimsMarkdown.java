package org.normfree.plots.table;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    return table(
        experiments,
        """
        | experiment | claim | source | criterion | estimate [95 % interval] | n | verdict | needed |
        | --- | --- | --- | --- | --- | ---: | --- | --- |
        """,
        (experiment, claim) ->
            row(
                experiment.id(),
                claim.text(),
                claim.source(),
                claim.criterion(),
                ClaimWords.estimate(claim),
                Integer.toString(claim.n()),
                verdict(experiment, claim),
                ClaimWords.needed(claim)));
  }

  /**
   * @param experiments recorded experiments
   * @return the table without sources, criteria and what would decide
   */
  public static String inFewWords(List<Experiment> experiments) {
    return table(
        experiments,
        """
        | experiment | claim | estimate [95 % interval] | n | verdict |
        | --- | --- | --- | ---: | --- |
        """,
        (experiment, claim) ->
            row(
                experiment.id(),
                claim.text(),
                ClaimWords.estimate(claim),
                Integer.toString(claim.n()),
                verdict(experiment, claim)));
  }

  /**
   * @param experiments recorded experiments
   * @return how many claims of each were judged which way
   */
  public static String overview(List<Experiment> experiments) {
    return experiments.stream()
        .map(experiment -> row(experiment.id(), judged(experiment)))
        .collect(Collectors.joining("", "| experiment | claims |\n| --- | --- |\n", ""));
  }

  /** For example {@code 3 confirmed, 1 inconclusive}; in the order of the verdicts' names. */
  private static String judged(Experiment experiment) {
    Map<String, Long> counts =
        experiment.summary().claims().stream()
            .collect(
                Collectors.groupingBy(ClaimWords::verdict, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
            .map(count -> count.getValue() + " " + count.getKey())
            .collect(Collectors.joining(", "))
        + (counts.isEmpty() || experiment.summary().smokeTest() == null ? "" : " (smoke test)");
  }

  private static String table(
      List<Experiment> experiments,
      String heading,
      BiFunction<Experiment, ClaimResult, String> row) {
    String rows =
        experiments.stream()
            .flatMap(e -> e.summary().claims().stream().map(claim -> row.apply(e, claim)))
            .collect(Collectors.joining());
    return rows.isEmpty() ? "No recorded experiment states a claim.\n" : heading + rows;
  }

  private static String verdict(Experiment experiment, ClaimResult claim) {
    return ClaimWords.verdict(claim)
        + (experiment.summary().smokeTest() == null ? "" : " (smoke test)");
  }

  private static String row(String... cells) {
    return Stream.of(cells)
        .map(cell -> MarkdownTable.text(cell == null ? "" : cell))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
