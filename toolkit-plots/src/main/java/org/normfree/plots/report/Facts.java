package org.normfree.plots.report;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;

/**
 * What ran, when, where and for how long, as the experiments' provenance has it. Files of older
 * versions lack some of it, and then it says so.
 */
final class Facts {
  private static final String NOT_RECORDED = "not recorded";

  private static final int NAMED = 2;

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Facts() {}

  /**
   * @param experiments recorded experiments
   * @return headings and what stands beside them
   */
  static Map<String, String> of(List<Experiment> experiments) {
    List<Experiment> run = experiments.stream().filter(e -> !e.isDerived()).toList();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Studies", studies(run));
    facts.put("Runs", endings(run.stream().flatMap(e -> e.runs().stream()).toList()));
    facts.put("When", when(run));
    facts.put("Total time", total(run));
    facts.put("Preset", distinct(run, Facts::preset));
    facts.put("Commit", distinct(run, e -> commit(e.provenance())));
    facts.put("Machine", distinct(run, e -> machine(e.provenance())));
    facts.put("Java", distinct(run, e -> text(e.provenance(), "java")));
    return facts;
  }

  /**
   * @param experiment a recorded experiment
   * @return when it was run, with what and where, in one sentence
   */
  static String line(Experiment experiment) {
    if (experiment.isDerived()) {
      return "Computed from the recorded runs of the other studies.";
    }
    return "Recorded %s%s; %s; commit %s; %s."
        .formatted(
            start(experiment).map(MINUTE::format).map(at -> at + " UTC").orElse("at no known time"),
            duration(experiment).map(took -> " in " + words(took)).orElse(""),
            experiment.summary().preset() == null
                ? preset(experiment)
                : "preset " + preset(experiment),
            commit(experiment.provenance()),
            machine(experiment.provenance()));
  }

  private static String studies(List<Experiment> experiments) {
    long smoke = experiments.stream().filter(e -> e.summary().smokeTest() != null).count();
    return "%s%s: %s"
        .formatted(
            experiments.size(),
            smoke == 0 ? "" : ", of them %s smoke tests".formatted(smoke),
            experiments.stream().map(Experiment::id).collect(Collectors.joining(", ")));
  }

  /**
   * @param runs runs
   * @return how many there are, and how they ended
   */
  static String endings(Collection<Run> runs) {
    Map<String, Long> endings =
        runs.stream()
            .collect(Collectors.groupingBy(Run::ending, LinkedHashMap::new, Collectors.counting()));
    return endings.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .collect(Collectors.joining(", ", runs.size() + (runs.isEmpty() ? "" : ": "), ""));
  }

  /**
   * @param experiment an experiment
   * @return when it was started; empty if that was not recorded
   */
  static Optional<Instant> start(Experiment experiment) {
    return instant(experiment.provenance().get("time"));
  }

  private static Optional<Instant> end(Experiment experiment) {
    return instant(experiment.provenance().get("end"));
  }

  private static String when(List<Experiment> experiments) {
    Optional<Instant> start =
        experiments.stream().flatMap(e -> start(e).stream()).min(Instant::compareTo);
    Optional<Instant> end =
        experiments.stream().flatMap(e -> end(e).stream()).max(Instant::compareTo);
    if (start.isEmpty() && end.isEmpty()) {
      return NOT_RECORDED;
    }
    return "%s to %s (UTC)"
        .formatted(
            start.map(MINUTE::format).orElse("an unknown start"),
            end.map(MINUTE::format).orElse("an end that was not recorded"));
  }

  private static String total(List<Experiment> experiments) {
    Duration total = Duration.ZERO;
    int known = 0;
    for (Experiment experiment : experiments) {
      Optional<Duration> duration = duration(experiment);
      if (duration.isPresent()) {
        total = total.plus(duration.get());
        known++;
      }
    }
    return known == 0
        ? NOT_RECORDED
        : words(total)
            + (known == experiments.size()
                ? ""
                : " for %s of %s studies; the others' was not recorded"
                    .formatted(known, experiments.size()));
  }

  /**
   * @param experiment an experiment
   * @return from its start to its end, pauses included; empty if either was not recorded
   */
  static Optional<Duration> duration(Experiment experiment) {
    return start(experiment)
        .flatMap(start -> end(experiment).map(end -> Duration.between(start, end)))
        .filter(duration -> !duration.isNegative());
  }

  /**
   * @param duration a duration
   * @return it in hours, minutes and seconds, for example {@code 1 h 5 min 3 s}
   */
  static String words(Duration duration) {
    List<String> words = new ArrayList<>();
    if (duration.toHours() > 0) {
      words.add(duration.toHours() + " h");
    }
    if (duration.toMinutes() > 0) {
      words.add(duration.toMinutesPart() + " min");
    }
    words.add(duration.toSecondsPart() + " s");
    return String.join(" ", words);
  }

  private static String preset(Experiment experiment) {
    String preset = experiment.summary().preset();
    return preset == null ? "settings given by hand" : preset;
  }

  private static String commit(Map<String, Object> provenance) {
    String commit = text(provenance, "commit");
    Object dirty = provenance.get("dirty");
    return commit
        + (Boolean.TRUE.equals(dirty)
            ? ", with changes that are not committed"
            : Boolean.FALSE.equals(dirty) ? ", without changes" : "");
  }

  private static String machine(Map<String, Object> provenance) {
    List<String> words = new ArrayList<>();
    words.add("processor " + text(provenance, "cpu"));
    words.add("cores " + text(provenance, "cores"));
    words.add(
        provenance.get("vectorBits") == null
            ? "vector width " + NOT_RECORDED
            : "vectors of %s bits".formatted(provenance.get("vectorBits")));
    if (provenance.get("os") != null) {
      words.add(text(provenance, "os"));
    }
    return words.stream().allMatch(word -> word.endsWith(NOT_RECORDED))
        ? NOT_RECORDED
        : String.join("; ", words);
  }

  /** One value if all experiments share it, else each with the experiments it belongs to. */
  private static String distinct(List<Experiment> experiments, Function<Experiment, String> fact) {
    Map<String, List<Experiment>> values =
        experiments.stream()
            .collect(Collectors.groupingBy(fact, LinkedHashMap::new, Collectors.toList()));
    return values.size() == 1
        ? values.keySet().iterator().next()
        : values.entrySet().stream()
            .map(value -> "%s (%s)".formatted(value.getKey(), belongsTo(value.getValue())))
            .collect(Collectors.joining("; "));
  }

  private static String belongsTo(List<Experiment> experiments) {
    return experiments.size() > NAMED
        ? experiments.size() + " studies"
        : experiments.stream().map(Experiment::id).collect(Collectors.joining(", "));
  }

  private static String text(Map<String, Object> provenance, String key) {
    return Objects.requireNonNullElse(provenance.get(key), NOT_RECORDED).toString();
  }

  private static Optional<Instant> instant(Object time) {
    try {
      return Optional.ofNullable(time).map(value -> Instant.parse(value.toString()));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
