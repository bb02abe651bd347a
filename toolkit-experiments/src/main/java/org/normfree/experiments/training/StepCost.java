package org.normfree.experiments.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.hipparchus.stat.StatUtils;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.text.TextScores;
import org.normfree.core.nn.Network;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.experiments.run.RunDirectory;

/**
 * Loss at both ends of a training, against the entropy of the token frequencies, and what a step
 * takes in time and memory. Needs the probes {@code step-loss} and {@code update-size} beside it.
 */
final class StepCost implements Watch {
  private static final int EDGE = 5;

  private final Map<RunDirectory, Meter> meters = new ConcurrentHashMap<>();

  @Override
  public List<TrainingListener> listeners(View view) {
    Meter meter = new Meter();
    meters.put(view.directory(), meter);
    return List.of(meter);
  }

  @Override
  public Map<String, Double> atEnd(View view, Trainer trainer) {
    Map<String, Double> values = new LinkedHashMap<>();
    List<Double> losses = StepLoss.read(view.directory());
    int edge = Math.min(EDGE, losses.size());
    double start = mean(losses.subList(0, edge));
    double end = mean(losses.subList(losses.size() - edge, losses.size()));
    values.put("loss_start", start);
    values.put("loss_end", end);
    values.put("loss_drop", start - end);
    values.put("below_unigram", unigramLoss(view.batches()) - end);
    List<Double> sizes = StepLoss.values(Recorder.read(view.directory()), "update_size");
    if (!sizes.isEmpty()) {
      values.put("update_size", sizes.get(sizes.size() - 1));
    }
    meters.remove(view.directory()).report(values);
    return values;
  }

  private static double mean(List<Double> values) {
    return StatUtils.mean(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Of what is to be predicted in an epoch. */
  private static double unigramLoss(BatchStream batches) {
    return TextScores.unigramLoss(
        IntStream.range(0, batches.stepsPerEpoch())
            .flatMap(step -> IntStream.of(batches.batch(step).integers(Network.TARGETS)))
            .filter(target -> target != Batch.IGNORED));
  }

  /** Time and memory of the steps that this process did. */
  private static final class Meter implements TrainingListener {
    private final List<Double> seconds = new ArrayList<>();
    private long last;
    private long bytes;

    @Override
    public void onStart(Trainer trainer) {
      last = System.nanoTime();
    }

    @Override
    public void onStep(Trainer trainer, Step step) {
      long now = System.nanoTime();
      seconds.add((now - last) / 1e9);
      last = now;
      bytes = Math.max(bytes, Pointer.physicalBytes());
    }

    /** Adds what a step takes, in the median and at its fastest, and the most memory there was. */
    void report(Map<String, Double> values) {
      if (!seconds.isEmpty()) {
        List<Double> sorted = seconds.stream().sorted().toList();
        values.put("step_seconds", sorted.get(sorted.size() / 2));
        values.put("step_seconds_p10", sorted.get(sorted.size() / 10));
        values.put("memory_gb", bytes / 1e9);
      }
    }
  }
}
