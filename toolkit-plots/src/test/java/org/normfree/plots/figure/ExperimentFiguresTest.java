package org.normfree.plots.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.Difference;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.ImageGrids;
import org.normfree.core.record.Json;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Metric;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.RunFiles;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Panel;

class ExperimentFiguresTest {
  private static final Metric SAG = Metric.size("sag", "sag at midspan", "mm");
  private static final Axis SPAN = Axis.depth("span", "span");
  private static final Axis WIND =
      Axis.condition("wind", "wind").with(Map.of("none", "no wind", "gale", "a gale"));

  @Test
  void linesAreAPanelASplitAndALineAMethod() {
    List<SummaryRow> rows = new ArrayList<>();
    for (String wind : List.of("none", "gale")) {
      for (int span : new int[] {100, 5, 20}) {
        for (String method : List.of("arch", "truss")) {
          rows.add(
              Recorded.row(
                  method,
                  Map.of("wind", wind, "span", String.valueOf(span)),
                  "sag",
                  span,
                  2.0 * span,
                  3.0 * span));
        }
      }
    }
    Figure figure =
        only(
            Recorded.experiment(
                List.of(SAG),
                null,
                List.of(SPAN, WIND),
                List.of(FigureSpec.of(FigureSpec.LINES, "sag", "span", "wind")),
                rows,
                List.of()));
    assertThat(figure.name()).isEqualTo("bridges-sag");
    assertThat(figure.title()).isEqualTo("Sag at midspan over span");
    assertThat(figure.caption())
        .contains("n = 3 runs each (seeds 1, 2, 3)")
        .contains("95 % confidence intervals of the mean taken on logarithms");
    assertThat(titles(figure)).containsExactly(List.of("(a) no wind", "(b) a gale"));
    assertThat(figure.chart().legend().entries())
        .extracting(Legend.Entry::label)
        .containsExactly("arch", "truss");
    assertThat(figure.data().rows()).hasSize(12);
    assertThat(figure.data().csv())
        .startsWith("panel,method,label,x,mean,low,high,n,seeds,values\n")
        .contains("no wind,arch,arch,5,10.0,8.0,12.0,3,1 2 3,5.0 10.0 15.0\n");
  }

  @Test
  void noIntervalIsShownBelowThreeRuns() {
    List<SummaryRow> rows =
        List.of(
            Recorded.row("arch", Map.of("span", "5"), "sag", 1, 2),
            Recorded.row("arch", Map.of("span", "9"), "sag", 1, 2));
    Figure figure =
        only(
            Recorded.experiment(
                List.of(SAG),
                null,
                List.of(SPAN),
                List.of(FigureSpec.of(FigureSpec.LINES, "sag", "span")),
                rows,
                List.of()));
    assertThat(figure.caption()).contains("fewer than three runs").doesNotContain("Whiskers");
    assertThat(figure.data().csv()).contains(",5,1.5,,,2,1 2,1.0 2.0\n");
  }

  @Test
  void intervalsAreBestFirstAndComparedWithTheDeclaredBaseline() {
    Experiment experiment = comparison(Baseline.of("truss"));
    Figure figure = only(experiment);
    assertThat(titles(figure)).containsExactly(List.of("(a) mean", "(b) difference to truss"));
    assertThat(figure.data().rows())
        .extracting(row -> row.get(1))
        .containsExactly("arch", "truss", "beam");
    assertThat(figure.data().rows().get(0)).contains("-3.5", "-5.0", "-2.0");
    assertThat(figure.caption()).contains("the vertical line is truss", "paired by seed");
  }

  @Test
  void toAChosenBaselineThereAreNoIntervals() {
    FigureOptions options =
        new FigureOptions(
            List.of(), OptionalInt.empty(), 8, List.of("beam", "arch"), Optional.of("beam"));
    Figure figure = ExperimentFigures.of(comparison(Baseline.of("truss")), options).get(0);
    assertThat(titles(figure)).containsExactly(List.of("(a) mean", "(b) difference to beam"));
    assertThat(figure.caption()).contains("without intervals");
    assertThat(figure.data().rows()).extracting(row -> row.get(1)).containsExactly("beam", "arch");
    assertThat(figure.data().csv()).doesNotContain("-3.5");
  }

