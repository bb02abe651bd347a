package org.normfree.core.train;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.normfree.core.nn.Metric;

/**
 * How far a run has come. The batch and the random inputs of a step are functions of seed and step,
 * so {@code step} is the position in the data and the state of the random numbers at once.
 *
 * @param step optimizer steps done
 * @param epoch epochs completed
 * @param seed the run's seed
 * @param sums what the steps of the epoch in progress add up to, by metric
 */
@JsonPropertyOrder({"step", "epoch", "seed", "sums"})
public record Progress(long step, int epoch, long seed, Map<String, Metric.Share> sums) {
  /** Copies the sums, whose order is kept. */
  public Progress {
    sums = Collections.unmodifiableMap(new LinkedHashMap<>(sums));
  }

  /**
   * @param seed the run's seed
   * @return a run that has not begun
   */
  public static Progress start(long seed) {
    return new Progress(0, 0, seed, Map.of());
  }

  Progress afterStep(Map<String, Metric.Share> shares) {
    Map<String, Metric.Share> more = new LinkedHashMap<>(sums);
    shares.forEach((name, share) -> more.merge(name, share, Metric.Share::plus));
    return new Progress(step + 1, epoch, seed, more);
  }

  Progress afterEpoch() {
    return new Progress(step, epoch + 1, seed, Map.of());
  }
}
