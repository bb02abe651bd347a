package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;
import static org.normfree.experiments.study.Metrics.TEST_LOSS;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.normfree.core.record.Axis;
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
import org.normfree.experiments.config.Range;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;

/**
 * {@code vision-supervised}: a ViT and a ConvNeXt with LayerNorm, DyT and others, each at its own
 * best learning rate; and what ConvNeXt's initial weights, its layer scale and α₀ do to DyT, which
 * does not rescale what goes through it. Source: arXiv 2503.10622, table 1; the second part is this
 * toolkit's.
 */
public final class VisionSupervised implements Experiment {
  private static final String MODEL = "model";
  private static final String VIT = "vit";
  private static final String CONVNEXT = "convnext";
  private static final String LAYER_NORM = "pre-ln";
  private static final String DYT = "dyt";

  private static final Key<List<String>> METHODS =
      Studies.methods(LAYER_NORM, DYT, "derf", "rms-norm", "sigma-reparam");

  private static final Key<List<String>> STARTS =
      Key.choices(
          "starts",
          List.of("published", "fan-in"),
          () -> List.of("published", "fan-in"),
          "second part: what ConvNeXt's weights start from");

  private static final Key<List<Double>> ALPHAS =
      Key.decimals(
          "starts.alpha0", List.of(0.5, 1.0), Range.any().above(0), "second part: DyT's α₀");

  private static final Key<List<Double>> SCALES =
      Key.decimals(
          "starts.scale",
          List.of(1e-6, 0.1),
          Range.any().atLeast(0),
          "second part: initial layer scales of ConvNeXt");

  private static final Key<Double> RATE =
      Key.decimal("starts.lr", 4e-3, Range.any().above(0), "second part: its learning rate");

  /** By how much accuracies may differ and still be called about equal, in points. */
  private static final double MARGIN = 2;

  /** A layer scale with which short runs get somewhere; the published one is 1e-6. */
  private static final double TRAINABLE_SCALE = 0.1;

  private static final Metric INPUT =
      Metric.size("input_std", "std of what goes into each norm before training", "");

  @Override
  public String name() {
    return "vision-supervised";
  }

  @Override
  public String summary() {
    return "ViT and ConvNeXt with LayerNorm, DyT and others (table 1), and what DyT starts from";
  }

