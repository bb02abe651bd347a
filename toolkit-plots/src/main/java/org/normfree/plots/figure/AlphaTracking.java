package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Group;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Mark;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PanelGrid;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;
import org.normfree.plots.stats.Interval;
import org.normfree.plots.stats.MeanCurve;

/**
 * α and the 1/std of a layer's input (arXiv 2503.10622, figure 8): over training, both as a ratio
 * to their first value so that they share an axis, and over layers at the end.
 */
final class AlphaTracking {
  private static final Pen ALPHA = PaperStyle.pen(PaperStyle.BLUE, 0, Mark.CIRCLE);
  private static final Pen INVERSE_STD = PaperStyle.pen(PaperStyle.VERMILLION, 1, Mark.CIRCLE);
  private static final Mark[] SITES = {Mark.CIRCLE, Mark.SQUARE, Mark.TRIANGLE, Mark.DIAMOND};
  private static final int COLUMNS = 4;

  private final String name;
  private final String suffix;
  private final Group group;
  private final List<Run> runs;
  private final List<SummaryRow> rows;
  private final List<String> layers;

  private AlphaTracking(Experiment experiment, Group group, String label, boolean only) {
    name = experiment.id() + (only ? "" : "-" + label.replaceAll("[^A-Za-z0-9.]+", "-"));
    suffix = only ? "" : " (" + label + ")";
    this.group = group;
    runs = experiment.groups().get(group).stream().filter(Run::done).toList();
    rows = experiment.rows("pearson_layers_final");
    layers = layers(runs);
  }

  static List<Figure> of(Experiment experiment) {
    Set<Group> groups = experiment.groups().keySet();
    Map<Group, String> labels = Names.labels(List.copyOf(groups));
    List<AlphaTracking> found =
        groups.stream()
            .map(g -> new AlphaTracking(experiment, g, labels.get(g), groups.size() == 1))
            .filter(tracking -> !tracking.layers.isEmpty())
            .toList();
    List<Figure> figures = new ArrayList<>();
    for (AlphaTracking tracking : found) {
      figures.add(tracking.overview());
      if (tracking.layers.size() > 2) {
        figures.add(tracking.everyLayer());
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
    for (String layer : chosen) {
      panels.add(
          overTraining(layer, 220, 210)
              .title("(%c) %s".formatted('a' + panels.size(), layer))
              .axes("step", panels.isEmpty() ? "ratio to first value" : ""));
    }
    panels.add(overLayers(PaperStyle.DOUBLE_COLUMN - 220 * chosen.size(), panels.size()));
    List<Legend.Entry> legend = new ArrayList<>(trainingLegend());
    List<String> sites = sites();
    for (int i = 0; i < sites.size(); i++) {
      Pen pen = PaperStyle.pen(PaperStyle.GREEN, 0, SITES[i % SITES.length]);
      legend.add(new Legend.Entry(sites.get(i), pen, Legend.Key.MARK));
    }
    return new Figure(
        name + "-alpha",
        "α against 1/std of the layer input" + suffix,
        caption()
            + " Right: α and 1/std of each layer at the last probe, mean over seeds;"
            + " darker points lie deeper.",
        new PanelGrid(List.of(panels), new Legend(legend)));
  }

  private Figure everyLayer() {
    List<List<Panel>> grid = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      if (i % COLUMNS == 0) {
        grid.add(new ArrayList<>());
      }
      boolean lastOfColumn = i + COLUMNS >= layers.size();
      grid.get(grid.size() - 1)
          .add(
              overTraining(
                      layers.get(i),
                      i % COLUMNS == 0 ? PaperStyle.FIRST_OF_FOUR : PaperStyle.OTHER_OF_FOUR,
                      lastOfColumn ? 136 : 122)
                  .title(layers.get(i))
                  .axes(lastOfColumn ? "step" : "", i % COLUMNS == 0 ? "ratio to first" : ""));
    }
    return new Figure(
        name + "-alpha-layers",
        "α and 1/std of the layer input, every layer" + suffix,
        caption(),
        new PanelGrid(grid, new Legend(trainingLegend())));
  }

  private static List<Legend.Entry> trainingLegend() {
    return List.of(
        new Legend.Entry("α", ALPHA, Legend.Key.LINE),
        new Legend.Entry("1/std of the layer input", INVERSE_STD, Legend.Key.LINE));
  }

  private Panel overTraining(String layer, int width, int height) {
    Panel panel = new Panel(width, height);
    Map<Pen, MeanCurve> curves = new LinkedHashMap<>();
    curves.put(ALPHA, MeanCurve.of(ratios(layer, "alpha")));
    curves.put(INVERSE_STD, MeanCurve.of(ratios(layer, "inverseStd")));
    curves.forEach(
        (pen, curve) -> {
          if (curve.hasBand() && curve.x().length > 1) {
            panel.band(curve.x(), curve.low(), curve.high(), pen.color());
          }
        });
    curves.forEach((pen, curve) -> panel.line(curve.x(), curve.mean(), pen));
    return panel;
  }

  private Collection<NavigableMap<Long, Double>> ratios(String layer, String value) {
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

  private Panel overLayers(int width, int before) {
    Panel panel =
        new Panel(width, 210)
            .title("(%c) last step%s".formatted('a' + before, pearson()))
            .axes("1/std of the layer input", "α");
    List<String> sites = sites();
    for (int i = 0; i < layers.size(); i++) {
      float depth = layers.size() == 1 ? 1 : i / (float) (layers.size() - 1);
      Pen pen =
          PaperStyle.pen(
              PaperStyle.shade(PaperStyle.GREEN, depth),
              0,
              SITES[sites.indexOf(site(layers.get(i))) % SITES.length]);
      panel.points(
          new double[] {last(layers.get(i), "inverseStd")},
          new double[] {last(layers.get(i), "alpha")},
          pen);
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
    return layers.stream().map(AlphaTracking::site).distinct().toList();
  }

  /** The part of a layer's name that blocks share: {@code block3.attention.norm} → attention. */
  private static String site(String layer) {
    String site = layer.replaceFirst("^[a-z]+\\d+\\.", "").replaceFirst("\\.norm$", "");
    return site.isEmpty() ? layer : site;
  }

  private String pearson() {
    Optional<SummaryRow> row =
        rows.stream()
            .filter(r -> new Group(r.method(), r.setting()).equals(group))
            .findFirst()
            .or(() -> rows.size() == 1 ? Optional.of(rows.get(0)) : Optional.empty());
    return row.flatMap(Interval::of)
        .map(r -> ", Pearson r = " + String.format(Locale.ROOT, "%.2f", r.mean()).replace('-', '−'))
        .orElse("");
  }

  private String caption() {
    return "α of a layer and 1/std of its whole input over training, each as a ratio to its first"
        + " recorded value. "
        + (runs.size() > 1 ? Captions.BAND : Captions.SINGLE)
        + " "
        + Captions.runs(List.of(runs));
  }
}
