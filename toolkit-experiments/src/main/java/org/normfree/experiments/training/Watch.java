package org.normfree.experiments.training;

import java.util.List;
import java.util.Map;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.nn.Network;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.experiments.run.RunDirectory;

/**
 * What a run looks at besides loss and accuracy, by its name in the key {@code probes}: so the
 * run's own settings say all that it records.
 */
interface Watch {
  /**
   * @param view the run that is about to begin
   * @return listeners of its training
   */
  default List<TrainingListener> listeners(View view) {
    return List.of();
  }

  /**
   * Called at the end of a run that did not diverge.
   *
   * @param view the run
   * @param trainer its training loop
   * @return more values to report
   */
  default Map<String, Double> atEnd(View view, Trainer trainer) {
    return Map.of();
  }

  /**
   * A run as it is looked at.
   *
   * @param network what is trained, as evaluations and {@link Trainer#outputs} see it
   * @param batches the training batches
   * @param batch the first batch of the test split, to look at
   * @param directory where to record
   * @param recorder the run's metrics
   * @param layers how many layers to look into where some are chosen
   */
  record View(
      Network network,
      BatchStream batches,
      Batch batch,
      RunDirectory directory,
      Recorder recorder,
      int layers) {}
}
