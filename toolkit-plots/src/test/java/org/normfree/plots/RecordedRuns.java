package org.normfree.plots;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.normfree.core.record.AtomicFile;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.Difference;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Json;
import org.normfree.core.record.LayerNormMap;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Metric;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.RunFiles;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trial;
import org.normfree.plots.stats.Interval;

/** Experiment directories with made-up numbers, written through the record types. */
public final class RecordedRuns {
  /** The seeds of every experiment. */
  public static final List<Long> SEEDS = List.of(1L, 2L, 3L);

  private static final String TABLE_8 = "arXiv 2503.10622, table 8, ViT-B on ImageNet-1K";
  private static final String TABLE_9 = "arXiv 2503.10622, table 9, ViT-B on ImageNet-1K";

  private RecordedRuns() {}

  /** Writes one experiment of each kind. */
  public static void all(Path folder) {
    squash(folder.resolve("dyt-squash"));
    comparison(folder.resolve("method-comparison"));
    alpha(folder.resolve("alpha-tracking"));
    layerNormMap(folder.resolve("layernorm-map"));
    train(folder.resolve("train"));
  }

  /** The ablation; identity without α diverges always, identity with α once. */
  public static void squash(Path folder) {
    Map<String, Double> published =
        Map.of("tanh", 82.5, "hardtanh", 82.2, "sigmoid", 81.6, "identity", 61.0);
    Map<String, Double> without = Map.of("tanh", 81.1, "hardtanh", 80.7, "sigmoid", 80.7);
    Map<String, Double> ours =
        Map.of("tanh", 97.8, "hardtanh", 97.6, "sigmoid", 95.9, "identity", 93.0);
    List<SummaryRow> rows = new ArrayList<>();
    for (String squash : List.of("tanh", "hardtanh", "sigmoid", "identity")) {
      for (String alpha : List.of("learned", "none")) {
        boolean learned = alpha.equals("learned");
        Map<String, String> setting = Map.of("alpha", alpha, "squash", squash);
        String method = squash.equals("tanh") ? "dyt" : squash;
        double level = ours.get(squash) - (learned ? 0 : 1.2);
        List<Double> values = new ArrayList<>();
        for (long seed : SEEDS) {
          boolean diverges = squash.equals("identity") && (!learned || seed == 2);
          double accuracy = level + 0.4 * (seed - 2) * (squash.length() % 3 + 1) / 3;
          Path run = folder.resolve("runs/%s-%s-%s".formatted(squash, alpha, seed));
          write(
              run,
              new Trial("dyt-squash", method, setting, seed, Trial.FINAL),
              diverges ? Marker.DIVERGED : Marker.DONE,
              curves(60, accuracy, seed, diverges ? 20 + seed : Long.MAX_VALUE));
          values.add(diverges ? null : accuracy);
        }
        rows.add(
            row(
                method,
                setting,
                values,
                rows.isEmpty() ? null : rows.get(0),
                (learned ? published : without).get(squash),
                TABLE_8));
      }
    }
    experiment(
        folder,
        new Summary(
            "dyt-squash",
            "Does it need α, and does it have to be tanh?",
            "quick",
            "three seeds of a tiny network",
            List.of(Metric.percent("test_accuracy", "test accuracy")),
            new Baseline("dyt", Map.of("alpha", "learned")),
            List.of(
                Axis.variant("squash", "squash"),
                Axis.variant("alpha", "α").with(Map.of("learned", "α learned", "none", "no α"))),
            figures("test_accuracy"),
            List.of(),
            rows));
  }

  private static List<FigureSpec> figures(String metric) {
    return List.of(
        FigureSpec.of(FigureSpec.INTERVALS, metric, "method"),
        FigureSpec.of(FigureSpec.CURVES, "loss", "step"),
        FigureSpec.of(FigureSpec.CURVES, "accuracy", "step"));
  }

