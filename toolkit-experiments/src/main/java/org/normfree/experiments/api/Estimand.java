package org.normfree.experiments.api;

import java.util.Optional;
import org.normfree.experiments.statistics.Estimate;

/** The number a claim is about, as a function of recorded runs. */
@FunctionalInterface
public interface Estimand {
  /**
   * @param readings what runs recorded
   * @return the number; empty if none of the runs it needs is there
   */
  Optional<Estimate> of(Readings readings);
}
