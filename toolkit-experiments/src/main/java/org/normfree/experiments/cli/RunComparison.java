package org.normfree.experiments.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.normfree.core.record.Json;
import org.normfree.core.record.MetricLine;
import org.normfree.experiments.run.RecordedRun;

/**
 * A run and the same run done again.
 *
 * @param equal whether it measured the same, to the byte, and ended with the same numbers and
 *     settings
 * @param lines what to tell the user: one if it is equal, else one and indented ones
 */
record RunComparison(boolean equal, List<String> lines) {
  /** Times and memory are what a machine did, not what a run came to. */
  private static final List<String> NEVER_COMPARED = List.of("seconds", "memory");

  private static final int SHOWN = 120;

  /**
   * @param then the recorded run
   * @param now what was run now
   * @param scheduling names of settings that change nothing a run computes
   */
  static RunComparison of(RecordedRun then, RecordedRun now, Set<String> scheduling) {
    if (now.config().isEmpty()) {
      return new RunComparison(
          false,
          List.of(
              then.id() + ": differs",
              "  the experiment has no run of that name with these settings any more"));
    }
    List<String> differences = new ArrayList<>(settings(then.config(), now.config(), scheduling));
    differences.addAll(ending(then, now));
    metrics(then, now).ifPresent(differences::add);
    differences.addAll(results(then, now));
    if (differences.isEmpty()) {
      return new RunComparison(true, List.of("%s: equal (%s)".formatted(then.id(), size(then))));
    }
    List<String> lines = new ArrayList<>(List.of(then.id() + ": differs"));
    differences.addAll(newSettings(then.config(), now.config()));
    differences.forEach(difference -> lines.add("  " + difference));
    return new RunComparison(false, lines);
  }

  private static String size(RecordedRun run) {
    long measured =
        run.metrics()
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8).lines().count())
            .orElse(0L);
    long ended = run.hasResult() ? comparable(run.outcome().values()).size() : 0;
    return "%s lines of metrics, %s final numbers".formatted(measured, ended);
  }

  private static List<String> settings(JsonNode then, JsonNode now, Set<String> scheduling) {
    List<String> differences = new ArrayList<>();
    for (String name : names(then)) {
      if (!scheduling.contains(name) && now.has(name) && !then.get(name).equals(now.get(name))) {
        differences.add(
            "setting %s is %s in its config.json, %s by the experiment's settings"
                .formatted(name, text(then.get(name)), text(now.get(name))));
      }
    }
    return differences;
  }

  /** A toolkit of another age; no difference as long as it measures the same. */
  private static List<String> newSettings(JsonNode then, JsonNode now) {
    List<String> notes = new ArrayList<>();
    for (String name : names(now)) {
      if (!then.has(name)) {
        notes.add("setting %s was not there yet, and is %s".formatted(name, text(now.get(name))));
      }
    }
    for (String name : names(then)) {
      if (!now.has(name)) {
        notes.add("setting %s was %s, and is no more".formatted(name, text(then.get(name))));
      }
    }
    return notes;
  }

  private static NavigableSet<String> names(JsonNode settings) {
    NavigableSet<String> names = new TreeSet<>();
    settings.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static String text(Double value) {
    return value == null ? "not there" : value.toString();
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.asText() : value.toString();
  }

  private static List<String> ending(RecordedRun then, RecordedRun now) {
    return then.state() == now.state() && then.note().equals(now.note())
        ? List.of()
        : List.of("it ended %s, now %s".formatted(words(then), words(now)));
  }

  private static String words(RecordedRun run) {
    return run.state() + (run.note().isEmpty() ? "" : " (%s)".formatted(run.note()));
  }

  private static Optional<String> metrics(RecordedRun then, RecordedRun now) {
    byte[] before = then.metrics().orElse(new byte[0]);
    byte[] here = now.metrics().orElse(new byte[0]);
    if (Arrays.equals(before, here)) {
      return Optional.empty();
    }
    List<String> linesThen = new String(before, StandardCharsets.UTF_8).lines().toList();
    List<String> linesNow = new String(here, StandardCharsets.UTF_8).lines().toList();
    int same = 0;
    while (same < Math.min(linesThen.size(), linesNow.size())
        && linesThen.get(same).equals(linesNow.get(same))) {
      same++;
    }
    if (same == linesThen.size() || same == linesNow.size()) {
      return Optional.of(
          linesThen.size() == linesNow.size()
              ? "metrics.jsonl has other line ends"
              : "metrics.jsonl has %s lines, now %s; as far as both go they are equal"
                  .formatted(linesThen.size(), linesNow.size()));
    }
    return Optional.of(
        "metrics.jsonl differs from line %s on: %s"
            .formatted(same + 1, difference(linesThen.get(same), linesNow.get(same))));
  }

  /** The step and the first value that is not the same; the lines themselves if there is none. */
  private static String difference(String then, String now) {
    try {
      MetricLine before = Json.MAPPER.readValue(then, MetricLine.class);
      MetricLine here = Json.MAPPER.readValue(now, MetricLine.class);
      if (before.step() == here.step()
          && Objects.equals(before.scope(), here.scope())
          && before.values() != null
          && here.values() != null) {
        List<String> values = values(before.values(), here.values());
        if (!values.isEmpty()) {
          return "step %s, %s: %s".formatted(before.step(), before.scope(), values.get(0));
        }
      }
    } catch (JsonProcessingException e) {
      // no line of metrics: shown as it is
    }
    return "%s, now %s".formatted(cut(then), cut(now));
  }

  private static String cut(String line) {
    return line.length() <= SHOWN
        ? line
        : line.substring(0, line.offsetByCodePoints(0, SHOWN / 2)) + "…";
  }

  private static List<String> results(RecordedRun then, RecordedRun now) {
    return then.hasResult() && now.hasResult()
        ? values(comparable(then.outcome().values()), comparable(now.outcome().values()))
        : List.of();
  }

  private static Map<String, Double> comparable(Map<String, Double> values) {
    Map<String, Double> kept = new TreeMap<>(values);
    kept.keySet().removeIf(name -> NEVER_COMPARED.stream().anyMatch(name::contains));
    return kept;
  }

  private static List<String> values(Map<String, Double> then, Map<String, Double> now) {
    TreeSet<String> names = new TreeSet<>(then.keySet());
    names.addAll(now.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      if (!Objects.equals(then.get(name), now.get(name))) {
        differences.add(
            "%s was %s, now %s".formatted(name, text(then.get(name)), text(now.get(name))));
      }
    }
    return differences;
  }
}
