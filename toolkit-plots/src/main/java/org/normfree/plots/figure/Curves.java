package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Summary;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Group;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.DataTable;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Mark;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PanelGrid;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;
import org.normfree.plots.chart.Sheet;

/**
 * A recorded value over training: the mean over seeds with its band, or single seeds where they are
 * too few. Up to eight groups share a panel for each split of the data; more get a panel each, with
 * the baseline behind every one of them.
 */
final class Curves {
  private static final int SHARED = 8;
  private static final double HEIGHT = 160;
  private static final double SMALL_HEIGHT = 84;
  private static final int MARKS = 6;
  private static final double LOGARITHMIC_FROM = 30;

  private final Experiment experiment;
  private final Summary summary;
  private final String value;
  private final FigureOptions options;
  private final Map<Group, List<Run>> groups;
  private final Map<Group, String> labels;
  private final Map<Group, Pen> pens;
  private final DataTable.Builder data =
      new DataTable.Builder("split", "method", "label", "step", "mean", "low", "high", "n");

  private Curves(Experiment experiment, String value, FigureOptions options) {
    this.experiment = experiment;
    this.value = value;
    this.options = options;
    summary = experiment.summary();
    groups = experiment.groups();
    labels = Names.labels(summary, List.copyOf(groups.keySet()));
    pens = GroupStyle.pens(summary, List.copyOf(groups.keySet()));
  }

  static List<Figure> draw(Experiment experiment, FigureSpec asked, FigureOptions options) {
    Curves curves = new Curves(experiment, asked.metric(), options);
    List<RecordedValue> values = new ArrayList<>();
    curves.recorded("train").ifPresent(values::add);
    curves.recorded("validation").or(() -> curves.recorded("test")).ifPresent(values::add);
    if (values.isEmpty()) {
      return List.of();
    }
    return curves.groups.size() <= SHARED
        ? List.of(curves.shared(values))
        : values.stream().map(curves::multiples).toList();
  }

  private Optional<RecordedValue> recorded(String split) {
    RecordedValue recorded = new RecordedValue(experiment, split, value);
    return recorded.curves().values().stream().anyMatch(curve -> curve.size() > 1)
        ? Optional.of(recorded)
        : Optional.empty();
  }

  private Figure shared(List<RecordedValue> values) {
    List<Panel> panels = new ArrayList<>();
    for (RecordedValue recorded : values) {
      Map<Group, GroupCurve> curves = curves(recorded);
      Panel panel =
          new Panel(HEIGHT)
              .title(
                  values.size() > 1 ? Captions.letter(panels.size()) + recorded.splitWords() : "")
              .axes("step", recorded.metric().label());
      scale(panel, curves.values());
      curves.forEach((group, curve) -> curve.drawBehind(panel, pens.get(group)));
      curves.forEach((group, curve) -> curve.draw(panel, pens.get(group), MARKS));
      panels.add(panel);
    }
    List<Legend.Entry> legend = new ArrayList<>();
    if (groups.size() > 1) {
      pens.forEach(
          (group, pen) ->
              legend.add(new Legend.Entry(labels.get(group), pen, Legend.Key.LINE_AND_MARK)));
    }
    addDivergedEntry(legend);
    Sheet sheet =
        options.sheet(panels.size() == 1 ? PaperStyle.SINGLE_COLUMN : PaperStyle.DOUBLE_COLUMN);
    boolean narrow = sheet.width() < Columns.TWO_FROM;
    return new Figure(
        experiment.id() + "-curves-" + FileName.of(value),
        "%s of %s over training"
            .formatted(Names.capital(values.get(0).metric().title()), experiment.name()),
        caption(values),
        new PanelGrid(
            narrow ? panels.stream().map(List::of).toList() : List.of(panels),
            new Legend(legend),
            sheet),
        data.build());
  }

  private Map<Group, GroupCurve> curves(RecordedValue recorded) {
    Map<Group, GroupCurve> curves = new LinkedHashMap<>();
    groups.forEach(
        (group, runs) -> {
          GroupCurve curve = GroupCurve.of(runs, recorded);
          curves.put(group, curve);
          curve.record(data, recorded.split(), group.method(), labels.get(group));
        });
    return curves;
  }

