package org.normfree.experiments.cli;

import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.normfree.experiments.run.Provenance;
import org.normfree.experiments.run.RecordedExperiment;
import org.normfree.experiments.run.RecordedRun;
import org.normfree.experiments.run.RecordedRun.State;
import org.normfree.experiments.sweep.Duration;

/**
 * Says in words how far an experiment is.
 *
 * @param clock tells now, and in which zone
 */
record Status(Clock clock) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

  /**
   * @param shown how the user names its directory
   * @param experiment an experiment
   * @return a line on it, and indented ones on its runs
   */
  List<String> of(String shown, RecordedExperiment experiment) {
    List<String> lines = new ArrayList<>();
    RecordedRun whole = experiment.whole();
    State state = whole.state();
    lines.add("%s (%s): %s".formatted(shown, experiment.name(), standing(whole, state)));
    if (experiment.isSingle()) {
      if (!state.isFinished()) {
        RunProgress.of(whole).steps().ifPresent(steps -> lines.add("  " + steps));
      }
    } else {
      lines.add("  " + counts(experiment, state));
    }
    Forecast.of(experiment, state)
        .ifPresent(forecast -> lines.add("  " + words(forecast, state == State.RUNNING)));
    experiment.runs().stream()
        .filter(run -> run.state() != State.DONE)
        .forEach(run -> lines.add("  %s: %s".formatted(run.id(), detail(run))));
    return lines;
  }

  /**
   * @param shown how the user names its directory
   * @param experiment the experiment it is a run of
   * @param run a run
   * @return a line on it
   */
  String ofRun(String shown, RecordedExperiment experiment, RecordedRun run) {
    return "%s (a run of %s): %s".formatted(shown, experiment.name(), detail(run));
  }

  private static String detail(RecordedRun run) {
    State state = run.state();
    String note = state.isFinished() ? run.note() : "";
    String more =
        switch (state) {
          case DONE, DIVERGED -> note;
          case FAILED -> run.note();
          case RUNNING, INTERRUPTED -> RunProgress.of(run).steps().orElse("");
        };
    return word(state) + (more.isEmpty() ? "" : ", " + more);
  }

  private String standing(RecordedRun whole, State state) {
    Optional<Provenance> provenance = whole.provenance();
    String words = word(state);
    return switch (state) {
      case DONE, DIVERGED ->
          words
              + provenance.flatMap(p -> time(p.end())).map(end -> " " + told(end)).orElse("")
              + RunProgress.of(whole)
                  .seconds()
                  .map(seconds -> ", took " + Duration.words(seconds))
                  .orElse("");
      case FAILED -> words + (whole.note().isEmpty() ? "" : ": " + whole.note());
      case RUNNING ->
          words
              + whole.process().map(id -> " in process " + id).orElse("")
              + provenance
                  .map(p -> p.resumed().isEmpty() ? p : p.resumed().get(p.resumed().size() - 1))
                  .flatMap(p -> time(p.time()))
                  .map(start -> " since " + told(start))
                  .orElse("");
      case INTERRUPTED ->
          words
              + provenance
                  .filter(p -> !p.command().isEmpty())
                  .map(p -> "; to go on: " + String.join(" ", p.command()))
                  .orElse("");
    };
  }

  private static String counts(RecordedExperiment experiment, State whole) {
    List<RecordedRun> runs = experiment.runs();
    List<State> states = runs.stream().map(RecordedRun::state).toList();
    List<String> counts =
        Stream.of(State.values())
            .filter(states::contains)
            .map(s -> "%s %s".formatted(states.stream().filter(s::equals).count(), word(s)))
            .collect(Collectors.toCollection(ArrayList::new));
    int waiting = toCome(experiment, whole);
    if (waiting > 0) {
      counts.add(waiting + " to come");
    }
    int all = runs.size() + waiting;
    return "%s %s: %s".formatted(all, all == 1 ? "run" : "runs", String.join(", ", counts));
  }

  /** Runs that are planned and not begun. */
  static int toCome(RecordedExperiment experiment, State whole) {
    if (whole.isFinished()) {
      return 0;
    }
    Set<String> waiting = new HashSet<>(experiment.planned());
    experiment.runs().forEach(run -> waiting.remove(run.id()));
    return waiting.size();
  }

  private String words(Forecast forecast, boolean running) {
    String rate =
        "about %s a run%s"
            .formatted(
                Duration.words(forecast.secondsPerRun()),
                forecast.jobs() == 1 ? "" : ", %s at a time".formatted(forecast.jobs()));
    String left = Duration.words(forecast.secondsLeft());
    return running
        ? "%s; expected to end %s, in about %s"
            .formatted(
                rate, told(clock.instant().plusSeconds(Math.round(forecast.secondsLeft()))), left)
        : "%s; about %s left to do".formatted(rate, left);
  }

  private String told(Instant instant) {
    return TIME.format(instant.atZone(clock.getZone()));
  }

  private static String word(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.ofNullable(text).map(Instant::parse);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
