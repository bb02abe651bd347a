package org.normfree.experiments;

import java.util.List;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Summary;
import org.normfree.experiments.sweep.TrialResult;

/**
 * What an experiment came to.
 *
 * @param summary the table of it
 * @param outcome DONE; DIVERGED for a single run that did; FAILED if a part of it failed and is to
 *     be tried again by the next call
 * @param notes a line on each part that diverged or failed
 */
public record Result(Summary summary, Marker outcome, List<String> notes) {
  /** Copies the notes. */
  public Result {
    notes = List.copyOf(notes);
  }

  /**
   * @param summary the table of an experiment that ran to its end
   * @return the result without notes
   */
  public static Result done(Summary summary) {
    return new Result(summary, Marker.DONE, List.of());
  }

  /**
   * @param summary the table of a sweep
   * @param runs its runs
   * @return the result: to be tried again if a run failed, done otherwise, diverged runs included
   */
  public static Result of(Summary summary, List<TrialResult> runs) {
    boolean failed = runs.stream().anyMatch(run -> run.outcome().marker() == Marker.FAILED);
    return new Result(
        summary,
        failed ? Marker.FAILED : Marker.DONE,
        runs.stream().filter(run -> !run.done()).map(TrialResult::note).toList());
  }
}
