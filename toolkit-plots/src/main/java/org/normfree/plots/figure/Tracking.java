package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.Scale;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Group;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.DataTable;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Mark;
import org.normfree.plots.chart.Numerals;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PanelGrid;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;
import org.normfree.plots.chart.Sheet;
import org.normfree.plots.stats.Interval;
import org.normfree.plots.stats.MeanCurve;

/**
 * α and the 1/std of a layer's input (arXiv 2503.10622, figure 8): over training, both as a ratio
 * to their first value so that they share an axis, and over layers at the end.
 */
final class Tracking {
  private static final Pen ALPHA = PaperStyle.pen(PaperStyle.BLUE, 0, Mark.CIRCLE);
  private static final Pen INVERSE_STD = PaperStyle.pen(PaperStyle.VERMILLION, 1, Mark.BOX);
  private static final Mark[] SITES = {Mark.CIRCLE, Mark.SQUARE, Mark.TRIANGLE, Mark.DIAMOND};
  private static final double HEIGHT = 150;
  private static final double SMALL_HEIGHT = 84;
  private static final int MARKS = 5;

  /** α may change its sign, so its ratios are averaged as they are; 1/std may not. */
  private static final Map<String, Metric> RATIOS =
      Map.of(
          "alpha", Metric.number("ratio", "ratio to the first value", ""),
          "inverseStd", Metric.size("ratio", "ratio to the first value", ""));

  private final String name;
  private final String suffix;
  private final Group group;
  private final FigureOptions options;
  private final List<Run> runs;
  private final List<SummaryRow> correlations;
  private final List<String> layers;
  private final DataTable.Builder data =
      new DataTable.Builder("layer", "value", "step", "ratio", "low", "high", "n");

  private Tracking(
      Experiment experiment, FigureSpec asked, Group group, String label, FigureOptions options) {
    boolean only = experiment.groups().size() == 1;
    name = experiment.id() + (only ? "" : "-" + FileName.of(label));
    suffix = only ? "" : " (" + label + ")";
    this.group = group;
    this.options = options;
    runs = experiment.groups().get(group).stream().filter(Run::done).toList();
    correlations = correlations(experiment, asked.metric());
    layers = layers(runs);
  }

  /** Rows of the metric that was asked for, or of the study's first correlation. */
  private static List<SummaryRow> correlations(Experiment experiment, String metric) {
    List<SummaryRow> rows = experiment.rows(metric);
    return rows.isEmpty()
        ? experiment.summary().metrics().stream()
            .filter(m -> m.scale() == Scale.FISHER)
            .findFirst()
            .map(m -> experiment.rows(m.name()))
            .orElse(rows)
        : rows;
  }

  static List<Figure> draw(Experiment experiment, FigureSpec asked, FigureOptions options) {
    Set<Group> groups = experiment.groups().keySet();
    Map<Group, String> labels = Names.labels(experiment.summary(), List.copyOf(groups));
    List<Figure> figures = new ArrayList<>();
    for (Group group : groups) {
      Tracking tracking = new Tracking(experiment, asked, group, labels.get(group), options);
      if (!tracking.layers.isEmpty()) {
        figures.add(tracking.overview());
        if (tracking.layers.size() > 2) {
          figures.add(tracking.everyLayer());
        }
      }
    }
    return figures;
  }

  private static List<String> layers(List<Run> runs) {
    Set<String> layers = new LinkedHashSet<>();
    for (Run run : runs) {
      for (MetricLine line : run.metrics()) {
        if (line.kind().equals(MetricLine.PROBE)
            && line.values().containsKey("alpha")
            && line.values().containsKey("inverseStd")) {
          layers.add(line.scope());
        }
      }
    }
    return List.copyOf(layers);
  }

  private Figure overview() {
    List<Panel> panels = new ArrayList<>();
    List<String> chosen =
        layers.size() < 3
            ? layers
            : List.of(layers.get(layers.size() / 4), layers.get(3 * layers.size() / 4));
    Sheet sheet = options.sheet(PaperStyle.DOUBLE_COLUMN);
    for (String layer : chosen) {
      panels.add(
          overTraining(layer, HEIGHT)
              .title(Captions.letter(panels.size()) + LayerName.of(layer).words())
              .axes("step", panels.isEmpty() ? "ratio to the first value" : ""));
    }
    layers.forEach(this::record);
    panels.add(overLayers(panels.size()));
    List<Legend.Entry> legend = new ArrayList<>(trainingLegend());
    List<String> sites = sites();
    for (int i = 0; i < sites.size(); i++) {
      Pen pen = PaperStyle.pen(PaperStyle.GREEN, 0, SITES[i % SITES.length]);
      legend.add(new Legend.Entry(sites.get(i), pen, Legend.Key.MARK));
    }
    return new Figure(
        name + "-tracking",
        "α against 1/std of the layer input" + suffix,
        caption()
            + " Last panel: α and 1/std of each layer at the last probe, mean over seeds;"
            + " darker points lie deeper.",
        new PanelGrid(
            Columns.rows(panels, sheet.width() < Columns.TWO_FROM ? 1 : 3),
            new Legend(legend),
            sheet),
        data.build());
  }

