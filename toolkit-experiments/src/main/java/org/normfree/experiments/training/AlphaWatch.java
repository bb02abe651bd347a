package org.normfree.experiments.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hipparchus.stat.correlation.PearsonsCorrelation;
import org.normfree.core.InputException;
import org.normfree.core.probe.AlphaProbe;
import org.normfree.core.record.MetricLine;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.experiments.run.Quantity;

/**
 * α and 1/std of the input of every dynamic activation, before the first step and after every
 * epoch, and Pearson's r of the two over layers at the end and over time in each layer. Fewer than
 * four readings, or a constant side, give no r.
 */
final class AlphaWatch implements Watch {
  private static final int FEWEST = 4;

  @Override
  public List<TrainingListener> listeners(View view) {
    AlphaProbe probe = new AlphaProbe(view.network());
    if (probe.layers() == 0) {
      throw new InputException(
          "the method has no alpha to track; choose one that has, for example method=dyt");
    }
    return List.of(
        new TrainingListener() {
          @Override
          public void onStart(Trainer trainer) {
            if (trainer.progress().step() == 0) {
              record(trainer);
            }
          }

          @Override
          public void onEpochEnd(Trainer trainer, Epoch epoch) {
            record(trainer);
          }

          private void record(Trainer trainer) {
            for (AlphaProbe.Reading reading :
                probe.read(names -> trainer.outputs(view.batch(), names))) {
              view.recorder()
                  .add(
                      new MetricLine(
                          MetricLine.PROBE,
                          trainer.progress().step(),
                          trainer.progress().epoch(),
                          reading.layer(),
                          Map.of("alpha", reading.alpha(), "inverseStd", reading.inverseStd())));
            }
          }
        });
  }

  @Override
  public Map<String, Double> atEnd(View view, Trainer trainer) {
    Map<String, List<MetricLine>> layers =
        Recorder.read(view.directory()).stream()
            .filter(line -> line.values().containsKey("alpha"))
            .collect(
                Collectors.groupingBy(MetricLine::scope, LinkedHashMap::new, Collectors.toList()));
    Map<String, Double> values = new LinkedHashMap<>();
    put(
        values,
        "pearson_layers",
        layers.values().stream().map(lines -> lines.get(lines.size() - 1)).toList());
    layers.forEach(
        (layer, lines) -> put(values, Quantity.at("pearson_time", "layer", layer), lines));
    return values;
  }

  private static void put(Map<String, Double> values, String name, List<MetricLine> lines) {
    if (lines.size() < FEWEST) {
      return;
    }
    double r =
        new PearsonsCorrelation().correlation(column(lines, "alpha"), column(lines, "inverseStd"));
    if (!Double.isNaN(r)) {
      values.put(name, r);
    }
  }

  private static double[] column(List<MetricLine> lines, String name) {
    return lines.stream().mapToDouble(line -> line.values().get(name)).toArray();
  }
}
