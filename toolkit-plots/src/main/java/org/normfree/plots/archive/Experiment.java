package org.normfree.plots.archive;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;

/**
 * One recorded experiment.
 *
 * @param id a name that no other experiment of the archive has, fit for a file name
 * @param folder its directory
 * @param summary its summary
 * @param config its resolved configuration; empty if none was recorded
 * @param provenance what ran where; empty if it was not recorded
 * @param runs its runs, by the names of their directories
 */
public record Experiment(
    String id,
    Path folder,
    Summary summary,
    Map<String, Object> config,
    Map<String, Object> provenance,
    List<Run> runs) {

  /**
   * @return the experiment's name, for example {@code dyt-squash}
   */
  public String name() {
    return summary.experiment();
  }

  /**
   * @return whether it is a summary of other studies, which nobody ran
   */
  public boolean isDerived() {
    return runs.isEmpty() && provenance.isEmpty() && config.isEmpty();
  }

  /**
   * @return the runs whose numbers are reported
   */
  public List<Run> finalRuns() {
    return runs.stream().filter(Run::isFinal).toList();
  }

  /**
   * The reported runs by method and setting, in the order of the summary; what the summary does not
   * name comes last.
   *
   * @return the runs of each group
   */
  public Map<Group, List<Run>> groups() {
    Map<Group, List<Run>> found =
        finalRuns().stream()
            .collect(Collectors.groupingBy(Run::group, LinkedHashMap::new, Collectors.toList()));
    Map<Group, List<Run>> ordered = new LinkedHashMap<>();
    for (SummaryRow row : summary.rows()) {
      Group group = new Group(row.method(), row.setting());
      if (found.containsKey(group)) {
        ordered.putIfAbsent(group, found.get(group));
      }
    }
    found.forEach(ordered::putIfAbsent);
    return ordered;
  }

  /**
   * @param metric a metric's name
   * @return the summary's rows for that metric, in its order
   */
  public List<SummaryRow> rows(String metric) {
    return summary.rows().stream().filter(row -> row.metric().equals(metric)).toList();
  }

  /**
   * @param some some of its runs
   * @return the experiment with these runs only
   */
  public Experiment withRuns(List<Run> some) {
    return new Experiment(id, folder, summary, config, provenance, List.copyOf(some));
  }

  /**
   * @param methods registry names
   * @return the experiment with rows and runs of these methods only, in their order
   */
  public Experiment withMethods(List<String> methods) {
    List<SummaryRow> rows =
        summary.rows().stream()
            .filter(row -> methods.contains(row.method()))
            .sorted(Comparator.comparingInt(row -> methods.indexOf(row.method())))
            .toList();
    List<Run> some =
        runs.stream()
            .filter(run -> methods.contains(run.trial().method()))
            .sorted(Comparator.comparingInt(run -> methods.indexOf(run.trial().method())))
            .toList();
    return new Experiment(id, folder, with(summary.baseline(), rows), config, provenance, some);
  }

  /**
   * @param method a registry name
   * @return the experiment with that method as its baseline; differences were recorded to another
   *     one and are left out
   */
  public Experiment comparedWith(String method) {
    List<SummaryRow> rows =
        summary.rows().stream()
            .map(
                row ->
                    new SummaryRow(
                        row.method(),
                        row.setting(),
                        row.metric(),
                        row.mean(),
                        row.ci95(),
                        row.n(),
                        row.seeds(),
                        row.values(),
                        row.diverged(),
                        row.trained(),
                        null,
                        row.published(),
                        row.source(),
                        row.edge()))
            .toList();
    return new Experiment(id, folder, with(Baseline.of(method), rows), config, provenance, runs);
  }

  private Summary with(Baseline baseline, List<SummaryRow> rows) {
    return new Summary(
        summary.experiment(),
        summary.question(),
        summary.preset(),
        summary.smokeTest(),
        summary.metrics(),
        baseline,
        summary.axes(),
        summary.figures(),
        summary.claims(),
        rows);
  }
}
