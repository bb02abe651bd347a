package org.normfree.experiments;

import java.util.List;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;
import org.normfree.experiments.study.AlphaTracking;
import org.normfree.experiments.study.DepthSweep;
import org.normfree.experiments.study.DytSquash;
import org.normfree.experiments.study.IncrementExplosion;
import org.normfree.experiments.study.LanguageModel;
import org.normfree.experiments.study.LayerNormMaps;
import org.normfree.experiments.study.MethodComparison;
import org.normfree.experiments.study.ModelUpdate;
import org.normfree.experiments.study.PostLnDiagnostics;
import org.normfree.experiments.study.ThousandLayers;
import org.normfree.experiments.study.Train;
import org.normfree.experiments.study.Translation;

/**
 * Experiments by name.
 *
 * @param all the experiments, in the order they are listed
 */
public record Experiments(List<Experiment> all) {
  /** Copies the list. */
  public Experiments {
    all = List.copyOf(all);
  }

  /** Every experiment of the toolkit. */
  public static Experiments standard() {
    return new Experiments(
        List.of(
            new Train(),
            new DytSquash(),
            new MethodComparison(),
            new AlphaTracking(),
            new LayerNormMaps(),
            new ModelUpdate(),
            new IncrementExplosion(),
            new Translation(),
            new PostLnDiagnostics(),
            new DepthSweep(),
            new ThousandLayers(),
            new LanguageModel()));
  }

  /** The names, in order. */
  public List<String> names() {
    return all.stream().map(Experiment::name).toList();
  }

  /**
   * @param name an experiment's name
   * @return the experiment
   * @throws InputException if there is none of that name
   */
  public Experiment named(String name) {
    return all.stream()
        .filter(experiment -> experiment.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "unknown experiment '%s', %s"
                        .formatted(name, Suggestion.forName(name, names()))));
  }
}
