package org.normfree.plots;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.ClaimResult;
import org.normfree.core.record.Difference;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trained;
import org.normfree.core.record.Trial;
import org.normfree.core.record.Verdict;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;

/** Experiments in memory, with summaries of every shape that tables and the report must take. */
public final class MadeUpStudies {
  public static final Metric ACCURACY = Metric.percent("test_accuracy", "test accuracy");
  public static final Metric LOSS = Metric.loss("test_loss", "test loss", "nats");

  private static final String SOURCE = "arXiv 2503.10622, table 9, ViT-B on ImageNet-1K";
  private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L);

  private MadeUpStudies() {}

  /** One of each. */
  public static List<Experiment> all() {
    return List.of(comparison(), depths(), sizes(), layers(), awkward(), old(), empty());
  }

  /** Methods against a baseline: better, alike, worse, partly trained, diverged; claims. */
  public static Experiment comparison() {
    Baseline baseline = Baseline.of("pre-ln");
    List<SummaryRow> rows = new ArrayList<>();
    rows.add(row("pre-ln").of(ACCURACY, 97.0, 96.6, 97.4).published(82.3).row());
    rows.add(
        row("dyt")
            .of(ACCURACY, 98.2, 98.0, 98.4)
            .differs(1.2, 0.8, 1.6, 0.004)
            .published(82.8)
            .edge()
            .row());
    rows.add(row("deepnorm").of(ACCURACY, 97.12, 96.1, 97.9).differs(0.1, -0.8, 1.0, 0.8).row());
    rows.add(
        row("post-ln")
            .of(ACCURACY, 45.2, 11.0, 84.1)
            .differs(-51.8, -85.9, -12.9, 0.03)
            .trained(2, 5, 96.31)
            .row());
    rows.add(row("identity").of(ACCURACY, null, null, null).published(61.0).row());
    rows.add(row("pre-ln").of(LOSS, 0.1034, 0.0951, 0.1124).row());
    rows.add(
        row("dyt")
            .of(LOSS, 0.0981, 0.0932, 0.1033)
            .differs(-0.0053, -0.014, 0.004, 0.31)
            .edge()
            .row());
    rows.add(
        row("deepnorm").of(LOSS, 0.1013, 0.0951, 0.1079).differs(-0.002, -0.01, 0.006, 0.6).row());
    return experiment(
        "method-comparison",
        new Summary(
            "method-comparison",
            "Which method replaces normalization <without> loss & pain?",
            "quick",
            null,
            List.of(ACCURACY, LOSS),
            baseline,
            List.of(Axis.chosen("lr", "learning rate")),
            List.of(FigureSpec.of(FigureSpec.INTERVALS, "test_accuracy", "method")),
            claims(),
            rows),
        Map.of(
            "time", "2026-11-28T20:00:00Z",
            "end", "2026-11-28T20:05:03Z",
            "commit", "0123abc",
            "dirty", true,
            "cpu", "Some CPU @ 2 GHz",
            "cores", 2,
            "vectorBits", 256));
  }

  private static List<ClaimResult> claims() {
    return List.of(
        new ClaimResult(
            "dyt-no-worse",
            "DyT is no worse than Pre-LN.",
            SOURCE,
            "difference above −0.5 percentage points",
            1.2,
            List.of(0.8, 1.6),
            5,
            Verdict.CONFIRMED,
            null),
        new ClaimResult(
            "deepnorm-equal",
            "DeepNorm & Pre-LN are equal <at this depth>.",
            "arXiv 2203.00555",
            "|difference| below 0.5",
            0.1,
            List.of(-0.8, 1.0),
            5,
            Verdict.INCONCLUSIVE,
            new ClaimResult.Needed(14, 0.61)),
        new ClaimResult(
            "post-ln-trains",
            "Post-LN trains.",
            "folklore",
            "share above 90 %",
            40.0,
            List.of(11.8, 76.9),
            5,
            Verdict.CONTRADICTED,
            null),
        new ClaimResult(
            "unheard", "Nobody ran it.", "–", "any", null, null, 0, Verdict.INCONCLUSIVE, null));
  }

  /** An ordered axis for the columns, a condition for groups of rows, shares of runs. */
  public static Experiment depths() {
    Metric share = Metric.percent("trained_share", "runs that train");
    Metric bleu =
        new Metric("test_bleu", "test BLEU", "", share.better(), share.scale(), 0.0, 100.0);
    List<SummaryRow> rows = new ArrayList<>();
    for (Metric metric : List.of(share, bleu)) {
      for (String warmup : List.of("2.0", "0.0")) {
        for (String layers : List.of("3", "18", "9")) {
          for (String method : List.of("deepnorm", "post-ln")) {
            boolean fails = method.equals("post-ln") && !layers.equals("3");
            Row row = row(method).with("layers", layers).with("warmup", warmup);
            if (metric.equals(share)) {
              row.of(metric, fails ? 0.0 : 100.0, fails ? 0.0 : 56.6, fails ? 43.4 : 100.0);
              row.values = Collections.nCopies(5, fails ? 0.0 : 100.0);
            } else {
              row.of(metric, fails ? 0.1 : 28.3, fails ? 0.0 : 27.1, fails ? 0.3 : 29.4);
            }
            rows.add(fails && metric.equals(bleu) ? row.trained(0, 5, null).row() : row.row());
          }
        }
      }
    }
    return experiment(
        "depth-sweep",
        new Summary(
            "depth-sweep",
            "At which depths does each method train?",
            "quick",
            "two layers are no depth",
            List.of(share, bleu),
            Baseline.of("post-ln"),
            List.of(
                new Axis(
                    "warmup",
                    "epochs of warm-up",
                    Axis.Role.CONDITION,
                    Axis.Kind.LINEAR,
                    Map.of("0.0", "no warm-up")),
                Axis.depth("layers", "layers")),
            List.of(FigureSpec.of(FigureSpec.LINES, "trained_share", "layers", "warmup")),
            List.of(),
            rows),
        Map.of("time", "2026-11-28T19:00:00Z"));
  }

  /** Numbers of many sizes over a long axis, in groups. */
  public static Experiment sizes() {
    Metric size = Metric.size("update_size", "size of the first update", "");
    List<SummaryRow> rows = new ArrayList<>();
    for (String architecture : List.of("stack", "encoder–decoder")) {
      for (String optimizer : List.of("sgd", "adam")) {
        for (int depth = 1; depth <= 1024; depth *= 2) {
          for (String method : List.of("post-ln", "deepnorm", "pre-ln")) {
            double mean = 3e-7 * Math.pow(depth, method.equals("post-ln") ? 4.1 : 0.5);
            rows.add(
                row(method)
                    .with("arch", architecture)
                    .with("optimizer", optimizer)
                    .with("depth", Integer.toString(depth))
                    .of(size, mean, mean * 0.8, mean * 1.3)
                    .row());
          }
        }
      }
    }
    return experiment(
        "model-update",
        new Summary(
            "model-update",
            "How does the first update grow with depth?",
            "quick",
            null,
            List.of(size),
            null,
            List.of(
                Axis.condition("arch", "architecture"),
                Axis.condition("optimizer", "optimizer").with(Map.of("sgd", "SGD", "adam", "Adam")),
                Axis.depth("depth", "depth")),
            List.of(),
            List.of(),
            rows),
        Map.of());
  }

  /** One method, a row a layer, correlations. */
  public static Experiment layers() {
    Metric r = Metric.correlation("line_r2", "R² of a line");
    List<SummaryRow> rows = new ArrayList<>();
    for (int block = 0; block < 6; block++) {
      rows.add(
          row("pre-ln")
              .with("layer", "block%s.mlp.norm".formatted(block))
              .of(r, 0.98 - 0.05 * block, 0.9 - 0.2 * block, 0.99)
              .row());
    }
    return experiment(
        "layernorm-map",
        new Summary(
            "layernorm-map",
            "Does LayerNorm map its input like a tanh?",
            "quick",
            null,
            List.of(r),
            null,
            List.of(Axis.condition("layer", "layer")),
            List.of(),
            List.of(),
            rows),
        Map.of());
  }

  /** Long names, strange characters, many rows, many metrics, few runs. */
  public static Experiment awkward() {
    List<Metric> metrics = new ArrayList<>();
    List<SummaryRow> rows = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      metrics.add(
          Metric.number("metric_" + i, "metric number %s of a long list".formatted(i), "%"));
    }
    for (int m = 0; m < 60; m++) {
      String method =
          switch (m % 5) {
            case 0 -> "x".repeat(80) + m;
            case 1 -> "a method whose name is a whole sentence that goes on and on, number " + m;
            case 2 -> "<b>\\input{/x}</b> %$#&_^~ “中文” 😀 " + m;
            case 3 -> "[x] ** --- `` ''' |pipe| \u0007\u200B e\u0301 x\u0302 ≠ " + m;
            default -> "m" + m;
          };
      for (Metric metric : metrics) {
        rows.add(row(method).with("σ²_{key}", "v|" + m % 3).few(metric, m - 3.14159));
      }
    }
    return experiment(
        "awkward",
        new Summary(
            "awkward",
            "",
            null,
            "because <it> is \"made up\" & small",
            metrics,
            Baseline.of("nobody"),
            List.of(),
            List.of(),
            List.of(
                new ClaimResult(
                    "long",
                    "y".repeat(200),
                    "https://example.org/" + "z".repeat(120),
                    "c|d\nnext line",
                    1e-9,
                    List.of(-3e-9, 2e9),
                    3,
                    Verdict.INCONCLUSIVE,
                    new ClaimResult.Needed(null, null))),
            rows),
        Map.of("commit", "c".repeat(90)));
  }

  /** A summary as it was written before it described itself. */
  public static Experiment old() {
    return experiment(
        "old",
        new Summary(
            "old",
            List.of(
                new SummaryRow(
                    "dyt",
                    Map.of("alpha", "learned", "layers", "9"),
                    "test_accuracy",
                    97.8,
                    List.of(97.14, 98.46),
                    3,
                    List.of(1L, 2L, 3L),
                    0,
                    82.5,
                    SOURCE),
                new SummaryRow(
                    "dyt",
                    Map.of("alpha", "none", "layers", "9"),
                    "test_accuracy",
                    null,
                    null,
                    0,
                    List.of(1L, 2L, 3L),
                    3,
                    81.1,
                    "another table"),
                new SummaryRow(
                    "my_|method",
                    Map.of(),
                    "bits",
                    -12.3456,
                    null,
                    1,
                    List.of(1L),
                    2,
                    null,
                    null))),
        Map.of());
  }

  /** An experiment without a number. */
  public static Experiment empty() {
    return experiment("empty", new Summary("empty", List.of()), Map.of());
  }

  public static Experiment experiment(String id, Summary summary, Map<String, Object> provenance) {
    Path folder = Path.of("runs", id);
    List<Run> runs = new ArrayList<>();
    for (Marker marker : Marker.values()) {
      runs.add(
          new Run(
              "run-" + marker.name().toLowerCase(Locale.ROOT),
              folder.resolve("runs").resolve("run " + marker.name()),
              new Trial(id, "dyt", Map.of("lr", "0.003"), 1 + runs.size(), Trial.FINAL),
              Optional.of(marker),
              marker == Marker.DONE ? "" : "step 7: loss is <NaN>",
              Map.of("seed", 1),
              Map.of(),
              List.of(),
              Optional.empty()));
    }
    return new Experiment(id, folder, summary, Map.of("depth", 6), provenance, runs);
  }

  public static Row row(String method) {
    return new Row(method);
  }

  /** A row of a summary in the making. */
  public static final class Row {
    private final String method;
    private final TreeMap<String, String> setting = new TreeMap<>();
    private String metric;
    private Double mean;
    private List<Double> ci95;
    private int n = 5;
    private List<Double> values = List.of();
    private Trained trained;
    private Difference difference;
    private Double published;
    private boolean edge;

    private Row(String method) {
      this.method = method;
    }

    public Row with(String key, String value) {
      setting.put(key, value);
      return this;
    }

    public Row of(Metric metric, Double mean, Double low, Double high) {
      this.metric = metric.name();
      this.mean = mean;
      this.ci95 = low == null ? null : List.of(low, high);
      this.n = mean == null ? 0 : n;
      return this;
    }

    /** Too few runs for an interval. */
    public SummaryRow few(Metric metric, double mean) {
      n = 2;
      return of(metric, mean, null, null).row();
    }

    public Row differs(double estimate, double low, double high, double pHolm) {
      difference =
          new Difference(
              estimate,
              List.of(low, high),
              n,
              pHolm / 3,
              pHolm,
              0.0625,
              List.of(low / 2, high * 2));
      return this;
    }

    public Row trained(int k, int of, Double meanOfThem) {
      trained = new Trained(k, of, List.of(11.8, 76.9), meanOfThem);
      return this;
    }

    public Row published(double number) {
      published = number;
      return this;
    }

    public Row edge() {
      edge = true;
      return with("lr", "0.01");
    }

    public SummaryRow row() {
      return new SummaryRow(
          method,
          setting,
          metric,
          mean,
          ci95,
          n,
          SEEDS.subList(0, Math.max(n, 1)),
          values,
          mean == null ? 5 : 0,
          trained,
          difference,
          published,
          published == null ? null : SOURCE,
          edge);
    }
  }
}