  /** Fourteen methods, each with a learning rate that a search run chose. */
  public static void comparison(Path folder) {
    Map<String, Double> published =
        Map.of("pre-ln", 82.3, "fixup", 77.2, "skipinit", 74.1, "sigma-reparam", 82.5, "dyt", 82.8);
    Map<String, Double> ours = new LinkedHashMap<>();
    ours.put("pre-ln", 97.5);
    ours.put("post-ln", 96.4);
    ours.put("rms-norm", 97.4);
    ours.put("dyt", 97.7);
    ours.put("derf", 97.9);
    ours.put("deepnorm", 96.9);
    ours.put("fixup", 95.5);
    ours.put("skipinit", 98.4);
    ours.put("rezero", 96.0);
    ours.put("layerscale", 97.0);
    ours.put("admin", 96.2);
    ours.put("sigma-reparam", 97.1);
    ours.put("hardtanh", 97.2);
    ours.put("identity", null);
    List<SummaryRow> rows = new ArrayList<>();
    ours.forEach(
        (method, level) -> {
          Map<String, String> setting = Map.of("lr", "0.003");
          List<Double> values = new ArrayList<>();
          write(
              folder.resolve("runs/%s-search-0.003".formatted(method)),
              new Trial("method-comparison", method, setting, 1, Trial.SEARCH),
              level == null ? Marker.DIVERGED : Marker.DONE,
              curves(10, 50, 1, Long.MAX_VALUE));
          for (long seed : SEEDS) {
            boolean diverges = level == null || (method.equals("admin") && seed == 3);
            double accuracy =
                level == null ? 30 : level + 0.3 * (seed - 2) * (1 + method.length() % 3);
            write(
                folder.resolve("runs/%s-%s".formatted(method, seed)),
                new Trial("method-comparison", method, setting, seed, Trial.FINAL),
                diverges ? Marker.DIVERGED : Marker.DONE,
                curves(40, accuracy, seed + method.hashCode(), diverges ? 15 : Long.MAX_VALUE));
            values.add(diverges ? null : accuracy);
          }
          rows.add(
              row(
                  method,
                  setting,
                  values,
                  rows.isEmpty() ? null : rows.get(0),
                  published.get(method),
                  TABLE_9));
        });
    experiment(
        folder,
        new Summary(
            "method-comparison",
            "",
            null,
            null,
            List.of(Metric.percent("test_accuracy", "test accuracy")),
            Baseline.of("pre-ln"),
            List.of(Axis.chosen("lr", "learning rate")),
            figures("test_accuracy"),
            List.of(),
            rows));
  }

  /** α and 1/std of thirteen layers. */
  public static void alpha(Path folder) {
    List<String> layers = new ArrayList<>();
    for (int block = 0; block < 6; block++) {
      layers.add("block%s.attention.norm".formatted(block));
      layers.add("block%s.ffn.norm".formatted(block));
    }
    layers.add("norm");
    for (long seed : SEEDS) {
      SplittableRandom random = new SplittableRandom(seed);
      List<MetricLine> lines = new ArrayList<>(curves(40, 97.5, seed, Long.MAX_VALUE));
      for (long step = 0; step <= 800; step += 40) {
        for (int i = 0; i < layers.size(); i++) {
          double fall = 1 - Math.exp(-step / 300.0);
          double std = 0.8 + 0.25 * i * fall;
          lines.add(
              new MetricLine(
                  MetricLine.PROBE,
                  step,
                  (int) (step / 20),
                  layers.get(i),
                  Map.of(
                      "alpha",
                      0.5 - 0.02 * i * fall + 0.04 * fall * random.nextDouble(),
                      "inverseStd",
                      1 / std + 0.05 * random.nextDouble())));
        }
      }
      write(
          folder.resolve("runs/dyt-" + seed),
          new Trial("alpha-tracking", "dyt", Map.of(), seed, Trial.FINAL),
          Marker.DONE,
          lines);
    }
    experiment(
        folder,
        new Summary(
            "alpha-tracking",
            "",
            null,
            null,
            List.of(
                Metric.correlation("pearson_layers_final", "Pearson r over layers, last step"),
                Metric.correlation("pearson_time", "Pearson r over time")),
            null,
            List.of(Axis.condition("layer", "layer")),
            List.of(
                FigureSpec.of(FigureSpec.TRACKING, "pearson_layers_final", "step"),
                FigureSpec.of(FigureSpec.CURVES, "loss", "step")),
            List.of(),
            List.of(
                metric("pearson_layers_final", Map.of(), 0.83, 0.86, 0.91),
                metric("pearson_time", Map.of("layer", "block1.ffn.norm"), -0.42, 0.1, -0.2))));
  }

