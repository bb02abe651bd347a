package org.normfree.plots.figure;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.normfree.core.record.Metric;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Group;
import org.normfree.plots.archive.Run;
import org.normfree.plots.stats.Interval;

/** The sentences that captions share: how many runs, which seeds, what was left out. */
final class Captions {
  static final String BAND =
      "Lines are means over seeds, bands their 95 % confidence intervals (t).";
  static final String FEW =
      "Fewer than three seeds, so there are no confidence bands; thin lines are single seeds.";
  static final String SINGLE = "One seed, so there are no confidence bands.";

  private Captions() {}

  /** {@code "(a) "}, {@code "(b) "} and so on. */
  static String letter(int index) {
    String letter = String.valueOf((char) ('a' + index % 26));
    return "(%s) ".formatted(index < 26 ? letter : letter + (index / 26));
  }

  /** Says what bands are, as far as a figure has any. */
  static String bands(Collection<? extends Collection<Run>> groups) {
    long most = groups.stream().mapToLong(Captions::done).max().orElse(0);
    return most >= Interval.LEAST ? BAND : most > 1 ? FEW : SINGLE;
  }

  private static long done(Collection<Run> runs) {
    return runs.stream().filter(Run::done).count();
  }

  /** Says what dots and whiskers of a metric are, as far as its rows have any. */
  static String whiskers(Metric metric, List<SummaryRow> rows) {
    boolean seeds = rows.stream().anyMatch(row -> !row.values().isEmpty());
    boolean whiskers =
        rows.stream().anyMatch(row -> Interval.of(row).filter(Interval::known).isPresent());
    String scale =
        switch (metric.scale()) {
          case LINEAR -> "";
          case LOG -> " taken on logarithms";
          case LOGIT -> " taken on logits";
          case FISHER -> " taken on Fisher's z";
        };
    return (seeds ? " Small dots are single seeds." : "")
        + (whiskers
            ? " Whiskers are 95 %% confidence intervals of the mean%s.".formatted(scale)
            : " There are fewer than three runs of each, so there are no intervals.");
  }

  /** For example {@code "n = 3 runs each (seeds 1, 2, 3)."}. */
  static String runs(Collection<? extends Collection<Run>> groups) {
    return count(
        groups.stream().map(runs -> (int) done(runs)).toList(),
        groups.stream().flatMap(Collection::stream).map(run -> run.trial().seed()).toList());
  }

  /** The same from the rows of a summary. */
  static String rows(List<SummaryRow> rows) {
    return count(
        rows.stream().map(SummaryRow::n).toList(),
        rows.stream().flatMap(row -> row.seeds().stream()).toList());
  }

  private static String count(List<Integer> counts, List<Long> seeds) {
    int low = counts.stream().mapToInt(n -> n).min().orElse(0);
    int high = counts.stream().mapToInt(n -> n).max().orElse(0);
    List<String> names = new TreeSet<>(seeds).stream().map(String::valueOf).toList();
    return "n = %s %s%s (seed%s %s)."
        .formatted(
            low == high ? high : low + "–" + high,
            high == 1 ? "run" : "runs",
            counts.size() > 1 ? " each" : "",
            names.size() == 1 ? "" : "s",
            String.join(", ", names));
  }

  /** Says how many runs of which rows diverged or failed; empty if none. */
  static String diverged(List<SummaryRow> rows, Map<Group, String> labels) {
    String out =
        rows.stream()
            .filter(row -> row.diverged() > 0)
            .map(
                row ->
                    "“%s” %s of %s"
                        .formatted(
                            labels.get(new Group(row.method(), row.setting())),
                            row.diverged(),
                            Math.max(row.seeds().size(), row.diverged())))
            .collect(Collectors.joining(", "));
    return out.isEmpty() ? "" : " Diverged or failed: " + out + ".";
  }

  /** Says which runs the means leave out; empty if none. */
  static String leftOut(Collection<Run> runs, Map<Group, String> labels) {
    Map<String, String> out =
        runs.stream()
            .filter(run -> !run.done())
            .collect(
                Collectors.groupingBy(
                    run -> labels.get(run.group()) + " " + run.ending(),
                    TreeMap::new,
                    Collectors.mapping(
                        run -> String.valueOf(run.trial().seed()), Collectors.joining(", "))));
    return out.isEmpty()
        ? ""
        : " Not in the means: "
            + out.entrySet().stream()
                .map(entry -> entry.getKey() + seeds(entry.getValue()))
                .collect(Collectors.joining("; "))
            + ".";
  }

  private static String seeds(String list) {
    return (list.contains(",") ? " (seeds " : " (seed ") + list + ")";
  }
}
