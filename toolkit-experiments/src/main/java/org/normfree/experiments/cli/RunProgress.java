package org.normfree.experiments.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.run.Provenance;
import org.normfree.experiments.run.RecordedRun;
import org.normfree.experiments.run.TimingLog;

/**
 * How far a run is and how long it has taken, as its settings and timings tell.
 *
 * @param done optimizer steps done at the last epoch's end
 * @param total optimizer steps in all; 0 if unknown
 * @param seconds time spent; empty if unknown
 */
record RunProgress(long done, long total, Optional<Double> seconds) {
  private static final String EPOCH = "epoch";

  static RunProgress of(RecordedRun run) {
    List<TimingLog.Line> epochs =
        run.timing().stream().filter(line -> line.event().equals(EPOCH)).toList();
    long done = epochs.stream().mapToLong(TimingLog.Line::step).max().orElse(0);
    JsonNode config = run.config();
    long steps = config.path(Keys.STEPS.name()).asLong(0);
    // every epoch has as many steps as the first
    long perEpoch = epochs.isEmpty() ? 0 : epochs.get(0).step();
    long total = steps > 0 ? steps : config.path(Keys.EPOCHS.name()).asLong(0) * perEpoch;
    Optional<Double> seconds =
        epochs.isEmpty()
            ? run.provenance().flatMap(RunProgress::span)
            : Optional.of(epochs.stream().mapToDouble(TimingLog.Line::seconds).sum());
    return new RunProgress(done, total, seconds);
  }

  /** Between start and end of a run that was never interrupted. */
  private static Optional<Double> span(Provenance provenance) {
    if (provenance.end() == null || !provenance.resumed().isEmpty()) {
      return Optional.empty();
    }
    try {
      Duration span =
          Duration.between(Instant.parse(provenance.time()), Instant.parse(provenance.end()));
      return Optional.of((double) span.toSeconds());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** The share of the steps that are done; 0 where it is unknown. */
  double fraction() {
    return total == 0 ? 0 : Math.min(1, (double) done / total);
  }

  /** How far it is, in words; empty before the first epoch's end. */
  Optional<String> steps() {
    return done == 0
        ? Optional.empty()
        : Optional.of(
            total == 0 ? "step %s".formatted(done) : "step %s of %s".formatted(done, total));
  }
}
