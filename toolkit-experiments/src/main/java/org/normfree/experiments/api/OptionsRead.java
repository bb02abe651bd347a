package org.normfree.experiments.api;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.normfree.core.InputException;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.sweep.SweepTrial;

/** Whether options of methods that a user set are read by a method that is run. */
final class OptionsRead {
  private OptionsRead() {}

  /**
   * @param config an experiment's settings
   * @param trials its runs; none if it does not tell
   * @throws InputException if an option is set that none of their methods reads
   */
  static void check(Config config, List<SweepTrial> trials) {
    Set<String> methods =
        trials.stream()
            .map(SweepTrial::config)
            .filter(run -> run.has(Keys.METHOD))
            .map(run -> run.get(Keys.METHOD))
            .collect(Collectors.toSet());
    if (methods.isEmpty()) {
      return;
    }
    Set<MethodOptions.Choice> read = EnumSet.noneOf(MethodOptions.Choice.class);
    methods.forEach(method -> read.addAll(reads(method)));
    for (Map.Entry<Key<?>, MethodOptions.Choice> option : Keys.optionsOfMethods().entrySet()) {
      Key<?> key = option.getKey();
      if (config.has(key) && config.isChanged(key) && !read.contains(option.getValue())) {
        throw new InputException(
            "%s is set, which %s does not read; leave it out, or choose a method that does, such as %s"
                .formatted(
                    config.assignments(List.of(key)),
                    methods.size() == 1
                        ? "method=" + methods.iterator().next()
                        : "none of the methods that are run",
                    Methods.names().stream()
                        .filter(name -> reads(name).contains(option.getValue()))
                        .findFirst()
                        .orElseThrow()));
      }
    }
  }

  private static Set<MethodOptions.Choice> reads(String method) {
    return Methods.create(method, MethodOptions.DEFAULTS).reads();
  }
}