  private Figure multiples(RecordedValue recorded) {
    Map<Group, GroupCurve> curves = curves(recorded);
    Group reference = reference();
    Pen behind = PaperStyle.pen(PaperStyle.GREY, 1, Mark.CIRCLE);
    Sheet sheet = options.sheet(PaperStyle.DOUBLE_COLUMN);
    int columns = Columns.small(sheet);
    List<List<Panel>> rows = new ArrayList<>();
    int shown = 0;
    for (Map.Entry<Group, GroupCurve> entry : curves.entrySet()) {
      if (shown % columns == 0) {
        rows.add(new ArrayList<>());
      }
      Panel panel =
          new Panel(SMALL_HEIGHT)
              .title(labels.get(entry.getKey()))
              .axes(
                  shown + columns >= curves.size() ? "step" : "",
                  shown % columns == 0 ? recorded.metric().label() : "");
      scale(panel, curves.values());
      if (!entry.getKey().equals(reference)) {
        curves.get(reference).draw(panel, behind, 0);
      }
      Pen pen = pens.get(entry.getKey());
      entry.getValue().drawBehind(panel, pen);
      entry.getValue().draw(panel, pen, 3);
      rows.get(rows.size() - 1).add(panel);
      shown++;
    }
    List<Legend.Entry> legend = new ArrayList<>();
    legend.add(
        new Legend.Entry(labels.get(reference) + ", in every panel", behind, Legend.Key.LINE));
    addDivergedEntry(legend);
    return new Figure(
        experiment.id() + "-curves-" + recorded.split() + "-" + FileName.of(value),
        "%s of %s over training"
            .formatted(Names.capital(recorded.metric().title()), experiment.name()),
        caption(List.of(recorded)),
        new PanelGrid(rows, new Legend(legend), sheet),
        data.build());
  }

  /** The declared baseline, or what comes first. */
  private Group reference() {
    return groups.keySet().stream()
        .filter(group -> summary.isBaseline(group.method(), group.setting()))
        .min(Comparator.comparingInt(group -> group.setting().size()))
        .orElse(groups.keySet().iterator().next());
  }

  /** Limits from the means and bands of all, so that panels compare and one spike hides nothing. */
  private static void scale(Panel panel, Collection<GroupCurve> curves) {
    double[] steps = curves.stream().flatMapToDouble(c -> DoubleStream.of(c.steps())).toArray();
    double[] means =
        curves.stream().flatMapToDouble(c -> DoubleStream.of(c.mean().mean())).sorted().toArray();
    if (steps.length == 0) {
      return;
    }
    double first = DoubleStream.of(steps).min().orElse(0);
    double last = DoubleStream.of(steps).max().orElse(1);
    double margin = 0.03 * Math.max(1, last - first);
    panel.xLimits(first - margin, last + margin);
    if (means.length == 0) {
      return;
    }
    double low = means[0];
    double high = means[means.length - 1];
    if (low > 0 && high / low > LOGARITHMIC_FROM) {
      panel.logarithmicY().yLimits(low / 1.3, high * 1.3);
      return;
    }
    double[] bounds =
        curves.stream().flatMapToDouble(curve -> DoubleStream.of(curve.bounds())).toArray();
    double room = Math.max(1e-9, high - low);
    double bottom = Math.max(low - 0.25 * room, DoubleStream.of(bounds).min().orElse(low));
    double top = Math.min(high + 0.25 * room, DoubleStream.of(bounds).max().orElse(high));
    panel.yLimits(Math.min(low, bottom) - 0.04 * room, Math.max(high, top) + 0.04 * room);
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

  private String caption(List<RecordedValue> values) {
    boolean thinned = values.stream().anyMatch(RecordedValue::thinned);
    return (groups.size() == 1 ? Names.capital(labels.values().iterator().next()) + ". " : "")
        + Captions.bands(groups.values())
        + " "
        + Captions.runs(groups.values())
        + (thinned ? " Long curves are averaged over stretches of steps." : "")
        + Captions.leftOut(runs(), labels);
  }

  private List<Run> runs() {
    return groups.values().stream().flatMap(List::stream).toList();
  }
}
