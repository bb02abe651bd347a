package org.normfree.experiments.training;

import java.util.ArrayList;
import java.util.List;
import org.normfree.core.data.Batch;
import org.normfree.core.train.Evaluation;
import org.normfree.core.train.Outcome;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;

/** Evaluates on the validation split every so many epochs, and at the end on the test split too. */
final class Evaluator implements TrainingListener {
  private final Iterable<Batch> validation;
  private final Iterable<Batch> test;
  private final int everyEpochs;
  private final List<Evaluation> last = new ArrayList<>();

  Evaluator(Iterable<Batch> validation, Iterable<Batch> test, int everyEpochs) {
    this.validation = validation;
    this.test = test;
    this.everyEpochs = everyEpochs;
  }

  @Override
  public void onEpochEnd(Trainer trainer, Epoch epoch) {
    if (epoch.epoch() % everyEpochs == 0 && epoch.step() < trainer.settings().steps()) {
      trainer.evaluate("validation", validation);
    }
  }

  @Override
  public void onEnd(Trainer trainer, Outcome outcome) {
    if (outcome.status() == Outcome.Status.COMPLETED) {
      last.add(trainer.evaluate("validation", validation));
      last.add(trainer.evaluate("test", test));
    }
  }

  /** The evaluations at the end of the run. */
  List<Evaluation> last() {
    return List.copyOf(last);
  }
}
