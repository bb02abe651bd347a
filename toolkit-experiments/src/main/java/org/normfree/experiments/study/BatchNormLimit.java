package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;
import static org.normfree.experiments.study.Metrics.TEST_LOSS;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Published;

/**
 * {@code batchnorm-limit}: residual and plain networks of convolutions with batch norm, with DyT in
 * its place, and with nothing there, by depth, each at its own best learning rate. Source: arXiv
 * 2503.10622, section 7, table 16.
 */
public final class BatchNormLimit implements Experiment {
  private static final String MODEL = "model";
  private static final String DEPTH = "blocks";
  private static final String BATCH_NORM = "batch-norm";
  private static final String DYT = "dyt";

  /** Nothing stands where a norm would: an identity without α, γ and β. */
  private static final String NOTHING = "identity-no-alpha";

  private static final Key<List<String>> MODELS =
      Key.choices(
          "models",
          List.of("resnet", "vgg"),
          () -> List.of("resnet", "vgg"),
          "the architectures that are compared");

  private static final Key<List<String>> METHODS = Studies.methods(BATCH_NORM, DYT, NOTHING);

  private static final Key<List<Integer>> BLOCKS =
      Key.integers(
          "blocks",
          List.of(1, 2, 3),
          Range.any().atLeast(1),
          "blocks of a ResNet's stage, or convolutions of a VGG's");

  /** By how much accuracies may differ and still be called about equal, in points. */
  private static final double MARGIN = 2;

  @Override
  public String name() {
    return "batchnorm-limit";
  }

  @Override
  public String summary() {
    return "ResNet and VGG with batch norm, DyT and nothing, by depth (table 16)";
  }

  @Override
  public List<Key<?>> keys() {
    return Studies.keys()
        .without(Keys.MODEL, Keys.LEARNING_RATE, Keys.DEPTHS, Keys.DROP_PATH)
        .without(Keys.tokens().toArray(Key<?>[]::new))
        .without(Keys.STEM, Keys.DOWNSAMPLE, Keys.KERNEL, Keys.BLOCK_SCALE, Keys.INIT)
        .without(Keys.HEAD_GRID, Keys.HEAD_DIMS, Keys.HEAD_DROPOUT, Keys.AFFINE)
        .withDefault(Keys.DIMS, List.of(16, 32, 64))
        .withDefault(Keys.OPTIMIZER, "sgd")
        .withDefault(Keys.WEIGHT_DECAY, 1e-4)
        .withDefault(Keys.DECAY_ALL, true)
        .withDefault(Keys.BATCH, 64)
        .withDefault(Keys.EPOCHS, 20)
        .withDefault(Keys.WARMUP, 1.0)
        .withDefault(Keys.EVAL_EVERY, 5)
        .after(RateSearch.keys(0.02, 0.1))
        .after(MODELS, METHODS, BLOCKS)
        .keys();
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK ->
              List.of(
                  "epochs=8",
                  "eval.every=8",
                  "batch=32",
                  "dims=16,32",
                  "blocks=1,2",
                  "lr.grid=0.05,0.2",
                  "lr.beyond=0",
                  "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "What is lost where DyT, or nothing, stands for batch norm?", TEST_ACCURACY, TEST_LOSS)
        .against(Baseline.of(BATCH_NORM))
        .over(
            Axis.condition(MODEL, "model").with(Map.of("resnet", "ResNet", "vgg", "VGG")),
            Axis.depth(DEPTH, "blocks a stage"),
            Axis.chosen(RateSearch.AXIS, "learning rate"))
        .drawn(
            FigureSpec.of(FigureSpec.LINES, "test_accuracy", DEPTH, MODEL),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step", MODEL))
        .trainedFrom("test_accuracy", 50)
        .beside(
            (metric, row) ->
                metric.equals("test_accuracy")
                    ? Published.table(
                            16, "vgg".equals(row.setting().get(MODEL)) ? "VGG19" : "ResNet-50")
                        .find(row.method())
                    : Optional.empty())
        .claiming(claims(config));
  }

  private static List<Claim> claims(Config config) {
    Map<String, String> numbers = new LinkedHashMap<>();
    numbers.put("resnet", "ResNet-50: 76.2 against 68.9");
    numbers.put("vgg", "VGG19: 72.7 against 71.0");
    List<String> methods = config.get(METHODS);
    int deepest = Collections.max(config.get(BLOCKS));
    List<Claim> claims = new ArrayList<>();
    for (String model : config.get(MODELS)) {
      String words = model.equals("vgg") ? "VGG" : "ResNet";
      Where deep = Where.of(DYT).with(MODEL, model).with(DEPTH, deepest);
      if (methods.containsAll(List.of(BATCH_NORM, DYT))) {
        claims.add(
            Claim.better(
                "batch-norm-over-dyt-" + model,
                "Batch norm is better than DyT in a " + words,
                Studies.DYT + ", table 16, " + numbers.get(model),
                TEST_ACCURACY,
                Where.of(BATCH_NORM).with(MODEL, model).with(DEPTH, deepest),
                deep));
      }
      if (methods.containsAll(List.of(NOTHING, DYT))) {
        claims.add(
            Claim.noWorse(
                "dyt-no-worse-than-nothing-" + model,
                "DyT is at least as good as no norm in a " + words,
                "this toolkit's question",
                TEST_ACCURACY,
                deep,
                Where.of(NOTHING).with(MODEL, model).with(DEPTH, deepest),
                MARGIN));
      }
    }
    return claims;
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    RateSearch search = new RateSearch(name(), config, directory);
    for (String model : config.get(MODELS)) {
      for (int blocks : config.get(BLOCKS)) {
        List<Integer> depths =
            Stream.generate(() -> blocks).limit(config.get(Keys.DIMS).size()).toList();
        for (String method : config.get(METHODS)) {
          search.add(
              method,
              Map.of(MODEL, model, DEPTH, String.valueOf(blocks)),
              run ->
                  run.with(Keys.MODEL, model)
                      .with(Keys.DEPTHS, depths)
                      .with(Keys.AFFINE, !method.equals(NOTHING)));
        }
      }
    }
    return search.run();
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new BatchNormLimit(), args);
  }
}
