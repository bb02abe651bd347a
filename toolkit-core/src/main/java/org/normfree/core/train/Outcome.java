package org.normfree.core.train;

/**
 * How a training run ended. A diverged run is a result like any other.
 *
 * @param status whether it reached its last step
 * @param step optimizer steps done
 * @param loss training loss of the last step; not finite, or of a step without a finite gradient,
 *     where the run diverged; NaN where no step was left to do
 */
public record Outcome(Status status, long step, double loss) {
  /** How a run ended. */
  public enum Status {
    /** All steps were done. */
    COMPLETED,
    /** Loss or gradient became infinite or NaN. */
    DIVERGED
  }
}
