package org.normfree.experiments.api;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.normfree.core.record.DataIdentity;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.sweep.Rehearsal;
import org.normfree.experiments.sweep.SweepTrial;

/**
 * One study that can be run by name: its settings, what it asks and claims, and the runs it
 * consists of. It is found by {@link java.util.ServiceLoader}, so a study of one's own needs a
 * class and a line in {@code META-INF/services/org.normfree.experiments.api.Experiment}. What
 * launches it gives it a locked run directory and makes its summary from the runs by its design.
 */
public interface Experiment {
  /** The name on the command line, in small letters with hyphens. */
  String name();

  /** One line about what it shows. */
  String summary();

  /** The keys it reads, in the order they are listed to the user. */
  List<Key<?>> keys();

  /**
   * What it asks, how runs are judged and what is claimed, before any of them is carried out.
   *
   * @param config a value for each of {@link #keys}
   */
  Design design(Config config);

  /** The runs that do not depend on the results of others. */
  private List<SweepTrial> trials(Config config) {
    return Rehearsal.of(directory -> run(config, directory), config);
  }

  /**
   * Looks at the settings by themselves, before a directory is opened: those of every run that does
   * not depend on the results of others. Of data it reads no more than says which shapes a network
   * has, such as the images'. {@link #check} and {@link #checkNetworks} are still to follow.
   *
   * @param config a value for each of {@link #keys}
   * @return whether nothing needs to be built to know that {@link #checkNetworks} refuses nothing
   * @throws org.normfree.core.InputException if a run could not be carried out with them
   */
  default boolean checkSettings(Config config) {
    if (config.has(Keys.SEED) && config.has(Keys.SEEDS)) {
      Keys.seedsOf(config);
    }
    List<SweepTrial> trials = trials(config);
    OptionsRead.check(config, trials);
    boolean fits = true;
    for (SweepTrial trial : Rehearsal.different(trials, Set.of(Keys.SEED))) {
      fits &= trial.checkSettings();
    }
    return fits;
  }

  /**
   * Looks at the settings of these runs and the data they name. Runs that differ in their seeds
   * alone are looked at once.
   *
   * @param config a value for each of {@link #keys}, which were {@linkplain #checkSettings checked}
   * @throws org.normfree.core.InputException if a run could not be carried out with them
   */
  default void check(Config config) {
    Rehearsal.different(trials(config), Set.of(Keys.SEED)).forEach(SweepTrial::check);
  }

  /**
   * What these runs are trained on.
   *
   * @param config a value for each of {@link #keys}, which were {@linkplain #check checked}
   */
  default List<DataIdentity> data(Config config) {
    return Rehearsal.different(trials(config), Keys.besidesData()).stream()
        .flatMap(trial -> trial.data().stream())
        .distinct()
        .toList();
  }

  /**
   * Looks at what only the networks of these runs show, such as their sizes: each network once,
   * however often and fast it is trained.
   *
   * @param config a value for each of {@link #keys}, which were {@linkplain #check checked}
   * @throws org.normfree.core.InputException if one of them cannot be trained
   */
  default void checkNetworks(Config config) {
    Rehearsal.different(trials(config), Keys.besidesNetwork()).forEach(SweepTrial::checkNetwork);
  }

  /**
   * Carries out its runs. An interrupted call is continued by the next one on the same directory.
   *
   * @param config a value for each of {@link #keys}
   * @param directory where it records what it measures
   * @return how each run ended
   * @throws org.normfree.core.InputException if the settings cannot be run
   */
  Runs run(Config config, RunDirectory directory);

  /**
   * The single runs it consists of, as experiments of their own, so that each run directory can be
   * run again from its {@code config.json}.
   */
  default List<Experiment> parts() {
    return List.of();
  }

  /**
   * The settings with which {@code toolkit paper} runs this study.
   *
   * @param preset how large
   * @return assignments {@code key=value}; empty if the study is no part of the paper
   */
  default Optional<List<String>> preset(Preset preset) {
    return Optional.empty();
  }

  /**
   * Why a preset is too small for this study to show what it is about.
   *
   * @param preset how large
   * @return the reason, which stands on its figures; empty if it does show it
   */
  default Optional<String> smokeTest(Preset preset) {
    return Optional.empty();
  }
}
