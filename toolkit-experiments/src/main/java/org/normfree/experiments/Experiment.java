package org.normfree.experiments;

import java.util.List;
import java.util.Optional;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.run.RunDirectory;

/**
 * One study that can be run by name: its settings, and what it does with them. {@link Launch} gives
 * it a locked run directory and writes down the result.
 */
public interface Experiment {
  /** The name on the command line, in small letters with hyphens. */
  String name();

  /** One line about what it shows. */
  String summary();

  /** The keys it reads, in the order they are listed to the user. */
  List<Key<?>> keys();

  /**
   * Runs the study. An interrupted call is continued by the next one on the same directory.
   *
   * @param config a value for each of {@link #keys}
   * @param directory where it records what it measures
   * @return what came out
   * @throws org.normfree.core.InputException if the settings cannot be run
   */
  Result run(Config config, RunDirectory directory);

  /**
   * The settings with which {@code toolkit paper} runs this study.
   *
   * @param preset how large
   * @return assignments {@code key=value}; empty if the study is no part of the paper
   */
  default Optional<List<String>> preset(Preset preset) {
    return Optional.empty();
  }
}
