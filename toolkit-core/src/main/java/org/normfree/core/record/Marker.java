package org.normfree.core.record;

/** How a run ended: the name of the empty-or-one-line file that says so in its directory. */
public enum Marker {
  /** The run reached its last step. */
  DONE,
  /** The run stopped on an error; the file holds the message. */
  FAILED,
  /** The loss became non-finite: a result, recorded as such; the file names the step. */
  DIVERGED
}
