package org.normfree.plots.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Group;
import org.normfree.plots.archive.Run;
import org.normfree.plots.figure.Names;
import org.normfree.plots.stats.Comparison;
import org.normfree.plots.stats.Comparison.Verdict;

/** What the recorded numbers say in plain sentences, computed and never written by hand. */
final class Findings {
  private Findings() {}

  /**
   * A sentence a metric on where our ordering disagrees with the published one, where it agrees,
   * and where the runs do not decide.
   */
  static List<String> againstPublished(Experiment experiment) {
    List<String> sentences = new ArrayList<>();
    for (String metric :
        experiment.summary().rows().stream().map(SummaryRow::metric).distinct().toList()) {
      Comparison.of(experiment.rows(metric))
          .ifPresent(comparison -> sentences.add(sentence(experiment.rows(metric), comparison)));
    }
    return sentences;
  }

  private static String sentence(List<SummaryRow> rows, Comparison comparison) {
    Map<Group, String> labels = Names.labels(rows.stream().map(Findings::group).toList());
    Map<Verdict, List<String>> byVerdict = new TreeMap<>();
    for (Comparison.Entry entry : comparison.entries()) {
      byVerdict
          .computeIfAbsent(entry.verdict(), v -> new ArrayList<>())
          .add(labels.get(group(entry.row())));
    }
    String baseline = labels.get(group(comparison.baseline()));
    String disagrees = names(byVerdict, Verdict.DISAGREES);
    return "Order to %s on %s: ".formatted(baseline, Names.metric(comparison.metric()))
        + (disagrees.isEmpty()
            ? "ours disagrees with the published order nowhere"
            : "ours disagrees with the published order for " + disagrees)
        + clause(byVerdict, Verdict.AGREES, "it agrees for ")
        + clause(
            byVerdict,
            Verdict.INCONCLUSIVE,
            "inconclusive at this n (the 95 % interval of the difference includes 0): ")
        + clause(byVerdict, Verdict.DIVERGED, "diverged in every run, so without a number: ")
        + ".";
  }

  private static Group group(SummaryRow row) {
    return new Group(row.method(), row.setting());
  }

  private static String clause(
      Map<Verdict, List<String>> byVerdict, Verdict verdict, String words) {
    String names = names(byVerdict, verdict);
    return names.isEmpty() ? "" : "; " + words + names;
  }

  private static String names(Map<Verdict, List<String>> byVerdict, Verdict verdict) {
    return byVerdict.getOrDefault(verdict, List.of()).stream()
        .map(name -> name.contains(",") ? "“" + name + "”" : name)
        .collect(Collectors.joining(", "));
  }

  /** A line a run that did not reach its end, search runs too. */
  static List<String> notDone(Experiment experiment) {
    List<String> lines = new ArrayList<>();
    for (Run run : experiment.runs()) {
      if (!run.done()) {
        lines.add(
            "%s (%s, seed %s%s): %s%s"
                .formatted(
                    run.id(),
                    Names.method(run.trial().method()),
                    run.trial().seed(),
                    run.isFinal() ? "" : ", search",
                    run.ending(),
                    run.note().isEmpty() ? "" : ", " + run.note().lines().findFirst().orElse("")));
      }
    }
    return lines;
  }
}
