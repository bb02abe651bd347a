package org.normfree.plots.archive;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
}
