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
   * @param trials runs
   * @param besides some keys
   * @return the first of those that differ in nothing but these keys
   */
  public static List<SweepTrial> different(List<SweepTrial> trials, Set<Key<?>> besides) {
    Set<List<Object>> seen = new HashSet<>();
    return trials.stream()
        .filter(
            trial ->
                seen.add(
                    List.of(trial.config().experiment(), trial.config().valuesBesides(besides))))
        .toList();
  }
}