  private Figure everyLayer() {
    Sheet sheet = options.sheet(PaperStyle.DOUBLE_COLUMN);
    int columns = Columns.small(sheet);
    List<Panel> panels = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      panels.add(
          overTraining(layers.get(i), SMALL_HEIGHT)
              .title(LayerName.of(layers.get(i)).words())
              .axes(
                  i + columns >= layers.size() ? "step" : "",
                  i % columns == 0 ? "ratio to the first value" : ""));
    }
    return new Figure(
        name + "-tracking-layers",
        "α and 1/std of the layer input, every layer" + suffix,
        caption(),
        new PanelGrid(Columns.rows(panels, columns), new Legend(trainingLegend()), sheet),
        data.build());
  }

  private void record(String layer) {
    for (String value : List.of("alpha", "inverseStd")) {
      List<NavigableMap<Long, Double>> ratios = ratios(layer, value);
      MeanCurve curve = MeanCurve.of(ratios, RATIOS.get(value));
      for (int i = 0; i < curve.x().length; i++) {
        data.add(
            layer,
            value,
            (long) curve.x()[i],
            curve.mean()[i],
            curve.low()[i],
            curve.high()[i],
            ratios.size());
      }
    }
  }

  private static List<Legend.Entry> trainingLegend() {
    return List.of(
        new Legend.Entry("α", ALPHA, Legend.Key.LINE_AND_MARK),
        new Legend.Entry("1/std of the layer input", INVERSE_STD, Legend.Key.LINE_AND_MARK));
  }

  private Panel overTraining(String layer, double height) {
    Panel panel = new Panel(height);
    Map<Pen, MeanCurve> curves = new LinkedHashMap<>();
    curves.put(ALPHA, curve(layer, "alpha"));
    curves.put(INVERSE_STD, curve(layer, "inverseStd"));
    curves.forEach(
        (pen, curve) -> {
          if (curve.hasBand() && curve.x().length > 1) {
            panel.band(curve.x(), curve.low(), curve.high(), pen.color());
          }
        });
    curves.forEach((pen, curve) -> panel.line(curve.x(), curve.mean(), pen, MARKS));
    return panel;
  }

  private MeanCurve curve(String layer, String value) {
    return MeanCurve.of(ratios(layer, value), RATIOS.get(value));
  }

  private List<NavigableMap<Long, Double>> ratios(String layer, String value) {
    List<NavigableMap<Long, Double>> ratios = new ArrayList<>();
    for (Run run : runs) {
      NavigableMap<Long, Double> curve = new TreeMap<>(run.curve(MetricLine.PROBE, layer, value));
      if (!curve.isEmpty() && curve.firstEntry().getValue() != 0) {
        double first = curve.firstEntry().getValue();
        curve.replaceAll((step, v) -> v / first);
        ratios.add(curve);
      }
    }
    return ratios;
  }

  private Panel overLayers(int before) {
    Panel panel =
        new Panel(HEIGHT)
            .title(Captions.letter(before) + "last step" + pearson())
            .axes("1/std of the layer input", "α");
    List<String> sites = sites();
    for (int i = 0; i < layers.size(); i++) {
      float depth = layers.size() == 1 ? 1 : i / (float) (layers.size() - 1);
      Pen pen =
          PaperStyle.pen(
              PaperStyle.shade(PaperStyle.GREEN, depth),
              0,
              SITES[sites.indexOf(site(layers.get(i))) % SITES.length]);
      panel.point(last(layers.get(i), "inverseStd"), last(layers.get(i), "alpha"), pen, 6.5, 0);
    }
    return panel;
  }

  private double last(String layer, String value) {
    return runs.stream()
        .map(run -> run.curve(MetricLine.PROBE, layer, value))
        .filter(curve -> !curve.isEmpty())
        .flatMapToDouble(curve -> DoubleStream.of(curve.lastEntry().getValue()))
        .average()
        .orElse(Double.NaN);
  }

  private List<String> sites() {
    return layers.stream().map(Tracking::site).distinct().toList();
  }

  /** Where in a block a layer is, or where in the network. */
  private static String site(String layer) {
    LayerName name = LayerName.of(layer);
    return name.block().isPresent() && !name.site().isEmpty() ? name.site() : name.words();
  }

  private String pearson() {
    Optional<SummaryRow> row =
        correlations.stream()
            .filter(r -> new Group(r.method(), r.setting()).equals(group))
            .findFirst()
            .or(
                () ->
                    correlations.size() == 1 ? Optional.of(correlations.get(0)) : Optional.empty());
    return row.flatMap(Interval::of)
        .map(r -> ", Pearson r = " + Numerals.fixed(r.mean(), 2))
        .orElse("");
  }

  private String caption() {
    return "α of a layer and 1/std of its whole input over training, each as a ratio to its first"
        + " recorded value. "
        + Captions.bands(List.of(runs))
        + " "
        + Captions.runs(List.of(runs));
  }
}
