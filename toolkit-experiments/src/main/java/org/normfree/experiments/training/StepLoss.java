package org.normfree.experiments.training;

import java.util.List;
import java.util.Map;
import org.normfree.core.probe.UpdateSize;
import org.normfree.core.record.MetricLine;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.experiments.run.RunDirectory;

/** Records the loss of every single step, for studies of a training's first steps. */
final class StepLoss implements Watch {
  private static final String LOSS = "step_loss";

  @Override
  public List<TrainingListener> listeners(View view) {
    return List.of(
        new TrainingListener() {
          @Override
          public void onStep(Trainer trainer, Step step) {
            view.recorder()
                .add(
                    new MetricLine(
                        MetricLine.PROBE,
                        step.step(),
                        trainer.progress().epoch(),
                        UpdateSize.MODEL,
                        Map.of(LOSS, step.loss())));
          }
        });
  }

  /** The losses of a run, from its first step on. */
  static List<Double> read(RunDirectory directory) {
    return values(Recorder.read(directory), LOSS);
  }

  /** The values of the whole model under a name, in the order they were recorded. */
  static List<Double> values(List<MetricLine> lines, String quantity) {
    return lines.stream()
        .filter(line -> line.scope().equals(UpdateSize.MODEL))
        .filter(line -> line.values().containsKey(quantity))
        .map(line -> line.values().get(quantity))
        .toList();
  }
}
