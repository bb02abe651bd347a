package org.normfree.experiments.api;

import java.util.List;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Summary;

/**
 * What an experiment came to.
 *
 * @param summary its table and verdicts
 * @param outcome DONE; DIVERGED for a single run that did; FAILED if a part of it failed and is to
 *     be tried again by the next call
 * @param notes a line on each part that diverged or failed
 */
public record Result(Summary summary, Marker outcome, List<String> notes) {
  /** Copies the notes. */
  public Result {
    notes = List.copyOf(notes);
  }
}
