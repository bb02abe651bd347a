package org.normfree.plots;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.normfree.core.InputException;
import org.normfree.core.record.AtomicFile;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.RunArchive;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.FigureEncoder;
import org.normfree.plots.figure.ExperimentFigures;
import org.normfree.plots.figure.FigureOptions;
import org.normfree.plots.report.HtmlReport;
import org.normfree.plots.report.ReportFiles;

/** Draws every figure, table and the report of recorded experiments; needs no display. */
public final class Figures {
  private Figures() {}

  /**
   * Draws everything as the studies ask for it.
   *
   * @param runs an experiment's directory or any folder above some
   * @param out where to write; may be the same folder
   * @return the files, in the order they were written
   * @throws InputException if there is nothing to draw, a recorded file is broken, or {@code out}
   *     cannot be written
   */
  public static List<Path> create(Path runs, Path out) {
    return create(runs, out, FigureOptions.DEFAULTS);
  }

  /**
   * Writes {@code figures/<experiment>-<figure>.{pdf,svg,png,csv}}, and, unless only some figures
   * are asked for, the tables and {@code report.html}. Each file is written whole or not at all,
   * and the same runs always give the same bytes.
   *
   * @param runs an experiment's directory or any folder above some
   * @param out where to write; may be the same folder
   * @param options which figures, and how they are drawn; tables are the same whatever is chosen
   * @return the files, in the order they were written
   * @throws InputException if there is nothing to draw, an option names what is not there, a
   *     recorded file is broken, or {@code out} cannot be written
   */
  public static List<Path> create(Path runs, Path out, FigureOptions options) {
    System.setProperty("java.awt.headless", "true");
    RunArchive archive = RunArchive.read(runs);
    checkMethods(archive, options);
    Map<Experiment, List<Figure>> drawn = new LinkedHashMap<>();
    for (Experiment experiment : archive.experiments()) {
      drawn.put(experiment, ExperimentFigures.of(experiment, options));
    }
    checkOnly(drawn, options);
    Map<Path, byte[]> files = new LinkedHashMap<>();
    drawn.forEach(
        (experiment, figures) -> {
          figures.stream()
              .filter(figure -> options.wants(experiment, figure))
              .forEach(figure -> put(files, out, figure));
        });
    if (options.only().isEmpty()) {
      List<HtmlReport.Section> sections = new ArrayList<>();
      drawn.forEach((e, figures) -> sections.add(new HtmlReport.Section(e, figures)));
      files.putAll(ReportFiles.of(sections, out, files.keySet()));
    }
    // only now: a broken file among the runs leaves nothing behind
    files.forEach(Figures::write);
    return List.copyOf(files.keySet());
  }

  private static void put(Map<Path, byte[]> files, Path out, Figure figure) {
    Path base = out.resolve("figures").resolve(figure.name());
    put(files, base, ".pdf", FigureEncoder.pdf(figure));
    put(files, base, ".svg", FigureEncoder.svg(figure));
    put(files, base, ".png", FigureEncoder.png(figure));
    put(files, base, ".csv", bytes(figure.data().csv()));
  }

  private static void checkMethods(RunArchive archive, FigureOptions options) {
    Set<String> there =
        archive.experiments().stream()
            .flatMap(experiment -> experiment.summary().rows().stream())
            .map(SummaryRow::method)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    options.methods().forEach(method -> check("method", method, there));
    options.baseline().ifPresent(method -> check("baseline", method, there));
  }

  private static void checkOnly(Map<Experiment, List<Figure>> drawn, FigureOptions options) {
    Set<String> there = new LinkedHashSet<>();
    drawn.forEach(
        (experiment, figures) -> {
          there.add(experiment.name());
          there.add(experiment.id());
          figures.forEach(figure -> there.add(figure.name()));
        });
    options.only().forEach(name -> check("figure or experiment", name, there));
  }

  private static void check(String what, String name, Set<String> there) {
    if (!there.contains(name)) {
      throw new InputException(
          "no %s '%s' among these runs: expected one of %s"
              .formatted(what, name, String.join(", ", there)));
    }
  }

  private static void put(Map<Path, byte[]> files, Path base, String ending, byte[] content) {
    files.put(base.resolveSibling(base.getFileName() + ending), content);
  }

  private static void write(Path file, byte[] content) {
    try {
      AtomicFile.write(file, content);
    } catch (UncheckedIOException e) {
      throw new InputException(e.getMessage() + "; make room there or name another folder", e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
