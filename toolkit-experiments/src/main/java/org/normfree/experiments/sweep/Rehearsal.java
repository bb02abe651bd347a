package org.normfree.experiments.sweep;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.normfree.core.InputException;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.run.RunDirectory;

/**
 * Thrown where the runs of an experiment would begin if it is only rehearsed: ends the rehearsal
 * and says which runs they are.
 */
public final class Rehearsal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<SweepTrial> trials;

  /**
   * @param trials what would be carried out
   */
  public Rehearsal(List<SweepTrial> trials) {
    super("a rehearsal ends where the runs begin", null, false, false);
    this.trials = List.copyOf(trials);
  }

  /**
   * The runs that an experiment begins with; those that it chooses by their results are not among
   * them.
   *
   * @param experiment what it does in its directory
   * @param config its settings
   * @return its runs; none if it carries out none, or breaks before they begin, which a real run
   *     will tell in full
   * @throws org.normfree.core.InputException if the settings cannot be run
   */
  public static List<SweepTrial> of(Consumer<RunDirectory> experiment, Config config) {
    try (RunDirectory directory = RunDirectory.rehearsal(config)) {
      experiment.accept(directory);
      return List.of();
    } catch (Rehearsal rehearsal) {
      return rehearsal.trials;
    } catch (InputException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      return List.of();
    }
  }

  /**
   * Looks at these runs, once at those that differ in nothing but some keys.
   *
   * @param experiment what it does in its directory
   * @param config its settings
   * @param besides the keys
   * @param look looks at a run
   * @throws org.normfree.core.InputException if it does
   */
  public static void ofEach(
      Consumer<RunDirectory> experiment,
      Config config,
      Set<Key<?>> besides,
      Consumer<SweepTrial> look) {
    Set<List<Object>> seen = new HashSet<>();
    for (SweepTrial trial : of(experiment, config)) {
      Config own = trial.config();
      if (seen.add(List.of(own.experiment(), own.valuesBesides(besides)))) {
        look.accept(trial);
      }
    }
  }
}
