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
import java.util.function.Function;
import org.normfree.core.record.MetricLine;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Group;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PanelGrid;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;
import org.normfree.plots.stats.MeanCurve;

/**
 * What probes saw (arXiv 2203.00555, figures 3 and 4): loss and accumulated update against the
 * step, gradient norms at the start and sizes of LayerNorm's inputs at the end against the layer; a
 * line a group of runs, panels without data left out.
 */
final class ProbeCurves {
  private static final String MODEL = "model";
  private static final int HEIGHT = 205;
  private static final int MOST_POINTS = 300;

  private final Map<Group, List<Run>> groups;

  private ProbeCurves(Experiment experiment) {
    groups = experiment.groups();
  }

  /** What a panel shows: a curve of each run. */
  private record View(
      String title,
      String x,
      String y,
      boolean logarithmic,
      Function<Run, NavigableMap<Long, Double>> curve) {}

  private static final List<View> VIEWS =
      List.of(
          new View("loss", "step", "training loss", false, run -> steps(run, "step_loss")),
          new View("accumulated update", "step", "RMS change", false, ProbeCurves::updates),
          new View(
              "gradient norms, first step",
              "branch, encoder to decoder",
              "gradient norm",
              true,
              run -> layers(run, "gradient_norm", false)),
          new View(
              "LayerNorm inputs, last sample",
              "norm, encoder to decoder",
              "‖x‖ / √d",
              false,
              run -> layers(run, "norm_input", true)));

  static Optional<Figure> of(Experiment experiment) {
    return new ProbeCurves(experiment).figure(experiment);
  }

  private Optional<Figure> figure(Experiment experiment) {
    Map<Group, String> labels = Names.labels(List.copyOf(groups.keySet()));
    List<Panel> panels = new ArrayList<>();
    List<Legend.Entry> legend = new ArrayList<>();
    int index = 0;
    for (Group group : groups.keySet()) {
      legend.add(new Legend.Entry(labels.get(group), PaperStyle.pen(index++), Legend.Key.LINE));
    }
    for (View view : VIEWS) {
      panel(view, (char) ('a' + panels.size())).ifPresent(panels::add);
    }
    if (panels.isEmpty()) {
      return Optional.empty();
    }
    List<List<Panel>> grid = new ArrayList<>();
    for (int i = 0; i < panels.size(); i += 2) {
      grid.add(panels.subList(i, Math.min(i + 2, panels.size())));
    }
    return Optional.of(
        new Figure(
            experiment.id() + "-probes",
            "What the probes of %s saw".formatted(experiment.name()),
            "Means over seeds with 95 %% bands (t) where there are several; %s."
                .formatted(String.join(", ", labels.values())),
            new PanelGrid(grid, new Legend(legend))));
  }

  private Optional<Panel> panel(View view, char letter) {
    Map<Group, MeanCurve> curves = new LinkedHashMap<>();
    groups.forEach(
        (group, runs) ->
            curves.put(
                group,
                MeanCurve.of(
                    runs.stream().map(view.curve).filter(curve -> curve.size() > 1).toList())));
    if (curves.values().stream().allMatch(MeanCurve::isEmpty)) {
      return Optional.empty();
    }
    Panel panel =
        new Panel(PaperStyle.DOUBLE_COLUMN / 2, HEIGHT)
            .title("(%c) %s".formatted(letter, view.title))
            .axes(view.x, view.y);
    if (view.logarithmic) {
      panel.logarithmicY();
    }
    int index = 0;
    for (MeanCurve curve : curves.values()) {
      Pen pen = PaperStyle.pen(index++);
      if (!curve.isEmpty()) {
        if (curve.hasBand() && !view.logarithmic) {
          panel.band(curve.x(), curve.low(), curve.high(), pen.color());
        }
        panel.line(curve.x(), curve.mean(), pen);
      }
    }
    return Optional.of(panel);
  }

  private static NavigableMap<Long, Double> steps(Run run, String quantity) {
    return MeanCurve.thinned(run.curve(MetricLine.PROBE, MODEL, quantity), MOST_POINTS);
  }

  private static NavigableMap<Long, Double> updates(Run run) {
    return steps(run, "update_size");
  }

  /** A quantity of every layer at one step, by the layer's number in the order of the network. */
  private static NavigableMap<Long, Double> layers(Run run, String quantity, boolean last) {
    Set<String> names = new LinkedHashSet<>();
    NavigableMap<Long, Map<String, Double>> samples = new TreeMap<>();
    for (MetricLine line : run.metrics()) {
      if (line.scope().contains("block") && line.values().containsKey(quantity)) {
        names.add(line.scope());
        samples
            .computeIfAbsent(line.step(), step -> new LinkedHashMap<>())
            .put(line.scope(), line.values().get(quantity));
      }
    }
    NavigableMap<Long, Double> curve = new TreeMap<>();
    if (samples.isEmpty()) {
      return curve;
    }
    Map<String, Double> sample = (last ? samples.lastEntry() : samples.firstEntry()).getValue();
    List<String> ordered = new ArrayList<>(names);
    ordered.sort(ProbeCurves::inOrderOfTheNetwork);
    for (int i = 0; i < ordered.size(); i++) {
      if (sample.containsKey(ordered.get(i))) {
        curve.put((long) i, sample.get(ordered.get(i)));
      }
    }
    return curve;
  }

  /** The encoder first; within a stack as recorded. */
  private static int inOrderOfTheNetwork(String a, String b) {
    return Boolean.compare(a.startsWith("decoder"), b.startsWith("decoder"));
  }
}