  private static Experiment comparison(Baseline baseline) {
    List<SummaryRow> rows = new ArrayList<>();
    double size = 8;
    for (String method : List.of("truss", "beam", "arch")) {
      SummaryRow row = Recorded.row(method, Map.of(), "sag", size, size + 1, size + 2);
      Difference difference =
          method.equals("arch")
              ? new Difference(-3.5, List.of(-5.0, -2.0), 3, 0.01, 0.02, 0.25, null)
              : null;
      rows.add(
          new SummaryRow(
              method,
              Map.of(),
              "sag",
              row.mean(),
              row.ci95(),
              3,
              row.seeds(),
              row.values(),
              0,
              null,
              difference,
              null,
              null,
              false));
      size = method.equals("truss") ? 30 : 4.5;
    }
    Metric lower = Metric.loss("sag", "sag at midspan", "mm");
    return Recorded.experiment(
        List.of(lower),
        baseline,
        List.of(),
        List.of(FigureSpec.of(FigureSpec.INTERVALS, "sag", "method")),
        rows,
        List.of());
  }

  @Test
  void pathsAreARowAValueAPanelAMethodAndALineADepth() {
    List<Run> runs = new ArrayList<>();
    for (String material : List.of("wood", "steel")) {
      for (String method : List.of("arch", "truss")) {
        for (int seed = 1; seed <= 3; seed++) {
          List<MetricLine> lines = new ArrayList<>();
          for (int step = 1; step <= 3; step++) {
            for (int depth : new int[] {500, 6}) {
              Map<String, Double> moved = Map.of("sgd", 1.0 * depth * step, "adam", 0.0);
              lines.add(Recorded.probe(step, MetricLine.DEPTH + depth, moved));
            }
          }
          runs.add(Recorded.run(method, Map.of("material", material), seed, lines));
        }
      }
    }
    Axis depth = Axis.depth("depth", "depth").with(Map.of("500", "500L–500L", "6", "6L–6L"));
    Axis optimizer =
        Axis.condition("optimizer", "optimizer").with(Map.of("sgd", "SGD", "adam", "Adam"));
    List<Figure> figures =
        ExperimentFigures.of(
            Recorded.experiment(
                List.of(),
                null,
                List.of(depth, optimizer),
                List.of(FigureSpec.of(FigureSpec.PATHS, "", "step")),
                List.of(),
                runs),
            FigureOptions.DEFAULTS);
    assertThat(figures)
        .extracting(Figure::name)
        .containsExactly("bridges-paths-wood", "bridges-paths-steel");
    assertThat(titles(figures.get(0)))
        .containsExactly(
            List.of("(a) arch, SGD", "(b) truss, SGD"),
            List.of("(c) arch, Adam", "(d) truss, Adam"));
    assertThat(figures.get(0).chart().legend().entries())
        .extracting(Legend.Entry::label)
        .containsExactly("6L–6L", "500L–500L");
  }

  @Test
  void probesAreAPanelAQuantityOverStepsAndTwoOverLayers() {
    List<Run> runs = new ArrayList<>();
    for (String method : List.of("arch", "truss")) {
      for (int seed = 1; seed <= 2; seed++) {
        List<MetricLine> lines = new ArrayList<>();
        for (int step = 0; step < 4; step++) {
          lines.add(Recorded.probe(step, "model", Map.of("strain", 3 - 0.1 * step * seed)));
          for (String layer : List.of("decoder.block0.ffn", "encoder.block0.ffn")) {
            lines.add(Recorded.probe(step, layer, Map.of("stress", 1.0 + seed)));
          }
        }
        runs.add(Recorded.run(method, Map.of(), seed, lines));
      }
    }
    Experiment experiment =
        Recorded.experiment(
            List.of(Metric.number("strain", "strain", "")),
            null,
            List.of(),
            List.of(FigureSpec.of(FigureSpec.PROBES, "", "")),
            List.of(),
            runs);
    assertThat(titles(only(experiment)))
        .containsExactly(
            List.of("(a) strain", "(b) stress, first sample"), List.of("(c) stress, last sample"));
  }