  @Override
  public List<Key<?>> keys() {
    return Studies.keys()
        .without(Keys.MODEL, Keys.LEARNING_RATE, Keys.INIT, Keys.BLOCK_SCALE)
        .withDefault(Keys.EPOCHS, 20)
        .withDefault(Keys.WARMUP, 2.0)
        .withDefault(Keys.CLIP, 1.0)
        .withDefault(Keys.EVAL_EVERY, 5)
        .withDefault(Keys.STEM, 1)
        .withDefault(Keys.KERNEL, 3)
        .withDefault(Keys.DIMS, List.of(32, 64))
        .withDefault(Keys.DEPTHS, List.of(2, 2))
        .withDefault(Keys.PROBES, List.of("input-std"))
        .after(STARTS, ALPHAS, SCALES, RATE)
        .after(RateSearch.keys())
        .after(METHODS)
        .keys();
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        Studies.preset(
            preset,
            "epochs=8",
            "eval.every=8",
            "warmup=1",
            "depth=2",
            "dims=16,32",
            "depths=1,1",
            "methods=pre-ln,dyt",
            "lr.grid=0.004,0.012",
            "lr.beyond=1",
            "starts.scale=0.1",
            "starts.lr=0.012"));
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "Is DyT as good as LayerNorm in a ViT and in a ConvNeXt, and what does it need to start?",
            TEST_ACCURACY,
            TEST_LOSS,
            INPUT)
        .against(Baseline.of(LAYER_NORM))
        .over(
            Axis.condition(MODEL, "model").with(Map.of(VIT, "ViT", CONVNEXT, "ConvNeXt")),
            Axis.chosen(RateSearch.AXIS, "learning rate"),
            Axis.variant("init", "init")
                .with(Map.of("published", "published init", "fan-in", "fan-in init")),
            Axis.variant("alpha0", "α₀"),
            Axis.variant("scale", "layer scale"),
            Axis.condition("layer", "layer"))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, "test_accuracy", "method", MODEL),
            FigureSpec.of(FigureSpec.PROBES, "input_std", "layer", MODEL),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step", MODEL))
        .trainedFrom("test_accuracy", 50)
        .beside(VisionSupervised::printed)
        .claiming(claims(config));
  }

  private static Optional<Published.Entry> printed(String metric, Where row) {
    String model = row.setting().get(MODEL);
    return metric.equals("test_accuracy") && !row.setting().containsKey("init")
        ? Published.table(1, VIT.equals(model) ? "ViT-B" : "ConvNeXt-B").find(row.method())
        : Optional.empty();
  }

  private static List<Claim> claims(Config config) {
    List<Claim> claims = new ArrayList<>();
    if (config.get(METHODS).containsAll(List.of(LAYER_NORM, DYT))) {
      Map<String, String> numbers = new LinkedHashMap<>();
      numbers.put(VIT, "ViT-B: 82.5 against 82.3");
      numbers.put(CONVNEXT, "ConvNeXt-B: 83.7 against 83.7");
      numbers.forEach(
          (model, printed) ->
              claims.add(
                  Claim.same(
                      "dyt-about-ln-" + model,
                      "DyT is about as good as LayerNorm in a "
                          + (model.equals(VIT) ? "ViT" : "ConvNeXt"),
                      Studies.DYT + ", table 1, " + printed,
                      TEST_ACCURACY,
                      Where.of(DYT).with(MODEL, model),
                      Where.of(LAYER_NORM).with(MODEL, model),
                      MARGIN)));
    }
    if (config.get(STARTS).size() > 1) {
      double scale = last(config.get(SCALES));
      double alpha0 = last(config.get(ALPHAS));
      claims.add(
          Claim.better(
              "fan-in-starts-dyt",
              "A small ConvNeXt with DyT does better from weights by fan-in than from published ones",
              "this toolkit: each convolution of deviation 0.02 shrinks narrow maps, and DyT does not rescale",
              TEST_ACCURACY,
              start("fan-in", scale, alpha0),
              start("published", scale, alpha0)));
    }
    return claims;
  }

  private static double last(List<Double> numbers) {
    return numbers.get(numbers.size() - 1);
  }

  /** DyT's runs of the second part. */
  private static Where start(String init, double scale, double alpha0) {
    return Where.of(DYT)
        .with(MODEL, CONVNEXT)
        .with("init", init)
        .with("scale", scale)
        .with("alpha0", alpha0);
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    RateSearch search = new RateSearch(name(), config, directory);
    for (String method : config.get(METHODS)) {
      search.add(method, Map.of(MODEL, VIT), run -> unwatched(vit(run)));
      search.add(
          method,
          Map.of(MODEL, CONVNEXT),
          run -> unwatched(convNeXt(run, "fan-in", TRAINABLE_SCALE)));
    }
    Study starts = new Study(name(), config, directory);
    double rate = config.get(RATE);
    for (String init : config.get(STARTS)) {
      for (double scale : config.get(SCALES)) {
        Map<String, String> setting = new TreeMap<>();
        setting.put(MODEL, CONVNEXT);
        setting.put("init", init);
        setting.put("scale", String.valueOf(scale));
        starts.add(
            LAYER_NORM, setting, run -> convNeXt(run, init, scale).with(Keys.LEARNING_RATE, rate));
        for (double alpha0 : config.get(ALPHAS)) {
          Map<String, String> own = new TreeMap<>(setting);
          own.put("alpha0", String.valueOf(alpha0));
          starts.add(
              DYT,
              own,
              run ->
                  convNeXt(run, init, scale)
                      .with(Keys.LEARNING_RATE, rate)
                      .with(Keys.ALPHA0, alpha0));
        }
      }
    }
    return search.run(starts);
  }

  /** The first part is about accuracies alone. */
  private static Config unwatched(Config run) {
    return run.with(Keys.PROBES, List.of("none"));
  }

  private static Config vit(Config run) {
    return Studies.without(run, Keys.stages()).with(Keys.MODEL, VIT);
  }

  private static Config convNeXt(Config run, String init, double scale) {
    return Studies.without(run, Keys.tokens())
        .with(Keys.MODEL, CONVNEXT)
        .with(Keys.INIT, init)
        .with(Keys.BLOCK_SCALE, scale);
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new VisionSupervised(), args);
  }
}
