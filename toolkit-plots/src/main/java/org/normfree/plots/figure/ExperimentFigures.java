package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.MetricLine;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.DataTable;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PanelGrid;
import org.normfree.plots.chart.PaperStyle;

/**
 * The figures of an experiment: those its summary asks for, each drawn by the kind it names. A
 * summary that asks for none gets intervals of its primary metric and curves of what its runs
 * recorded.
 */
public final class ExperimentFigures {
  /** The registry: a kind of figure and how it is drawn. */
  private static final Map<String, Kind> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put(FigureSpec.INTERVALS, Intervals::draw);
    KINDS.put(FigureSpec.LINES, Lines::draw);
    KINDS.put(FigureSpec.CURVES, eachPlace(Curves::draw));
    KINDS.put(FigureSpec.PATHS, Paths::draw);
    KINDS.put(FigureSpec.PROBES, eachPlace(Probes::draw));
    KINDS.put(FigureSpec.TRACKING, Tracking::draw);
    KINDS.put(FigureSpec.MAPS, Maps::draw);
    KINDS.put(FigureSpec.IMAGES, Images::draw);
  }

  private ExperimentFigures() {}

  /** Draws the figures of one kind. */
  @FunctionalInterface
  interface Kind {
    /**
     * @param experiment what was recorded
     * @param asked what the summary asks for
     * @param options what was chosen
     * @return the figures; none if nothing was recorded for them
     */
    List<Figure> draw(Experiment experiment, FigureSpec asked, FigureOptions options);
  }

  /**
   * @param recorded a recorded experiment
   * @param options what was chosen
   * @return its figures, each under a name of its own; those it recorded nothing for are left out
   */
  public static List<Figure> of(Experiment recorded, FigureOptions options) {
    Experiment experiment = options.applyTo(recorded);
    Summary summary = experiment.summary();
    List<FigureSpec> asked = summary.figures().isEmpty() ? usual(experiment) : summary.figures();
    Map<String, Figure> figures = new LinkedHashMap<>();
    for (FigureSpec spec : asked) {
      Kind kind = KINDS.get(spec.kind());
      List<Figure> drawn =
          kind == null
              ? List.of(unknown(experiment, spec, options))
              : kind.draw(experiment, spec, options);
      for (Figure figure : drawn) {
        String name = freeName(figure.name(), spec, figures);
        figures.put(name, figure.named(name));
      }
    }
    Stream<Figure> all = figures.values().stream();
    return summary.smokeTest() == null
        ? all.toList()
        : all.map(figure -> figure.withBanner("Smoke test: " + summary.smokeTest())).toList();
  }

  /** A figure of its own for the runs of each value of the split axes. */
  private static Kind eachPlace(Kind kind) {
    return (experiment, asked, options) -> {
      Map<Map<String, String>, List<Run>> places = new LinkedHashMap<>();
      for (Run run : experiment.finalRuns()) {
        Map<String, String> place = new LinkedHashMap<>();
        asked
            .split()
            .forEach(axis -> place.put(axis, run.trial().setting().getOrDefault(axis, "")));
        places.computeIfAbsent(place, key -> new ArrayList<>()).add(run);
      }
      List<Figure> figures = new ArrayList<>();
      places.forEach(
          (place, runs) -> {
            String words = Places.words(experiment.summary(), place);
            String values = FileName.of(String.join("-", place.values()));
            for (Figure figure : kind.draw(experiment.withRuns(runs), asked, options)) {
              figures.add(
                  words.isEmpty()
                      ? figure
                      : figure.of(figure.name() + "-" + values, figure.title() + ", " + words));
            }
          });
      return figures;
    };
  }

  /** Two figures of a study may show the same metric. */
  private static String freeName(String name, FigureSpec spec, Map<String, Figure> taken) {
    String free = taken.containsKey(name) ? name + "-" + spec.kind() : name;
    for (int i = 2; taken.containsKey(free); i++) {
      free = "%s-%s-%s".formatted(name, spec.kind(), i);
    }
    return free;
  }

  private static List<FigureSpec> usual(Experiment experiment) {
    List<FigureSpec> specs = new ArrayList<>();
    Summary summary = experiment.summary();
    String primary =
        summary.metrics().isEmpty()
            ? summary.rows().stream().map(SummaryRow::metric).findFirst().orElse("")
            : summary.metrics().get(0).name();
    if (experiment.rows(primary).stream().filter(row -> row.mean() != null).count() > 1) {
      specs.add(FigureSpec.of(FigureSpec.INTERVALS, primary, "method"));
    }
    for (String value : List.of("loss", "accuracy")) {
      if (experiment.finalRuns().stream().anyMatch(run -> has(run, value))) {
        specs.add(FigureSpec.of(FigureSpec.CURVES, value, "step"));
      }
    }
    return specs;
  }

  private static boolean has(Run run, String value) {
    return run.metrics().stream()
        .anyMatch(
            line -> line.kind().equals(MetricLine.METRIC) && line.values().containsKey(value));
  }

  private static Figure unknown(Experiment experiment, FigureSpec spec, FigureOptions options) {
    String words =
        "No figure of the kind '%s' can be drawn: expected one of %s. Correct the summary's figures, or draw it with a toolkit that has this kind."
            .formatted(spec.kind(), String.join(", ", KINDS.keySet()));
    Panel panel = new Panel(60).yCategories(List.of("")).xCategories(List.of("")).rowNote(0, words);
    return new Figure(
        experiment.id() + "-" + FileName.of(spec.kind()),
        "A figure of an unknown kind",
        words,
        new PanelGrid(
            List.of(List.of(panel)), Legend.NONE, options.sheet(PaperStyle.SINGLE_COLUMN)),
        new DataTable.Builder("kind").build());
  }
}
