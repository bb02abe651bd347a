package org.normfree.plots;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.normfree.core.InputException;
import org.normfree.core.record.AtomicFile;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.RunArchive;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.FigureEncoder;
import org.normfree.plots.figure.ExperimentFigures;
import org.normfree.plots.report.HtmlReport;
import org.normfree.plots.report.ResultTable;
import org.normfree.plots.report.TableFormat;

/** Draws every figure, table and the report of recorded experiments; needs no display. */
public final class Figures {
  private Figures() {}

  /**
   * Writes {@code figures/<experiment>-<figure>.{pdf,svg,png}}, {@code
   * tables/<experiment>.{tex,md,csv}} and {@code report.html}. Each file is written whole or not at
   * all, and the same runs always give the same bytes on one machine.
   *
   * @param runs an experiment's directory or any folder above some
   * @param out where to write; may be the same folder
   * @return the files, in the order they were written
   * @throws InputException if there is nothing to draw, a recorded file is broken, or {@code out}
   *     cannot be written
   */
  public static List<Path> create(Path runs, Path out) {
    System.setProperty("java.awt.headless", "true");
    RunArchive archive = RunArchive.read(runs);
    List<HtmlReport.Section> sections = new ArrayList<>();
    Map<Path, byte[]> files = new LinkedHashMap<>();
    for (Experiment experiment : archive.experiments()) {
      List<Figure> drawn = ExperimentFigures.of(experiment);
      sections.add(new HtmlReport.Section(experiment, drawn));
      for (Figure figure : drawn) {
        Path base = out.resolve("figures").resolve(figure.name());
        put(files, base, ".pdf", FigureEncoder.pdf(figure));
        put(files, base, ".svg", FigureEncoder.svg(figure));
        put(files, base, ".png", FigureEncoder.png(figure));
      }
      Path table = out.resolve("tables").resolve(experiment.id());
      ResultTable results = ResultTable.of(experiment);
      put(files, table, ".tex", bytes(TableFormat.latex(results)));
      put(files, table, ".md", bytes(TableFormat.markdown(results)));
      put(files, table, ".csv", bytes(TableFormat.csv(experiment)));
    }
    put(files, out.resolve("report"), ".html", HtmlReport.of(sections));
    // only now: a broken file among the runs leaves nothing behind
    files.forEach(Figures::write);
    return List.copyOf(files.keySet());
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
