package org.normfree.plots.figure;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Group;
import org.normfree.plots.archive.Run;

/** The sentences that captions share: how many runs, which seeds, what was left out. */
final class Captions {
  static final String BAND = "Lines are means over seeds, bands 95 % confidence intervals (t).";
  static final String SINGLE = "One seed, so there are no confidence bands.";

  private Captions() {}

  /** For example {@code "n = 3 runs each (seeds 1, 2, 3)."}. */
  static String runs(Collection<? extends Collection<Run>> groups) {
    return count(
        groups.stream().map(runs -> (int) runs.stream().filter(Run::done).count()).toList(),
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
