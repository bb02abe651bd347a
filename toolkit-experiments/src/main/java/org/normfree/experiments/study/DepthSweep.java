package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.BLEU;
import static org.normfree.experiments.study.Metrics.EXACT_MATCH;
import static org.normfree.experiments.study.Metrics.TRAINED_SHARE;
import static org.normfree.experiments.study.Metrics.VALIDATION_ACCURACY;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.FigureSpec;
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
import org.normfree.experiments.config.Range;
import org.normfree.experiments.config.TextKeys;
import org.normfree.experiments.problem.Translating;
import org.normfree.experiments.run.RunDirectory;

/**
 * {@code depth-sweep}: translation by encoder–decoders of several depths with several methods,
 * without warm-up and with it: the share of runs that train, and BLEU. A run trains if it ends, and
 * predicts at least half of the validation tokens rightly; one that only learns how often tokens
 * occur stays far below. Source: arXiv 2203.00555, section 5, table 1 and figure 6, at a size for a
 * CPU.
 */
public final class DepthSweep implements Experiment {
  private static final double TRAINED = 50;

  private static final Key<List<String>> METHODS = Studies.methods("deepnorm", "pre-ln", "post-ln");

  private static final Key<List<Integer>> LAYERS =
      Key.integers(
          "layers", List.of(3, 9, 18), Range.any().atLeast(1), "depths: layers of either side");

  private static final Key<List<Double>> WARMUPS =
      Key.decimals(
          "warmups",
          List.of(0.0, 2.0),
          Range.any().atLeast(0),
          "epochs of linear warm-up, each tried with every depth");

  @Override
  public String name() {
    return "depth-sweep";
  }

  @Override
  public String summary() {
    return "translation against depth, with and without warm-up: who trains, and BLEU";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK ->
              List.of(
                  "methods=deepnorm,post-ln",
                  "pairs=600",
                  "largest=999",
                  "layers=2,9",
                  "width=32",
                  "heads=2",
                  "batch.tokens=192",
                  "epochs=10",
                  "warmups=0",
                  "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  /** Spanish numbers have words enough for BLEU. */
  @Override
  public List<Key<?>> keys() {
    return Study.keys(Translating.KIND)
        .without(Keys.DEPTH, TextKeys.DECODER_DEPTH, Keys.WARMUP)
        .withDefault(TextKeys.TARGET, "es")
        .withDefault(TextKeys.COUNT, 2000)
        .withDefault(TextKeys.LARGEST, 9_999L)
        .withDefault(TextKeys.BATCH_TOKENS, 512)
        .withDefault(Keys.EPOCHS, 6)
        .withDefault(Keys.EVAL_EVERY, 1)
        .after(METHODS, LAYERS, WARMUPS)
        .keys();
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "At which depths does each method train, with and without warm-up?",
            TRAINED_SHARE,
            BLEU,
            EXACT_MATCH,
            VALIDATION_ACCURACY)
        .against(Baseline.of("post-ln"))
        .over(
            Axis.depth("layers", "layers of either side"),
            Axis.condition("warmup", "epochs of warm-up").with(Map.of("0.0", "no warm-up")))
        .drawn(
            FigureSpec.of(FigureSpec.LINES, TRAINED_SHARE.name(), "layers", "warmup"),
            FigureSpec.of(FigureSpec.LINES, BLEU.name(), "layers", "warmup"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step", "layers"))
        .trainedFrom(VALIDATION_ACCURACY.name(), TRAINED)
        .claiming(claims(config));
  }

  /** At the greatest depth without warm-up, and for Post-LN at the smallest too. */
  private static List<Claim> claims(Config config) {
    List<String> methods = config.get(METHODS);
    if (!config.get(WARMUPS).contains(0.0)) {
      return List.of();
    }
    int deepest = Collections.max(config.get(LAYERS));
    int shallowest = Collections.min(config.get(LAYERS));
    String table = Studies.DEEPNET + ", table 1";
    List<Claim> claims = new ArrayList<>();
    if (methods.containsAll(List.of("deepnorm", "post-ln"))) {
      claims.add(
          Claim.trainsMore(
              "deepnorm-trains-where-post-ln-fails",
              "DeepNorm trains at %s layers a side where Post-LN fails".formatted(deepest),
              table,
              where("deepnorm", deepest),
              where("post-ln", deepest)));
    }
    if (methods.contains("post-ln") && shallowest < deepest) {
      claims.add(
          Claim.trainsMore(
              "post-ln-fails-with-depth",
              "Post-LN trains at %s layers a side and not at %s".formatted(shallowest, deepest),
              table,
              where("post-ln", shallowest),
              where("post-ln", deepest)));
    }
    if (methods.containsAll(List.of("deepnorm", "pre-ln"))) {
      claims.add(
          Claim.better(
              "deepnorm-over-pre-ln",
              "DeepNorm translates better than Pre-LN at %s layers a side".formatted(deepest),
              table + ": BLEU 28.9 against 27.4 at 100L–100L",
              BLEU,
              where("deepnorm", deepest),
              where("pre-ln", deepest)));
    }
    return claims;
  }

  private static Where where(String method, int layers) {
    return Where.of(method).with("layers", layers).with("warmup", 0.0);
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, Translating.KIND);
    for (double warmup : config.get(WARMUPS)) {
      for (int layers : config.get(LAYERS)) {
        for (String method : config.get(METHODS)) {
          study.add(
              method,
              Map.of("layers", String.valueOf(layers), "warmup", String.valueOf(warmup)),
              run -> run.with(Keys.DEPTH, layers).with(Keys.WARMUP, warmup));
        }
      }
    }
    return Runs.of(study.run(name()));
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new DepthSweep(), args);
  }
}
