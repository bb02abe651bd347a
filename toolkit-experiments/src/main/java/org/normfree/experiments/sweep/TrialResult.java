package org.normfree.experiments.sweep;

import org.normfree.core.record.Marker;
import org.normfree.core.record.Trial;
import org.normfree.experiments.run.Outcome;

/**
 * How one run of a sweep ended.
 *
 * @param id the name of its directory
 * @param trial what it stands for
 * @param outcome its end and numbers
 */
public record TrialResult(String id, Trial trial, Outcome outcome) {
  /** Whether the run reached its last step. */
  public boolean done() {
    return outcome.marker() == Marker.DONE;
  }

  /** One line about a run that did not: its id, what happened and why. */
  public String note() {
    return "%s %s: %s"
        .formatted(
            id, outcome.marker() == Marker.DIVERGED ? "diverged" : "failed", outcome.message());
  }
}
