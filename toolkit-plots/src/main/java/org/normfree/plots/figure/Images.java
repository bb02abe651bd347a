package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.ImageGrids;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Group;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.DataTable;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.Legend;
import org.normfree.plots.chart.Panel;
import org.normfree.plots.chart.PanelGrid;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Sheet;

/**
 * Grids of images that runs made, one for each method and setting, of the first seed that has one.
 * A figure that names no grid shows all there are, a figure each.
 */
final class Images {
  /** Room beside a panel's picture. */
  private static final double MARGIN = 24;

  /** Pixels between images. */
  private static final int GAP = 1;

  private static final int WHITE = 0xFFFFFF;

  private Images() {}

  static List<Figure> draw(Experiment experiment, FigureSpec asked, FigureOptions options) {
    Set<String> names = new LinkedHashSet<>();
    if (asked.metric().isEmpty()) {
      experiment.finalRuns().forEach(run -> run.images().forEach(grid -> names.add(grid.name())));
    } else {
      names.add(asked.metric());
    }
    return names.stream().flatMap(name -> figure(experiment, name, options).stream()).toList();
  }

  /** A grid and the run that made it. */
  private record Made(Run run, ImageGrids.Grid grid) {}

  private static Optional<Figure> figure(
      Experiment experiment, String name, FigureOptions options) {
    Map<Group, Made> shown = new LinkedHashMap<>();
    experiment
        .groups()
        .forEach((group, runs) -> first(runs, name).ifPresent(made -> shown.put(group, made)));
    if (shown.isEmpty()) {
      return Optional.empty();
    }
    Map<Group, String> labels = Names.labels(experiment.summary(), List.copyOf(shown.keySet()));
    Sheet sheet = options.sheet(PaperStyle.DOUBLE_COLUMN);
    int columns = Math.min(Columns.small(sheet), shown.size());
    double width = sheet.width() / (double) columns - MARGIN;
    DataTable.Builder data =
        new DataTable.Builder(
            "label", "seed", "rows", "columns", "height", "width", "channels", "file");
    List<Panel> panels = new ArrayList<>();
    shown.forEach(
        (group, made) -> {
          ImageGrids.Grid grid = made.grid();
          int[][] picture = picture(grid);
          panels.add(
              new Panel(width * picture.length / picture[0].length)
                  .title(labels.get(group))
                  .picture(picture));
          data.add(
              labels.get(group),
              made.run().trial().seed(),
              grid.rows(),
              grid.columns(),
              grid.height(),
              grid.width(),
              grid.channels(),
              made.run().id());
        });
    ImageGrids.Grid any = shown.values().iterator().next().grid();
    return Optional.of(
        new Figure(
            experiment.id() + "-images-" + FileName.of(name),
            any.title(),
            caption(any, shown),
            new PanelGrid(Columns.rows(panels, columns), Legend.NONE, sheet),
            data.build()));
  }

  private static Optional<Made> first(List<Run> runs, String name) {
    return runs.stream()
        .sorted(
            Comparator.comparing((Run run) -> !run.done()).thenComparing(run -> run.trial().seed()))
        .flatMap(
            run ->
                run.images().stream()
                    .filter(grid -> grid.name().equals(name))
                    .map(grid -> new Made(run, grid)))
        .findFirst();
  }

  /** The images with a white line between. */
  private static int[][] picture(ImageGrids.Grid grid) {
    int down = grid.height() + GAP;
    int across = grid.width() + GAP;
    int[][] picture = new int[grid.rows() * down - GAP][grid.columns() * across - GAP];
    for (int y = 0; y < picture.length; y++) {
      Arrays.fill(picture[y], WHITE);
      for (int x = 0; x < picture[y].length; x++) {
        if (y % down < grid.height() && x % across < grid.width()) {
          picture[y][x] = grid.rgb(y / down, x / across, y % down, x % across);
        }
      }
    }
    return picture;
  }

  private static String caption(ImageGrids.Grid grid, Map<Group, Made> shown) {
    List<String> seeds =
        shown.values().stream()
            .map(made -> String.valueOf(made.run().trial().seed()))
            .distinct()
            .toList();
    return "%s rows of %s images of %s×%s pixels, of one run each (seed%s %s), not chosen by hand."
        .formatted(
            grid.rows(),
            grid.columns(),
            grid.height(),
            grid.width(),
            seeds.size() == 1 ? "" : "s",
            String.join(", ", seeds));
  }
}
