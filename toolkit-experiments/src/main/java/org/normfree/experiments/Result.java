package org.normfree.experiments;

import java.util.List;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Summary;
import org.normfree.experiments.run.Outcome;
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

  /**
   * @param summary the table of an experiment that is one run
   * @param outcome how that run ended
   * @return the result, which ended as the run did
   */
  public static Result single(Summary summary, Outcome outcome) {
    return new Result(
        summary,
        outcome.marker(),
        outcome.marker() == Marker.DONE ? List.of() : List.of(outcome.message()));
  }
}
