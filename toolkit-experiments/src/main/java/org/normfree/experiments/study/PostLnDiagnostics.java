package org.normfree.experiments.study;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.method.Methods;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.experiments.Experiment;
import org.normfree.experiments.Launch;
import org.normfree.experiments.Preset;
import org.normfree.experiments.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.TextKeys;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;
import org.normfree.experiments.statistics.SummaryBuilder;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code postln-diagnostics}: why deep Post-LN fails, against Post-LN-init, the same network with
 * smaller weights at the start: norm of every branch's gradient, accumulated update of the model,
 * size of what goes into every LayerNorm, and the loss of every step. Source: arXiv 2203.00555,
 * section 3, figures 3 and 4.
 */
public final class PostLnDiagnostics implements Experiment {
  private static final Key<List<String>> METHODS =
      Key.choices(
          "methods",
          List.of("post-ln", "post-ln-init", "deepnorm"),
          Methods::names,
          "the methods that are compared");

  @Override
  public String name() {
    return "postln-diagnostics";
  }

  @Override
  public String summary() {
    return "gradients, updates and LayerNorm inputs of deep Post-LN (DeepNet's figures 3 and 4)";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK -> List.of("pairs=500", "depth=9", "epochs=3", "seeds=2");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Key<?>> keys() {
    List<Key<?>> shared =
        Studies.keys(Translating.KIND).stream().map(PostLnDiagnostics::defaults).toList();
    return Config.schema(List.of(METHODS), shared);
  }

  private static Key<?> defaults(Key<?> key) {
    return switch (key.name()) {
      case "depth" -> Keys.DEPTH.withDefault(18);
      case "pairs" -> TextKeys.COUNT.withDefault(2000);
      case "largest" -> TextKeys.LARGEST.withDefault(9_999L);
      case "batch.tokens" -> TextKeys.BATCH_TOKENS.withDefault(512);
      case "decode" -> TextKeys.DECODE.withDefault(false);
      case "epochs" -> Keys.EPOCHS.withDefault(5);
      case "warmup" -> Keys.WARMUP.withDefault(0.0);
      case "eval.every" -> Keys.EVAL_EVERY.withDefault(1);
      case "probes" ->
          Keys.PROBES.withDefault(List.of("update-size", "gradient-norms", "norm-inputs"));
      case "probe.every" -> Keys.PROBE_EVERY.withDefault(5);
      default -> key;
    };
  }

  @Override
  public Result run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, Translating.KIND);
    config.get(METHODS).forEach(method -> study.add(method, Map.of(), new Losses()));
    List<TrialResult> results = study.run(name());
    SummaryBuilder table = new SummaryBuilder(name());
    LayerProfile.METRICS.forEach(metric -> table.runs(results, metric, Published.none()));
    List.of("validation_loss", "validation_accuracy")
        .forEach(metric -> table.runs(results, metric, Published.none()));
    return Result.of(table.build(), results);
  }

  /** The loss of every step, and at the end what the layers showed. */
  private static final class Losses implements TrainingRun.Probing {
    @Override
    public List<TrainingListener> listeners(TrainingRun.View view) {
      return List.of(new StepLoss(view.recorder()));
    }

    @Override
    public Map<String, Double> atEnd(TrainingRun.View view, Trainer trainer) {
      return LayerProfile.of(Recorder.read(view.directory()));
    }
  }

  /**
   * Runs it from an IDE.
   *
   * @param args {@code key=value} and options of {@code toolkit run}
   */
  public static void main(String[] args) {
    Launch.main(new PostLnDiagnostics(), args);
  }
}