  private static SummaryRow metric(String metric, Map<String, String> setting, double... values) {
    Interval interval = Interval.of(values);
    return new SummaryRow(
        "dyt",
        setting,
        metric,
        interval.mean(),
        List.of(interval.low(), interval.high()),
        values.length,
        SEEDS,
        0,
        null,
        null);
  }

  /** Five layers; each token has its own standard deviation, two channels own the extremes. */
  public static void layerNormMap(Path folder) {
    List<LayerNormMap.Layer> layers = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(7);
    for (int depth = 0; depth < 5; depth++) {
      int tokens = 100;
      int channels = 64;
      float[] x = new float[tokens * channels];
      float[] y = new float[x.length];
      int[] token = new int[x.length];
      int[] channel = new int[x.length];
      for (int t = 0; t < tokens; t++) {
        double sum = 0;
        for (int c = 0; c < channels; c++) {
          int i = t * channels + c;
          double extreme = c < 2 ? 1 + 4 * depth * random.nextDouble() : 1;
          x[i] =
              (float)
                  ((random.nextDouble() + random.nextDouble() - 1) * extreme * (c == 1 ? -1 : 1));
          if (c == 0) {
            x[i] = Math.abs(x[i]);
          } else if (c == 1) {
            x[i] = -Math.abs(x[i]);
          }
          sum += x[i] * x[i];
          token[i] = t;
          channel[i] = c;
        }
        for (int c = 0; c < channels; c++) {
          int i = t * channels + c;
          y[i] = (float) (x[i] / Math.sqrt(sum / channels));
        }
      }
      layers.add(
          new LayerNormMap.Layer(
              depth < 4 ? "block%s.attention.norm".formatted(depth) : "norm",
              x,
              y,
              token,
              channel,
              0.97 - 0.05 * depth,
              2 - 0.2 * depth,
              0,
              0.98 - 0.02 * depth,
              5,
              0.45 - 0.03 * depth,
              4));
    }
    Path run = folder.resolve("runs/pre-ln-1");
    write(
        run,
        new Trial("layernorm-map", "pre-ln", Map.of(), 1, Trial.FINAL),
        Marker.DONE,
        curves(30, 97, 1, Long.MAX_VALUE));
    AtomicFile.write(run.resolve(RunFiles.LAYERNORM_MAP), Json.pretty(new LayerNormMap(layers)));
    experiment(
        folder,
        new Summary(
            "layernorm-map",
            "",
            null,
            null,
            List.of(),
            null,
            List.of(),
            List.of(
                FigureSpec.of(FigureSpec.MAPS, "", ""),
                FigureSpec.of(FigureSpec.CURVES, "loss", "step")),
            List.of(),
            List.of(
                new SummaryRow(
                    "pre-ln",
                    Map.of("layer", "block3.attention.norm"),
                    "tanh_r2",
                    0.92,
                    null,
                    1,
                    List.of(1L),
                    0,
                    null,
                    null))));
  }

  /** A single run that is its own experiment: no trial file, metrics beside the summary. */
  public static void train(Path folder) {
    metrics(folder, curves(80, 97.2, 5, Long.MAX_VALUE));
    AtomicFile.write(folder.resolve(Marker.DONE.name()), new byte[0]);
    experiment(
        folder,
        new Summary(
            "train",
            List.of(
                new SummaryRow(
                    "dyt", Map.of(), "test_accuracy", 97.24, null, 1, List.of(5L), 0, null, null),
                new SummaryRow(
                    "dyt", Map.of(), "test_loss", 0.0871, null, 1, List.of(5L), 0, null, null))));
  }

  /** An experiment plots know nothing of: two depths, a loss over three decades, one seed fewer. */
  public static void unknown(Path folder) {
    List<SummaryRow> rows = new ArrayList<>();
    for (String depth : List.of("12", "48")) {
      Map<String, String> setting = Map.of("depth", depth);
      for (long seed : SEEDS) {
        SplittableRandom random = new SplittableRandom(seed);
        List<MetricLine> lines = new ArrayList<>();
        for (int epoch = 0; epoch <= 500; epoch++) {
          double loss = 2.3 * Math.pow(10, -epoch / (depth.equals("12") ? 180.0 : 230.0));
          lines.add(
              line(
                  epoch, "train", Map.of("loss", loss * (0.7 + 0.2 * seed * random.nextDouble()))));
        }
        write(
            folder.resolve("runs/%s-%s".formatted(depth, seed)),
            new Trial("depth-limit", "deepnorm", setting, seed, Trial.FINAL),
            Marker.DONE,
            lines);
      }
      rows.add(row("deepnorm", setting, List.of(90.0, 91.0, 92.0), null, null, null));
    }
    experiment(folder, new Summary("depth-limit", rows));
  }

