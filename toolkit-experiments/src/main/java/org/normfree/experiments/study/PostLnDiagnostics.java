package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.VALIDATION_ACCURACY;
import static org.normfree.experiments.study.Metrics.VALIDATION_LOSS;

import java.util.List;
import java.util.Optional;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.experiments.api.Claim;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Preset;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.api.Where;
import org.normfree.experiments.cli.Toolkit;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.TextKeys;
import org.normfree.experiments.problem.Translating;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Interval;

/**
 * {@code postln-diagnostics}: why deep Post-LN fails, against Post-LN-init, the same network with
 * smaller weights at the start: norm of every branch's gradient, accumulated update of the model,
 * size of what goes into every LayerNorm, and the loss of every step. Source: arXiv 2203.00555,
 * section 3, figures 3 and 4.
 */
public final class PostLnDiagnostics implements Experiment {
  private static final Key<List<String>> METHODS =
      Studies.methods("post-ln", "post-ln-init", "deepnorm");

  private static final double TRAINED = 50;

  private static final Metric GRADIENT_RATIO =
      Metric.size("gradient_ratio", "gradient of the last over that of the first branch", "");
  private static final Metric EARLY_UPDATE =
      Metric.size("early_update_size", "movement of the output after a few steps", "");
  private static final Metric UPDATE =
      Metric.size("update_size", "movement of the output at the end", "");
  private static final Metric INPUT_START =
      Metric.size("norm_input_start", "largest input of a LayerNorm over √d, at the start", "");
  private static final Metric INPUT_END =
      Metric.size("norm_input_end", "largest input of a LayerNorm over √d, at the end", "");

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
          case QUICK ->
              List.of(
                  "pairs=600",
                  "largest=999",
                  "depth=9",
                  "width=32",
                  "heads=2",
                  "batch.tokens=192",
                  "epochs=7",
                  "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(Translating.KIND)
        .withDefault(Keys.DEPTH, 18)
        .withDefault(TextKeys.COUNT, 2000)
        .withDefault(TextKeys.LARGEST, 9_999L)
        .withDefault(TextKeys.BATCH_TOKENS, 512)
        .withDefault(TextKeys.DECODE, false)
        .withDefault(Keys.EPOCHS, 5)
        .withDefault(Keys.WARMUP, 0.0)
        .withDefault(Keys.EVAL_EVERY, 1)
        .withDefault(
            Keys.PROBES,
            List.of("update-size", "gradient-norms", "norm-inputs", "step-loss", "layer-profile"))
        .withDefault(Keys.PROBE_EVERY, 5)
        .after(METHODS)
        .keys();
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "Why does deep Post-LN fail, where the same network with smaller weights trains?",
            VALIDATION_ACCURACY,
            VALIDATION_LOSS,
            GRADIENT_RATIO,
            EARLY_UPDATE,
            UPDATE,
            INPUT_START,
            INPUT_END)
        .against(Baseline.of("post-ln"))
        .drawn(FigureSpec.of(FigureSpec.PROBES, "", "step"))
        .trainedFrom(VALIDATION_ACCURACY.name(), TRAINED)
        .claiming(claims(config.get(METHODS)));
  }

  private static List<Claim> claims(List<String> methods) {
    if (!methods.containsAll(List.of("post-ln", "post-ln-init"))) {
      return List.of();
    }
    Where post = Where.of("post-ln");
    Where init = Where.of("post-ln-init");
    return List.of(
        Claim.trainsMore(
            "post-ln-init-trains",
            "Smaller weights at the start let Post-LN train",
            Studies.DEEPNET + ", figure 3",
            init,
            post),
        Claim.better(
            "post-ln-init-larger-last-gradient",
            "Post-LN-init trains although the gradient of its last branch is larger, against the first's",
            Studies.DEEPNET + ", figure 3",
            GRADIENT_RATIO,
            init,
            post),
        Claim.within(
            "post-ln-large-norm-inputs",
            "In failing Post-LN the input of LayerNorm grows far beyond √d",
            Studies.DEEPNET + ", figure 4",
            INPUT_END,
            post,
            Interval.from(2)));
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, Translating.KIND);
    config.get(METHODS).forEach(study::add);
    return Runs.of(study.run(name()));
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new PostLnDiagnostics(), args);
  }
}
