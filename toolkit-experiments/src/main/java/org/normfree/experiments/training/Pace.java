package org.normfree.experiments.training;

import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.experiments.run.TimingLog;
import org.normfree.experiments.sweep.Progress;

/** Shows how far a run is and records how long its epochs take. */
final class Pace implements TrainingListener {
  private final TimingLog timing;
  private final Progress.Part progress;
  private long epochStart = System.nanoTime();

  Pace(TimingLog timing, Progress.Part progress) {
    this.timing = timing;
    this.progress = progress;
  }

  @Override
  public void onStep(Trainer trainer, Step step) {
    progress.report(step.step(), trainer.settings().steps());
  }

  @Override
  public void onEpochEnd(Trainer trainer, Epoch epoch) {
    long now = System.nanoTime();
    timing.add("epoch", epoch.step(), (now - epochStart) / 1e9);
    epochStart = now;
  }
}