  @Test
  void gridsOfImagesAreAPanelAMethodFromItsFirstFinishedRun(@TempDir Path folder)
      throws IOException {
    List<Run> runs = new ArrayList<>();
    for (String method : List.of("arch", "truss", "beam")) {
      for (int seed = 1; seed <= 2; seed++) {
        Run run = Recorded.run(method, Map.of(), seed, List.of());
        Path own = Files.createDirectories(folder.resolve(method + seed));
        boolean drew = !method.equals("beam") && (method.equals("arch") || seed == 2);
        if (drew) {
          float[] values = new float[2 * 3 * 4 * 5];
          ImageGrids.Grid grid =
              ImageGrids.Grid.of("spans", "Spans", 2, 3, new long[] {4, 5, 1}, values, 0, 1);
          Files.write(own.resolve(RunFiles.IMAGES), Json.pretty(new ImageGrids(List.of(grid))));
        }
        runs.add(
            new Run(
                run.id(),
                own,
                run.trial(),
                Optional.of(Marker.DONE),
                "",
                Map.of(),
                Map.of(),
                List.of(),
                Optional.empty()));
      }
    }
    Figure figure =
        only(
            Recorded.experiment(
                List.of(),
                null,
                List.of(),
                List.of(FigureSpec.of(FigureSpec.IMAGES, "spans", "method")),
                List.of(),
                runs));
    assertThat(figure.name()).isEqualTo("bridges-images-spans");
    assertThat(titles(figure)).containsExactly(List.of("arch", "truss"));
    assertThat(figure.caption())
        .contains("2 rows of 3 images of 4×5 pixels", "seeds 1, 2", "not chosen by hand");
  }

  @Test
  void aSummaryThatAsksForNothingGetsIntervalsAndCurves() {
    List<MetricLine> lines = new ArrayList<>();
    for (int step = 0; step < 5; step++) {
      lines.add(
          new MetricLine(MetricLine.METRIC, step, 0, "train", Map.of("loss", 1.0 / (1 + step))));
    }
    List<SummaryRow> rows =
        List.of(
            Recorded.row("arch", Map.of(), "sag", 1, 2, 3),
            Recorded.row("truss", Map.of(), "sag", 4, 5, 6));
    List<Run> runs =
        List.of(
            Recorded.run("arch", Map.of(), 1, lines), Recorded.run("truss", Map.of(), 1, lines));
    assertThat(
            ExperimentFigures.of(
                Recorded.experiment(List.of(), null, List.of(), List.of(), rows, runs),
                FigureOptions.DEFAULTS))
        .extracting(Figure::name)
        .containsExactly("bridges-sag", "bridges-curves-loss");
    assertThat(
            ExperimentFigures.of(
                Recorded.experiment(
                    List.of(), null, List.of(), List.of(), rows.subList(0, 1), List.of()),
                FigureOptions.DEFAULTS))
        .isEmpty();
  }

  @Test
  void bandsOfLossesThatNobodyDescribedStayAboveZero() {
    List<Run> runs = new ArrayList<>();
    for (long seed = 1; seed <= 3; seed++) {
      List<MetricLine> lines = new ArrayList<>();
      for (int step = 1; step < 4; step++) {
        double loss = seed == 3 ? 10.0 / step : 0.1 * seed / step;
        lines.add(new MetricLine(MetricLine.METRIC, step, 0, "train", Map.of("loss", loss)));
      }
      runs.add(Recorded.run("arch", Map.of(), seed, lines));
    }
    Figure curves =
        ExperimentFigures.of(
                Recorded.experiment(
                    List.of(),
                    null,
                    List.of(),
                    List.of(FigureSpec.of(FigureSpec.CURVES, "loss", "step")),
                    List.of(),
                    runs),
                FigureOptions.DEFAULTS)
            .get(0);
    int low = curves.data().header().indexOf("low");
    assertThat(curves.data().rows())
        .hasSize(3)
        .allSatisfy(row -> assertThat(Double.parseDouble(row.get(low))).isPositive());
  }

