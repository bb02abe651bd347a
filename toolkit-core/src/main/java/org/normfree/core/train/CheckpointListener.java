package org.normfree.core.train;

import org.normfree.core.InputException;

/**
 * Saves a run every so many steps and at its end. It belongs last among the listeners, so that what
 * the others recorded for a step is there when the step is saved.
 */
public final class CheckpointListener implements TrainingListener {
  private final CheckpointStore store;
  private final long every;

  /**
   * @param store where to save
   * @param every steps from one checkpoint to the next; 0 saves at the end only
   */
  public CheckpointListener(CheckpointStore store, long every) {
    if (every < 0) {
      throw new InputException(
          "the checkpoint interval is %s steps; expected 0 (only at the end) or more"
              .formatted(every));
    }
    this.store = store;
    this.every = every;
  }

  @Override
  public void onStepDone(Trainer trainer) {
    long step = trainer.progress().step();
    if (every > 0 && step % every == 0 && step < trainer.settings().steps()) {
      store.write(trainer.checkpoint());
    }
  }

  @Override
  public void onEnd(Trainer trainer, Outcome outcome) {
    if (outcome.status() == Outcome.Status.COMPLETED) {
      store.writeFinal(trainer.checkpoint());
    }
  }
}
