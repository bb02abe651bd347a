package org.normfree.experiments.training;

import java.util.OptionalDouble;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;

/** How long the shortest step takes. */
final class StepClock implements TrainingListener {
  private static final double NANOS = 1e9;

  private long last = System.nanoTime();
  private long steps;
  private double shortest = Double.POSITIVE_INFINITY;

  @Override
  public void onStep(Trainer trainer, Step step) {
    long now = System.nanoTime();
    shortest = Math.min(shortest, (now - last) / NANOS);
    last = now;
    steps++;
  }

  /** Seconds of the shortest step; empty before the first. */
  OptionalDouble seconds() {
    return steps == 0 ? OptionalDouble.empty() : OptionalDouble.of(shortest);
  }
}
