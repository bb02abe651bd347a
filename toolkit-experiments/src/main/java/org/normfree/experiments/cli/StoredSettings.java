package org.normfree.experiments.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.normfree.core.InputException;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Preset;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.run.Provenance;

/**
 * The settings an experiment's directory holds, against those it was started with. Of the latter
 * the provenance has a fingerprint, and the command that gave them: settings that are made from the
 * command and have the fingerprint are those.
 *
 * @param experiment the experiment
 * @param stored the settings as they are stored
 * @param file the same as the file has them
 * @param begun what ran
 */
record StoredSettings(Experiment experiment, Config stored, JsonNode file, Provenance begun) {
  private static final String CHANGED = "config.json was changed since the run was begun";

  /** A line on each setting that was changed since, with both values; empty if none was. */
  List<String> changes() {
    TreeSet<String> names = new TreeSet<>();
    file.fieldNames().forEachRemaining(names::add);
    // of a toolkit with other keys the fingerprint is another without any change
    if (!names.equals(stored.toMap().keySet())
        || begun.configHash() == null
        || begun.configHash().equals(stored.hash())) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    original()
        .ifPresent(
            config -> {
              for (String difference : stored.differencesFrom(config.toMap())) {
                lines.add(CHANGED + " (there by the command, here by the file): " + difference);
              }
            });
    return lines.isEmpty() ? List.of(CHANGED + "; the command does not tell how") : lines;
  }

  /** The settings by the command's words; empty if their fingerprint is another. */
  private Optional<Config> original() {
    try {
      return words()
          .map(
              words ->
                  Config.resolve(
                      experiment.name(), experiment.keys(), fileOf(begun.command()), words))
          .filter(config -> config.hash().equals(begun.configHash()));
    } catch (InputException e) {
      return Optional.empty(); // of a toolkit with other keys
    }
  }

  private Optional<List<String>> words() {
    List<String> command = begun.command();
    if (command.contains("paper")) {
      return preset(after(command, "--preset").orElse(Preset.QUICK.name()))
          .flatMap(experiment::preset);
    }
    return Optional.of(
        command.stream().filter(word -> word.matches("[A-Za-z][A-Za-z0-9._-]*=.*")).toList());
  }

  private static Optional<Preset> preset(String name) {
    return List.of(Preset.values()).stream()
        .filter(preset -> preset.name().equals(name.toUpperCase(Locale.ROOT)))
        .findFirst();
  }

  private static Optional<Path> fileOf(List<String> command) {
    try {
      return after(command, "--config").map(Path::of).filter(Files::exists);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** What stands behind an option, as a word of its own or after an equals sign. */
  private static Optional<String> after(List<String> command, String option) {
    for (int i = 0; i < command.size(); i++) {
      if (command.get(i).startsWith(option + "=")) {
        return Optional.of(command.get(i).substring(option.length() + 1));
      }
      if (command.get(i).equals(option) && i + 1 < command.size()) {
        return Optional.of(command.get(i + 1));
      }
    }
    return Optional.empty();
  }
}
