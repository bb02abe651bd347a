package org.normfree.plots.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.table.HtmlText;
import org.normfree.plots.table.ResultTable;

/**
 * One page with everything: verdicts first, then a section a study, then an index of the runs. It
 * loads nothing from outside itself, so it can be mailed and opened from a disk; its script sorts
 * tables and opens what is folded for printing, and nothing is lost without it.
 */
public final class HtmlReport {
  private static final String TITLE = "Report of recorded experiments";

  private HtmlReport() {}

  /**
   * What the page says of one experiment.
   *
   * @param experiment the experiment
   * @param figures its figures
   */
  public record Section(Experiment experiment, List<Figure> figures) {
    /** Copies the list. */
    public Section {
      figures = List.copyOf(figures);
    }
  }

  /**
   * @param sections the experiments, {@linkplain #ordered ordered} for the page
   * @param folder where the page will lie
   * @param files files of figures and tables that it links to
   * @return the page
   */
  public static byte[] of(List<Section> sections, Path folder, Set<Path> files) {
    List<Experiment> experiments = ordered(sections.stream().map(Section::experiment).toList());
    List<Section> ordered = new ArrayList<>(sections);
    ordered.sort(Comparator.comparing(section -> experiments.indexOf(section.experiment())));
    Links links = new Links(folder);
    StringBuilder out = new StringBuilder();
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.append(
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>normfree toolkit: report");
    out.append("</title>\n<style>\n").append(resource("report.css"));
    out.append("</style>\n</head>\n<body>\n");
    cover(out, ordered, experiments);
    out.append("<main>\n");
    for (Section section : ordered) {
      List<ResultTable> tables = ResultTable.of(section.experiment());
      out.append(new StudySection(section, tables, files, links).html());
    }
    out.append(RunIndex.of(experiments, links));
    out.append("</main>\n<script>\n").append(resource("report.js"));
    return out.append("</script>\n</body>\n</html>\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  /** What is on the first page of a print. */
  private static void cover(
      StringBuilder out, List<Section> sections, List<Experiment> experiments) {
    out.append("<header>\n<h1>").append(TITLE).append("</h1>\n<dl class=\"facts\">\n");
    for (Map.Entry<String, String> fact : Facts.of(experiments).entrySet()) {
      out.append(
          "<div><dt>%s</dt><dd>%s</dd></div>\n"
              .formatted(fact.getKey(), HtmlText.of(fact.getValue())));
    }
    out.append("</dl>\n<h2 id=\"verdicts\">Verdicts</h2>\n");
    out.append(Verdicts.count(experiments)).append(Verdicts.table(experiments, true));
    out.append(
        "<p class=\"note\">Every number and figure was drawn from recorded runs; nothing was typed"
            + " in. Criteria were stated before the runs. Published numbers stand beside ours for"
            + " orientation: they come from other data, other sizes and other budgets.</p>\n");
    contents(out, sections);
    out.append("</header>\n");
  }

  private static void contents(StringBuilder out, List<Section> sections) {
    out.append("<nav aria-label=\"Contents\">\n<h2>Contents</h2>\n<ul>\n");
    out.append("<li><a href=\"#verdicts\">Verdicts</a></li>\n");
    for (Section section : sections) {
      String id = HtmlText.of(section.experiment().id());
      out.append("<li><a href=\"#study-%s\">%s</a>\n<ul>\n".formatted(id, id));
      for (Figure figure : section.figures()) {
        out.append(
            "<li><a href=\"#figure-%s\">%s</a></li>\n"
                .formatted(HtmlText.of(figure.name()), HtmlText.of(figure.title())));
      }
      out.append("<li><a href=\"#tables-%s\">Tables</a></li>\n</ul>\n</li>\n".formatted(id));
    }
    out.append("<li><a href=\"#runs\">Index of runs</a></li>\n</ul>\n</nav>\n");
  }

  /**
   * Experiments in the order they were begun, if that was recorded for all, since it is that of the
   * papers where {@code toolkit paper} ran them; what was made of them comes behind them, single
   * runs come last.
   */
  static List<Experiment> ordered(List<Experiment> experiments) {
    List<Experiment> ordered = new ArrayList<>(experiments);
    if (experiments.stream().allMatch(e -> e.isDerived() || Facts.start(e).isPresent())) {
      ordered.sort(Comparator.comparing(e -> Facts.start(e).orElse(Instant.MAX)));
    }
    ordered.sort(Comparator.comparing(HtmlReport::isSingleRun));
    return ordered;
  }

  private static boolean isSingleRun(Experiment experiment) {
    return experiment.runs().size() == 1
        && experiment.runs().get(0).folder().equals(experiment.folder());
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
