package org.normfree.experiments.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;

/**
 * What {@code toolkit run <experiment> --help} says: the experiment's keys in groups, with
 * defaults, meanings and values.
 *
 * @param experiment the experiment
 * @param width of the terminal
 */
record ExperimentHelp(Experiment experiment, int width) {
  private static final int INDENT = 28;

  /** Keys that experiments share, by what they are about; others are the experiment's own. */
  private static final Map<String, List<Key<?>>> GROUPS = new LinkedHashMap<>();

  private static final String OWN = "experiment and data";

  static {
    GROUPS.put(OWN, List.of());
    GROUPS.put("model", Keys.model());
    GROUPS.put("method", Keys.methodOptions());
    GROUPS.put("training", Keys.training());
    GROUPS.put(
        "seeds and execution",
        Stream.concat(Stream.of(Keys.SEED, Keys.SEEDS, Keys.JOBS), Keys.execution().stream())
            .collect(Collectors.toUnmodifiableList()));
  }

  /** Lines, each ended. */
  String text() {
    StringBuilder text =
        new StringBuilder(
            "toolkit run %s [key=value ...] [--config FILE] [--out DIR] [--dry-run]%n%n"
                .formatted(experiment.name()));
    text.append(Wrapped.text("", experiment.summary(), 0, width));
    GROUPS
        .keySet()
        .forEach(
            group -> {
              List<Key<?>> keys =
                  experiment.keys().stream().filter(key -> groupOf(key).equals(group)).toList();
              if (!keys.isEmpty()) {
                text.append("%n%s%n".formatted(group));
                keys.forEach(key -> text.append(line(key)));
              }
            });
    return text.toString();
  }

  private static String groupOf(Key<?> key) {
    return GROUPS.entrySet().stream()
        .filter(group -> group.getValue().stream().anyMatch(k -> k.name().equals(key.name())))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(OWN);
  }

  private <T> String line(Key<T> key) {
    String assignment = "  %s=%s ".formatted(key.name(), key.text(key.defaultValue()));
    return Wrapped.text(assignment, "%s (%s)".formatted(key.doc(), key.expected()), INDENT, width);
  }
}
