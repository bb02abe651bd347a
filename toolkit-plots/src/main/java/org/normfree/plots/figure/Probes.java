package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.Scale;
import org.normfree.core.record.Summary;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Group;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.DataTable;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PanelGrid;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;
import org.normfree.plots.chart.Sheet;
import org.normfree.plots.stats.MeanCurve;

/**
 * What probes saw (arXiv 2203.00555, figures 3 and 4): a quantity of the whole network against the
 * step; one of single layers against the layer, at the first and at the last sample. A line a group
 * of runs.
 */
final class Probes {
  private static final double HEIGHT = 140;
  private static final int MOST_POINTS = 300;
  private static final int MARKS = 6;
  private static final double LOGARITHMIC_FROM = 30;
  private static final String OVER_STEPS = "step";
  private static final String OVER_LAYERS = "layer";

  private final Summary summary;
  private final Map<Group, List<Run>> groups;
  private final Map<Group, Pen> pens;
  private final Map<Group, String> labels;
  private final DataTable.Builder data =
      new DataTable.Builder(
          "quantity", "sample", "method", "label", "step", "layer", "mean", "low", "high", "n");

  private Probes(Experiment experiment) {
    summary = experiment.summary();
    groups = experiment.groups();
    pens = GroupStyle.pens(summary, List.copyOf(groups.keySet()));
    labels = Names.labels(summary, List.copyOf(groups.keySet()));
  }

  static List<Figure> draw(Experiment experiment, FigureSpec asked, FigureOptions options) {
    return new Probes(experiment).figure(experiment, asked, options).stream().toList();
  }

  private Optional<Figure> figure(Experiment experiment, FigureSpec asked, FigureOptions options) {
    Map<String, Set<String>> quantities = quantities();
    boolean chosen = quantities.containsKey(asked.metric());
    if (chosen) {
      quantities.keySet().retainAll(Set.of(asked.metric()));
    }
    List<Panel> panels = new ArrayList<>();
    if (!chosen || !asked.over().equals(OVER_LAYERS)) {
      quantities.forEach(
          (quantity, scopes) -> {
            if (scopes.size() == 1) {
              overSteps(quantity, scopes.iterator().next(), panels.size()).ifPresent(panels::add);
            }
          });
    }
    if (!chosen || !asked.over().equals(OVER_STEPS)) {
      quantities.forEach(
          (quantity, scopes) -> {
            LayerAxis axis = new LayerAxis(scopes);
            if (axis.layers().size() > 1) {
              for (boolean last : new boolean[] {false, true}) {
                overLayers(quantity, axis, last, panels.size()).ifPresent(panels::add);
              }
            }
          });
    }
    if (panels.isEmpty()) {
      return Optional.empty();
    }
    List<Legend.Entry> legend = new ArrayList<>();
    if (groups.size() > 1) {
      pens.forEach(
          (group, pen) ->
              legend.add(new Legend.Entry(labels.get(group), pen, Legend.Key.LINE_AND_MARK)));
    }
    Sheet sheet = options.sheet(PaperStyle.DOUBLE_COLUMN);
    return Optional.of(
        new Figure(
            experiment.id() + "-probes",
            "What the probes of %s saw".formatted(experiment.name()),
            Captions.bands(groups.values())
                + " "
                + Captions.runs(groups.values())
                + " Methods: "
                + String.join(", ", labels.values())
                + ".",
            new PanelGrid(
                Columns.rows(panels, sheet.width() < Columns.TWO_FROM ? 1 : 2),
                new Legend(legend),
                sheet),
            data.build()));
  }

  /** What was recorded, and of which layers; the whole network counts as one. */
  private Map<String, Set<String>> quantities() {
    Map<String, Set<String>> quantities = new LinkedHashMap<>();
    for (List<Run> runs : groups.values()) {
      for (Run run : runs) {
        for (MetricLine line : run.metrics()) {
          if (line.kind().equals(MetricLine.PROBE) && !line.scope().startsWith(MetricLine.DEPTH)) {
            new TreeMap<>(line.values())
                .keySet()
                .forEach(
                    quantity ->
                        quantities
                            .computeIfAbsent(quantity, q -> new LinkedHashSet<>())
                            .add(line.scope()));
          }
        }
      }
    }
    return quantities;
  }

  private Optional<Panel> overSteps(String quantity, String scope, int index) {
    Map<Group, List<NavigableMap<Long, Double>>> curves = new LinkedHashMap<>();
    groups.forEach(
        (group, runs) ->
            curves.put(
                group,
                runs.stream()
                    .<NavigableMap<Long, Double>>map(
                        run ->
                            MeanCurve.thinned(
                                finite(run.curve(MetricLine.PROBE, scope, quantity)), MOST_POINTS))
                    .filter(curve -> curve.size() > 1)
                    .toList()));
    Metric metric =
        Described.metric(
            summary, quantity, curves.values().stream().flatMap(List::stream).toList());
    Map<Group, MeanCurve> means = means(curves, metric);
    if (means.values().stream().allMatch(MeanCurve::isEmpty)) {
      return Optional.empty();
    }
    Panel panel =
        new Panel(HEIGHT)
            .title(Captions.letter(index) + metric.title())
            .axes("step", metric.label());
    scale(panel, metric, means);
    means.forEach(
        (group, curve) -> {
          draw(panel, curve, curve.x(), group);
          for (int i = 0; i < curve.x().length; i++) {
            record(quantity, "", group, (long) curve.x()[i], "", curve, i, curves);
          }
        });
    return Optional.of(panel);
  }

