package org.normfree.plots.figure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.normfree.core.record.MetricLine;
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
import org.normfree.plots.stats.MeanCurve;

/**
 * Training curves of the reported runs: the mean over seeds with its 95 % band. Up to eight groups
 * share two panels; more get a panel each, with the first group behind every one of them.
 */
final class TrainingCurves {
  private static final int SHARED = 8;
  private static final int COLUMNS = 4;
  private static final int MOST_POINTS = 300;
  private static final double LOGARITHMIC_FROM = 30;

  private final Experiment experiment;
  private final Map<Group, List<Run>> groups;
  private final Map<Group, String> labels;

  private TrainingCurves(Experiment experiment) {
    this.experiment = experiment;
    groups = experiment.groups();
    labels = Names.labels(List.copyOf(groups.keySet()));
  }

  static List<Figure> of(Experiment experiment) {
    TrainingCurves curves = new TrainingCurves(experiment);
    List<Metric> metrics =
        Stream.of(
                curves.recorded(new Metric("train", "loss")),
                curves
                    .recorded(new Metric("validation", "accuracy"))
                    .or(() -> curves.recorded(new Metric("test", "accuracy")))
                    .or(() -> curves.recorded(new Metric("train", "accuracy")))
                    .or(() -> curves.recorded(new Metric("validation", "loss"))))
            .flatMap(Optional::stream)
            .toList();
    if (metrics.isEmpty()) {
      return List.of();
    }
    return curves.groups.size() <= SHARED
        ? List.of(curves.shared(metrics))
        : metrics.stream().map(curves::multiples).toList();
  }

  private record Metric(String scope, String value) {
    String words() {
      return (scope.equals("train") ? "training" : scope) + " " + unit();
    }

    String unit() {
      return value.equals("accuracy") ? "accuracy (%)" : value;
    }

    String fileName() {
      return scope + "-" + value;
    }
  }

  /** A group's mean, and where its diverged runs were last seen. */
  private record Drawn(MeanCurve mean, List<Map.Entry<Long, Double>> lastSeen) {}

  private Optional<Metric> recorded(Metric metric) {
    return curves(metric).values().stream().anyMatch(drawn -> drawn.mean().x().length > 1)
        ? Optional.of(metric)
        : Optional.empty();
  }

  private Map<Group, Drawn> curves(Metric metric) {
    Map<Path, NavigableMap<Long, Double>> curves = new LinkedHashMap<>();
    for (Run run : runs()) {
      NavigableMap<Long, Double> finite =
          new TreeMap<>(run.curve(MetricLine.METRIC, metric.scope(), metric.value()));
      finite.values().removeIf(value -> !Double.isFinite(value));
      if (!finite.isEmpty()) {
        curves.put(run.folder(), MeanCurve.thinned(finite, MOST_POINTS));
      }
    }
    boolean fractions =
        metric.value().equals("accuracy")
            && curves.values().stream()
                .flatMap(curve -> curve.values().stream())
                .allMatch(value -> value <= 1);
    if (fractions) {
      curves.values().forEach(curve -> curve.replaceAll((step, value) -> 100 * value));
    }
    Map<Group, Drawn> drawn = new LinkedHashMap<>();
    groups.forEach(
        (group, runs) ->
            drawn.put(
                group,
                new Drawn(
                    MeanCurve.of(
                        runs.stream()
                            .filter(Run::done)
                            .map(run -> curves.get(run.folder()))
                            .filter(Objects::nonNull)
                            .toList()),
                    runs.stream()
                        .filter(run -> !run.done() && run.marker().isPresent())
                        .map(run -> curves.get(run.folder()))
                        .filter(Objects::nonNull)
                        .map(NavigableMap::lastEntry)
                        .toList())));
    return drawn;
  }

  private Figure shared(List<Metric> metrics) {
    int width = metrics.size() == 1 ? PaperStyle.SINGLE_COLUMN : PaperStyle.DOUBLE_COLUMN / 2;
    Map<Group, Pen> pens = pens();
    List<Panel> panels = new ArrayList<>();
    for (Metric metric : metrics) {
      Map<Group, Drawn> curves = curves(metric);
      Panel panel = new Panel(width, 225).axes("step", metric.words());
      scale(panel, curves.values());
      curves.forEach((group, drawn) -> band(panel, drawn, pens.get(group)));
      curves.forEach((group, drawn) -> line(panel, drawn, pens.get(group)));
      panels.add(panel);
    }
    List<Legend.Entry> legend = new ArrayList<>();
    if (groups.size() > 1) {
      pens.forEach(
          (group, pen) -> legend.add(new Legend.Entry(labels.get(group), pen, Legend.Key.LINE)));
    }
    addDivergedEntry(legend);
    return new Figure(
        experiment.id() + "-curves",
        "Training curves of " + experiment.name(),
        caption(),
        new PanelGrid(List.of(panels), new Legend(legend)));
  }

  /** Groups that differ in squash and α share a colour a squash and a dash an α. */
  private Map<Group, Pen> pens() {
    boolean ablation =
        groups.keySet().stream()
            .allMatch(g -> g.setting().keySet().containsAll(List.of("squash", "alpha")));
    List<String> squashes =
        groups.keySet().stream().map(g -> g.setting().get("squash")).distinct().toList();
    List<String> alphas =
        groups.keySet().stream().map(g -> g.setting().get("alpha")).distinct().toList();
    Map<Group, Pen> pens = new LinkedHashMap<>();
    for (Group group : groups.keySet()) {
      pens.put(
          group,
          ablation
              ? PaperStyle.pen(
                  PaperStyle.color(squashes.indexOf(group.setting().get("squash"))),
                  alphas.indexOf(group.setting().get("alpha")),
                  Mark.CIRCLE)
              : PaperStyle.pen(pens.size()));
    }
    return pens;
  }

