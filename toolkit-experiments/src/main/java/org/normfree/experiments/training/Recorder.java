package org.normfree.experiments.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.normfree.core.record.Json;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.RunFiles;
import org.normfree.core.train.Evaluation;
import org.normfree.core.train.Outcome;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.experiments.run.MetricLog;
import org.normfree.experiments.run.RunDirectory;

/** Writes a run's metrics: a line an epoch, a line an evaluation, and what probes see. */
final class Recorder implements TrainingListener {
  private final MetricLog metrics;
  private final boolean recording;
  private Step last;

  /**
   * @param metrics where to write
   * @param recording false for a run whose lines are all there already
   */
  Recorder(MetricLog metrics, boolean recording) {
    this.metrics = metrics;
    this.recording = recording;
  }

  /** The lines a run has recorded so far. */
  static List<MetricLine> read(RunDirectory directory) {
    List<MetricLine> lines = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(directory.file(RunFiles.METRICS))) {
        lines.add(Json.MAPPER.readValue(line, MetricLine.class));
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  @Override
  public void onStep(Trainer trainer, Step step) {
    last = step;
  }

  @Override
  public void onEpochEnd(Trainer trainer, Epoch epoch) {
    Map<String, Double> values = new LinkedHashMap<>(epoch.values());
    values.put("learningRate", last.learningRate());
    values.put("gradientNorm", last.gradientNorm());
    add(new MetricLine(MetricLine.METRIC, epoch.step(), epoch.epoch(), "train", values));
  }

  @Override
  public void onEvaluation(Trainer trainer, Evaluation evaluation) {
    add(
        new MetricLine(
            MetricLine.METRIC,
            evaluation.step(),
            evaluation.epoch(),
            evaluation.split(),
            evaluation.values()));
  }

  /** Adds a line, unless the run's lines are all there already. */
  void add(MetricLine line) {
    if (recording) {
      metrics.add(line);
    }
  }

  /** A listener that waits until the lines are on the disk; it stands before the checkpoints. */
  TrainingListener forcing() {
    return new TrainingListener() {
      @Override
      public void onEpochEnd(Trainer trainer, Epoch epoch) {
        metrics.force();
      }

      @Override
      public void onEnd(Trainer trainer, Outcome outcome) {
        metrics.force();
      }
    };
  }
}
