package org.normfree.experiments.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.nn.Network;
import org.normfree.core.record.MetricLine;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.experiments.run.Quantity;

/**
 * Standard deviation of what goes into every normalization layer, or what stands in its place,
 * before the first step and after every epoch: over the whole tensor, as in arXiv 2503.10622,
 * figure 8. What does not rescale, passes on a signal that has become small.
 */
final class InputDeviation implements Watch {
  private static final String VALUE = "input_std";

  @Override
  public List<TrainingListener> listeners(View view) {
    return List.of(
        new TrainingListener() {
          @Override
          public void onStart(Trainer trainer) {
            if (trainer.progress().step() == 0) {
              record(view, trainer);
            }
          }

          @Override
          public void onEpochEnd(Trainer trainer, Epoch epoch) {
            record(view, trainer);
          }
        });
  }

  private static void record(View view, Trainer trainer) {
    List<Network.NormPoint> points = view.network().norms();
    List<String> names = points.stream().map(Network.NormPoint::input).distinct().toList();
    Map<String, INDArray> inputs = trainer.outputs(view.batch(), names);
    for (Network.NormPoint point : points) {
      double std = inputs.get(point.input()).stdNumber(false).doubleValue();
      view.recorder()
          .add(
              new MetricLine(
                  MetricLine.PROBE,
                  trainer.progress().step(),
                  trainer.progress().epoch(),
                  point.name(),
                  Map.of(VALUE, std)));
    }
  }

  @Override
  public Map<String, Double> atEnd(View view, Trainer trainer) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (MetricLine line : Recorder.read(view.directory())) {
      if (line.step() == 0 && line.values().containsKey(VALUE)) {
        values.put(Quantity.at(VALUE, "layer", line.scope()), line.values().get(VALUE));
      }
    }
    return values;
  }
}