  private Figure multiples(Metric metric) {
    Map<Group, Drawn> curves = curves(metric);
    Group reference = groups.keySet().iterator().next();
    Pen behind = PaperStyle.pen(PaperStyle.GREY, 1, Mark.CIRCLE);
    List<List<Panel>> rows = new ArrayList<>();
    int shown = 0;
    for (Map.Entry<Group, Drawn> entry : curves.entrySet()) {
      if (shown % COLUMNS == 0) {
        rows.add(new ArrayList<>());
      }
      boolean lastOfColumn = shown + COLUMNS >= curves.size();
      Panel panel =
          new Panel(
                  shown % COLUMNS == 0 ? PaperStyle.FIRST_OF_FOUR : PaperStyle.OTHER_OF_FOUR,
                  lastOfColumn ? 136 : 122)
              .title(labels.get(entry.getKey()))
              .axes(lastOfColumn ? "step" : "", shown % COLUMNS == 0 ? metric.unit() : "");
      scale(panel, curves.values());
      Pen pen = PaperStyle.pen(PaperStyle.BLUE, 0, Mark.CIRCLE);
      if (entry.getKey().equals(reference)) {
        band(panel, entry.getValue(), behind);
        line(panel, entry.getValue(), behind);
      } else {
        band(panel, entry.getValue(), pen);
        line(panel, curves.get(reference), behind);
        line(panel, entry.getValue(), pen);
      }
      rows.get(rows.size() - 1).add(panel);
      shown++;
    }
    List<Legend.Entry> legend = new ArrayList<>();
    legend.add(new Legend.Entry(labels.get(reference), behind, Legend.Key.LINE));
    legend.add(
        new Legend.Entry(
            "the method above the panel",
            PaperStyle.pen(PaperStyle.BLUE, 0, Mark.CIRCLE),
            Legend.Key.LINE));
    addDivergedEntry(legend);
    return new Figure(
        experiment.id() + "-" + metric.fileName(),
        "%s of %s".formatted(Names.capital(metric.words()), experiment.name()),
        "The %s of each method, with that of %s behind it. "
                .formatted(metric.words(), labels.get(reference))
            + caption(),
        new PanelGrid(rows, new Legend(legend)));
  }

  /** Limits from the means and bands of all, so that panels compare and one spike hides nothing. */
  private static void scale(Panel panel, Collection<Drawn> curves) {
    double[] steps = curves.stream().flatMapToDouble(d -> DoubleStream.of(d.mean().x())).toArray();
    double[] means =
        curves.stream().flatMapToDouble(d -> DoubleStream.of(d.mean().mean())).sorted().toArray();
    double low = means[0];
    double high = means[means.length - 1];
    double last = DoubleStream.of(steps).max().orElse(1);
    panel.xLimits(-0.03 * last, 1.04 * last);
    if (low > 0 && high / low > LOGARITHMIC_FROM) {
      panel.logarithmicY().yLimits(low / 1.3, high * 1.3);
      return;
    }
    double[] bounds =
        curves.stream()
            .filter(d -> d.mean().hasBand())
            .flatMapToDouble(
                d ->
                    DoubleStream.concat(
                        DoubleStream.of(d.mean().low()), DoubleStream.of(d.mean().high())))
            .toArray();
    double room = Math.max(1e-9, high - low);
    double bottom = Math.max(low - 0.25 * room, DoubleStream.of(bounds).min().orElse(low));
    double top = Math.min(high + 0.25 * room, DoubleStream.of(bounds).max().orElse(high));
    panel.yLimits(Math.min(low, bottom) - 0.04 * room, Math.max(high, top) + 0.04 * room);
  }

  private static void band(Panel panel, Drawn drawn, Pen pen) {
    if (drawn.mean().hasBand() && drawn.mean().x().length > 1) {
      panel.band(drawn.mean().x(), drawn.mean().low(), drawn.mean().high(), pen.color());
    }
  }

  private static void line(Panel panel, Drawn drawn, Pen pen) {
    if (drawn.mean().x().length == 1) {
      panel.points(drawn.mean().x(), drawn.mean().mean(), pen);
    } else if (!drawn.mean().isEmpty()) {
      panel.line(drawn.mean().x(), drawn.mean().mean(), pen);
    }
    drawn.lastSeen().forEach(seen -> panel.cross(seen.getKey(), seen.getValue(), pen.color()));
  }

  private void addDivergedEntry(List<Legend.Entry> legend) {
    if (runs().stream().anyMatch(run -> !run.done() && run.marker().isPresent())) {
      legend.add(
          new Legend.Entry(
              "last value of a diverged or failed run",
              PaperStyle.pen(PaperStyle.BLACK, 0, Mark.CROSS),
              Legend.Key.MARK));
    }
  }

  private String caption() {
    boolean bands =
        groups.values().stream().anyMatch(runs -> runs.stream().filter(Run::done).count() > 1);
    boolean thinned =
        runs().stream()
            .anyMatch(run -> run.curve(MetricLine.METRIC, "train", "loss").size() > MOST_POINTS);
    return (bands ? Captions.BAND : Captions.SINGLE)
        + " "
        + Captions.runs(groups.values())
        + (thinned ? " The training loss is averaged over stretches of steps." : "")
        + Captions.leftOut(runs(), labels);
  }

  private List<Run> runs() {
    return groups.values().stream().flatMap(List::stream).toList();
  }
}
