package org.normfree.experiments.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.normfree.experiments.sweep.SweepTrial;

/**
 * How long steps take, by a few steps of some of the runs: of one of each method and size, until a
 * few seconds are over. Others are taken to be as fast a parameter as those in the mean.
 */
final class StepPace {
  private static final double NANOS = 1e9;
  private static final double PATIENCE = 5;

  private final long start = System.nanoTime();
  private final Map<Kind, Double> perStep = new LinkedHashMap<>();

  /** Runs that are alike. */
  private record Kind(String method, long parameters) {
    static Kind of(SweepTrial trial, SweepTrial.Size size) {
      return new Kind(trial.trial().method(), size.parameters());
    }
  }

  /** Tries a run, unless one like it was tried or the time is over. */
  void tryOut(SweepTrial trial, SweepTrial.Size size) {
    Kind kind = Kind.of(trial, size);
    boolean over = (System.nanoTime() - start) / NANOS > PATIENCE;
    if (!perStep.containsKey(kind) && !over) {
      trial.secondsPerStep().ifPresent(seconds -> perStep.put(kind, seconds));
    }
  }

  /** How long the steps of a run take together; empty if nothing tells. */
  OptionalDouble seconds(SweepTrial trial, SweepTrial.Size size) {
    Double own = perStep.get(Kind.of(trial, size));
    if (own != null) {
      return OptionalDouble.of(own * size.steps());
    }
    OptionalDouble perParameter =
        perStep.entrySet().stream()
            .mapToDouble(tried -> tried.getValue() / tried.getKey().parameters())
            .average();
    return perParameter.isPresent()
        ? OptionalDouble.of(perParameter.getAsDouble() * size.parameters() * size.steps())
        : OptionalDouble.empty();
  }

  /** What was tried. */
  String words() {
    return perStep.size() == 1
        ? "one run"
        : "%s runs, of different methods and sizes".formatted(perStep.size());
  }
}