  static SummaryRow row(
      String method,
      Map<String, String> setting,
      List<Double> values,
      SummaryRow baseline,
      Double published,
      String source) {
    double[] done = values.stream().filter(Objects::nonNull).mapToDouble(v -> v).toArray();
    Interval interval = done.length == 0 ? null : Interval.of(done);
    return new SummaryRow(
        method,
        setting,
        "test_accuracy",
        interval == null ? null : interval.mean(),
        interval == null || !interval.known() ? null : List.of(interval.low(), interval.high()),
        done.length,
        SEEDS,
        values,
        SEEDS.size() - done.length,
        null,
        baseline == null || done.length == 0 ? null : difference(values, baseline.values()),
        published,
        published == null ? null : source,
        false);
  }

  private static Difference difference(List<Double> values, List<Double> baseline) {
    List<Double> pairs = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) != null && baseline.get(i) != null) {
        pairs.add(values.get(i) - baseline.get(i));
      }
    }
    Interval interval = Interval.of(pairs.stream().mapToDouble(v -> v).toArray());
    return new Difference(
        interval.mean(),
        interval.known() ? List.of(interval.low(), interval.high()) : null,
        interval.n(),
        null,
        interval.known() ? 0.04 : null,
        null,
        List.of(interval.mean() - 0.6, interval.mean() + 0.6));
  }

  /** Loss and accuracy of a run of 20 steps an epoch that may diverge in some epoch. */
  private static List<MetricLine> curves(int epochs, double accuracy, long seed, long diverges) {
    SplittableRandom random = new SplittableRandom(seed);
    List<MetricLine> lines = new ArrayList<>();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      double part = 1 - Math.exp(-5.0 * epoch / epochs);
      double noise = 0.05 * (random.nextDouble() - 0.5);
      if (epoch == diverges) {
        lines.add(line(epoch, "train", Map.of("loss", 41.0)));
        lines.add(line(epoch + 1, "train", Map.of("loss", Double.NaN)));
        break;
      }
      lines.add(
          line(
              epoch,
              "train",
              Map.of(
                  "loss",
                  2.3 * (1 - part) + 0.05 * (100 - accuracy) + noise * (1.1 - part),
                  "learningRate",
                  0.003)));
      lines.add(
          line(
              epoch,
              "validation",
              Map.of(
                  "loss",
                  0.3,
                  "accuracy",
                  10 + (accuracy - 10) * part + 20 * noise * (1.1 - part))));
    }
    return lines;
  }

  private static MetricLine line(int epoch, String scope, Map<String, Double> values) {
    return new MetricLine(MetricLine.METRIC, epoch * 20L, epoch, scope, values);
  }

  static void experiment(Path folder, Summary summary) {
    AtomicFile.write(folder.resolve(RunFiles.SUMMARY), Json.pretty(summary));
    AtomicFile.write(
        folder.resolve(RunFiles.CONFIG),
        Json.pretty(Map.of("data", "digits", "depth", 6, "note", "a < b & c")));
    AtomicFile.write(
        folder.resolve(RunFiles.PROVENANCE),
        Json.pretty(Map.of("commit", "0123abc", "java", "17.0.15")));
    AtomicFile.write(folder.resolve(Marker.DONE.name()), new byte[0]);
  }

  static void write(Path folder, Trial trial, Marker marker, List<MetricLine> lines) {
    AtomicFile.write(folder.resolve(RunFiles.TRIAL), Json.pretty(trial));
    AtomicFile.write(
        folder.resolve(RunFiles.CONFIG),
        Json.pretty(Map.of("data", "digits", "depth", 6, "seed", trial.seed())));
    AtomicFile.write(
        folder.resolve(marker.name()),
        (marker == Marker.DIVERGED ? "step 420: loss is NaN\n" : "")
            .getBytes(StandardCharsets.UTF_8));
    metrics(folder, lines);
  }

  static void metrics(Path folder, List<MetricLine> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(Json.line(line)).append('\n'));
    AtomicFile.write(
        folder.resolve(RunFiles.METRICS), text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
