package org.normfree.experiments.api;

import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Stream;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;

/**
 * Experiments by name.
 *
 * @param all the experiments, in the order they are listed
 */
public record Experiments(List<Experiment> all) {
  /** Copies the list; refuses two of one name. */
  public Experiments {
    all = List.copyOf(all);
    Set<String> names = new HashSet<>();
    for (Experiment experiment : all) {
      if (!names.add(experiment.name())) {
        throw new InputException(
            "two experiments on the class path are called '%s'; give %s another name"
                .formatted(experiment.name(), experiment.getClass().getName()));
      }
    }
  }

  /**
   * Every experiment that the class path offers: the toolkit's, listed in its {@code
   * META-INF/services}, and whatever other jars list in theirs.
   */
  public static Experiments installed() {
    return new Experiments(
        ServiceLoader.load(Experiment.class).stream().map(ServiceLoader.Provider::get).toList());
  }

  /** The names, in order. */
  public List<String> names() {
    return all.stream().map(Experiment::name).toList();
  }

  /**
   * @param name the name of an experiment, or of a part of one
   * @return the experiment
   * @throws InputException if there is none of that name
   */
  public Experiment named(String name) {
    return all.stream()
        .flatMap(experiment -> Stream.concat(Stream.of(experiment), experiment.parts().stream()))
        .filter(experiment -> experiment.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "unknown experiment '%s', %s"
                        .formatted(name, Suggestion.forName(name, names()))));
  }
}
