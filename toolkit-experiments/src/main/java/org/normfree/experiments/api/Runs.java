package org.normfree.experiments.api;

import java.util.List;
import java.util.Set;
import org.normfree.core.record.Marker;
import org.normfree.experiments.sweep.TrialResult;

/**
 * What a study's runs came to.
 *
 * @param results how each ended, in the order in which they are told
 * @param outcome DONE; DIVERGED for a single run that did; FAILED if one failed and is to be tried
 *     again by the next call
 * @param notes a line on each that diverged or failed
 * @param edges runs whose setting was found at the border of what a search may try
 */
public record Runs(
    List<TrialResult> results, Marker outcome, List<String> notes, Set<Where> edges) {
  /** Copies the lists. */
  public Runs {
    results = List.copyOf(results);
    notes = List.copyOf(notes);
    edges = Set.copyOf(edges);
  }

  /**
   * @param results the runs of a sweep
   * @return to be tried again if a run failed, done otherwise, diverged runs included
   */
  public static Runs of(List<TrialResult> results) {
    boolean failed = results.stream().anyMatch(run -> run.outcome().marker() == Marker.FAILED);
    List<String> notes =
        results.stream().filter(run -> !run.done()).map(TrialResult::note).toList();
    return new Runs(results, failed ? Marker.FAILED : Marker.DONE, notes, Set.of());
  }

  /**
   * @param result an experiment that is one run
   * @return what it came to, which is how that run ended
   */
  public static Runs single(TrialResult result) {
    List<String> notes = result.done() ? List.of() : List.of(result.outcome().message());
    return new Runs(List.of(result), result.outcome().marker(), notes, Set.of());
  }

  /**
   * @param found runs whose setting was found at the border of what a search may try
   * @return the same with them marked
   */
  public Runs atEdge(Set<Where> found) {
    return new Runs(results, outcome, notes, found);
  }

  /**
   * @param row a row's method and setting
   * @return whether its runs' setting was found at the border of what a search may try
   */
  public boolean atEdge(Where row) {
    return edges.stream()
        .anyMatch(
            edge ->
                edge.method().equals(row.method())
                    && row.setting().entrySet().containsAll(edge.setting().entrySet()));
  }
}