  private static NavigableMap<Long, Double> finite(NavigableMap<Long, Double> curve) {
    curve.values().removeIf(value -> !Double.isFinite(value));
    return curve;
  }

  private Optional<Panel> overLayers(String quantity, LayerAxis axis, boolean last, int index) {
    Map<Group, List<NavigableMap<Long, Double>>> curves = new LinkedHashMap<>();
    groups.forEach(
        (group, runs) ->
            curves.put(
                group,
                runs.stream()
                    .map(run -> sample(run, quantity, axis, last))
                    .filter(curve -> curve.size() > 1)
                    .toList()));
    Metric metric =
        Described.metric(
            summary, quantity, curves.values().stream().flatMap(List::stream).toList());
    Map<Group, MeanCurve> means = means(curves, metric);
    if (means.values().stream().allMatch(MeanCurve::isEmpty)) {
      return Optional.empty();
    }
    String sample = last ? "last" : "first";
    Panel panel =
        new Panel(HEIGHT)
            .title("%s%s, %s sample".formatted(Captions.letter(index), metric.title(), sample))
            .axes(axis.title(), metric.label());
    axis.applyTo(panel);
    scale(panel, metric, means);
    means.forEach(
        (group, curve) -> {
          double[] places = new double[curve.x().length];
          for (int i = 0; i < places.length; i++) {
            places[i] = axis.place((int) curve.x()[i]);
            String layer = axis.layers().get((int) curve.x()[i]);
            record(quantity, sample, group, null, layer, curve, i, curves);
          }
          drawStacks(panel, axis, curve, places, group);
        });
    return Optional.of(panel);
  }

  /** Each stack is a curve of its own. */
  private void drawStacks(
      Panel panel, LayerAxis axis, MeanCurve curve, double[] places, Group group) {
    int from = 0;
    for (int i = 1; i <= places.length; i++) {
      if (i == places.length || axis.startsStack((int) curve.x()[i])) {
        draw(panel, curve.part(from, i), Arrays.copyOfRange(places, from, i), group);
        from = i;
      }
    }
  }

  /** A quantity of every layer at the first or the last step it was sampled at. */
  private static NavigableMap<Long, Double> sample(
      Run run, String quantity, LayerAxis axis, boolean last) {
    NavigableMap<Long, Map<String, Double>> samples = new TreeMap<>();
    for (MetricLine line : run.metrics()) {
      Double value = line.values().get(quantity);
      if (line.kind().equals(MetricLine.PROBE) && value != null) {
        samples.computeIfAbsent(line.step(), s -> new LinkedHashMap<>()).put(line.scope(), value);
      }
    }
    NavigableMap<Long, Double> curve = new TreeMap<>();
    if (!samples.isEmpty()) {
      Map<String, Double> sample = (last ? samples.lastEntry() : samples.firstEntry()).getValue();
      for (int i = 0; i < axis.layers().size(); i++) {
        Double value = sample.get(axis.layers().get(i));
        if (value != null) {
          curve.put((long) i, value);
        }
      }
    }
    return curve;
  }

  private static Map<Group, MeanCurve> means(
      Map<Group, List<NavigableMap<Long, Double>>> curves, Metric metric) {
    Map<Group, MeanCurve> means = new LinkedHashMap<>();
    curves.forEach((group, of) -> means.put(group, MeanCurve.of(of, metric)));
    return means;
  }

  private static void scale(Panel panel, Metric metric, Map<Group, MeanCurve> means) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (MeanCurve curve : means.values()) {
      for (double value : curve.mean()) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    boolean ratios = metric.scale() == Scale.LOG || metric.scale() == Scale.LINEAR;
    if (ratios && low > 0 && high / low > LOGARITHMIC_FROM) {
      panel.logarithmicY();
    }
  }

  private void draw(Panel panel, MeanCurve curve, double[] places, Group group) {
    if (curve.hasBand()) {
      panel.band(places, curve.low(), curve.high(), pens.get(group).color());
    }
    panel.line(places, curve.mean(), pens.get(group), MARKS);
  }

  private void record(
      String quantity,
      String sample,
      Group group,
      Long step,
      String layer,
      MeanCurve curve,
      int i,
      Map<Group, List<NavigableMap<Long, Double>>> curves) {
    data.add(
        quantity,
        sample,
        group.method(),
        labels.get(group),
        step,
        layer,
        curve.mean()[i],
        curve.low()[i],
        curve.high()[i],
        curves.get(group).size());
  }
}
