package org.normfree.experiments.sweep;

import java.util.Optional;
import java.util.OptionalDouble;
import org.normfree.core.record.DataIdentity;
import org.normfree.core.record.Trial;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.RunDirectory;

/**
 * One run a sweep has to carry out.
 *
 * @param id the name of its directory, unique in the sweep
 * @param trial what it stands for
 * @param config its settings
 * @param body what it does
 */
public record SweepTrial(String id, Trial trial, Config config, Body body) {
  /**
   * Looks at its settings by themselves.
   *
   * @return whether nothing needs to be built to know that its network can be trained here
   * @throws org.normfree.core.InputException if they cannot be run
   */
  public boolean checkSettings() {
    return body.checkSettings(config);
  }

  /**
   * Looks at its settings and data before anything is made.
   *
   * @throws org.normfree.core.InputException if they cannot be run
   */
  public void check() {
    body.check(config);
  }

  /**
   * Looks at what only its network shows, such as its size.
   *
   * @throws org.normfree.core.InputException if it cannot be trained
   */
  public void checkNetwork() {
    body.checkNetwork(config);
  }

  /** What it is trained on; empty if it does not tell. */
  public Optional<DataIdentity> data() {
    return body.data(config);
  }

  /** How large it is; empty if it does not tell. */
  public Optional<Size> size() {
    return body.size(config);
  }

  /** Seconds of one of its steps, which are tried; empty if it does not tell. */
  public OptionalDouble secondsPerStep() {
    return body.secondsPerStep(config);
  }

  /**
   * How large a run is.
   *
   * @param steps optimizer steps
   * @param parameters trained numbers
   * @param trainedBytes of these, their gradients and the optimizer's averages
   */
  public record Size(long steps, long parameters, long trainedBytes) {}

  /** What a run does. */
  @FunctionalInterface
  public interface Body {
    /**
     * @param config the run's settings
     * @param directory the run's directory; the caller finishes and closes it
     * @param progress is told how far the run is
     * @return how it ended
     * @throws Exception if the run failed
     */
    Outcome run(Config config, RunDirectory directory, Progress.Part progress) throws Exception;

    /**
     * Looks at the settings by themselves, as a part of {@link #check}.
     *
     * @param config the run's settings
     * @return whether nothing needs to be built to know that {@link #checkNetwork} refuses nothing
     * @throws org.normfree.core.InputException if they cannot be run
     */
    default boolean checkSettings(Config config) {
      return true;
    }

    /**
     * Looks at the settings and data before anything is made.
     *
     * @param config the run's settings
     * @throws org.normfree.core.InputException if they cannot be run
     */
    default void check(Config config) {}

    /**
     * Looks at what only the network shows, such as its size.
     *
     * @param config the run's settings, which were {@linkplain #check checked}
     * @throws org.normfree.core.InputException if it cannot be trained
     */
    default void checkNetwork(Config config) {}

    /**
     * What the run is trained on.
     *
     * @param config the run's settings, which were {@linkplain #check checked}
     * @return empty if it does not tell
     */
    default Optional<DataIdentity> data(Config config) {
      return Optional.empty();
    }

    /**
     * How large the run is.
     *
     * @param config the run's settings, which were {@linkplain #check checked}
     * @return empty if it does not tell
     */
    default Optional<Size> size(Config config) {
      return Optional.empty();
    }

    /**
     * Tries a few steps.
     *
     * @param config the run's settings, which were {@linkplain #check checked}
     * @return seconds of the shortest; empty if it does not tell
     */
    default OptionalDouble secondsPerStep(Config config) {
      return OptionalDouble.empty();
    }
  }
}