  @Test
  void curvesAreAFigureForEachValueOfTheSplitAxes() {
    List<Run> runs = new ArrayList<>();
    for (String span : List.of("5", "9")) {
      List<MetricLine> lines = new ArrayList<>();
      for (int step = 3; step < 7; step++) {
        lines.add(new MetricLine(MetricLine.METRIC, step, 0, "train", Map.of("loss", 1.0 / step)));
      }
      runs.add(Recorded.run("arch", Map.of("span", span), 1, lines));
      runs.add(Recorded.run("truss", Map.of("span", span), 1, lines));
    }
    List<Figure> figures =
        ExperimentFigures.of(
            Recorded.experiment(
                List.of(),
                null,
                List.of(SPAN),
                List.of(FigureSpec.of(FigureSpec.CURVES, "loss", "step", "span")),
                List.of(),
                runs),
            FigureOptions.DEFAULTS);
    assertThat(figures)
        .extracting(Figure::name, Figure::title)
        .containsExactly(
            tuple("bridges-curves-loss-5", "Training loss of bridges over training, span 5"),
            tuple("bridges-curves-loss-9", "Training loss of bridges over training, span 9"));
    assertThat(figures.get(0).chart().legend().entries())
        .extracting(Legend.Entry::label)
        .containsExactly("arch", "truss");
  }

  @Test
  void aKindNobodyKnowsIsAFigureThatSaysWhichThereAre() {
    Figure figure =
        only(
            Recorded.experiment(
                List.of(),
                null,
                List.of(),
                List.of(FigureSpec.of("sunburst", "sag", "")),
                List.of(),
                List.of()));
    assertThat(figure.name()).isEqualTo("bridges-sunburst");
    assertThat(figure.caption())
        .startsWith("No figure of the kind 'sunburst' can be drawn: expected one of intervals,")
        .contains("lines", "curves", "paths", "probes", "tracking", "maps");
  }

  @Test
  void figuresOfOneMetricHaveNamesOfTheirOwn() {
    List<SummaryRow> rows =
        List.of(
            Recorded.row("arch", Map.of("span", "5"), "sag", 1, 2, 3),
            Recorded.row("arch", Map.of("span", "9"), "sag", 1, 2, 3));
    FigureSpec lines = FigureSpec.of(FigureSpec.LINES, "sag", "span");
    Experiment experiment =
        Recorded.experiment(
            List.of(SAG), null, List.of(SPAN), List.of(lines, lines, lines), rows, List.of());
    assertThat(ExperimentFigures.of(experiment, FigureOptions.DEFAULTS))
        .extracting(Figure::name)
        .containsExactly("bridges-sag", "bridges-sag-lines", "bridges-sag-lines-2");
  }

  @Test
  void aSmokeTestIsMarkedOnEveryFigure() {
    Experiment quick = comparison(Baseline.of("truss"));
    Summary summary = quick.summary();
    Experiment smoke =
        new Experiment(
            quick.id(),
            quick.folder(),
            new Summary(
                summary.experiment(),
                "",
                "quick",
                "two trusses of matches",
                summary.metrics(),
                summary.baseline(),
                summary.axes(),
                summary.figures(),
                List.of(),
                summary.rows()),
            Map.of(),
            Map.of(),
            List.of());
    assertThat(only(smoke).chart().banner()).isEqualTo("Smoke test: two trusses of matches");
    assertThat(only(smoke).caption()).startsWith("Smoke test: two trusses of matches. ");
    assertThat(only(quick).chart().banner()).isEmpty();
  }

  private static Figure only(Experiment experiment) {
    List<Figure> figures = ExperimentFigures.of(experiment, FigureOptions.DEFAULTS);
    assertThat(figures).hasSize(1);
    return figures.get(0);
  }

  private static List<List<String>> titles(Figure figure) {
    return figure.chart().rows().stream()
        .map(row -> row.stream().map(Panel::title).toList())
        .toList();
  }
}
