package org.normfree.plots.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.normfree.core.record.Json;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.FigureEncoder;
import org.normfree.plots.figure.Names;

/**
 * One page with everything: figures, tables, findings, configurations and provenance. It refers to
 * nothing outside itself and runs no script, so it can be mailed and opened from a disk.
 */
public final class HtmlReport {
  private static final String STYLE =
      """
      :root { color-scheme: light; }
      body { font: 16px/1.5 Georgia, "Times New Roman", serif; color: #1a1a1a; background: #fff;
        max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
      h1, h2, h3 { line-height: 1.2; }
      h2 { margin-top: 3rem; border-top: 1px solid #ccc; padding-top: 1rem; }
      figure { margin: 1.5rem 0; overflow-x: auto; }
      figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
      figcaption, .note { font-size: 0.88rem; color: #444; }
      table { border-collapse: collapse; border-top: 2px solid #222; border-bottom: 2px solid #222;
        font-size: 0.92rem; }
      .wide { overflow-x: auto; }
      th { text-align: left; border-bottom: 1px solid #222; }
      th, td { padding: 0.2rem 0.8rem 0.2rem 0; white-space: nowrap; }
      .number { text-align: right; }
      .finding { border-left: 4px solid #0072B2; padding-left: 0.8rem; }
      pre, code { font: 0.82rem/1.4 ui-monospace, Menlo, Consolas, monospace; }
      pre { background: #f6f6f6; padding: 0.8rem; overflow-x: auto; }
      summary { cursor: pointer; }
      @media print { h2 { break-before: page; } details { display: none; } }
      """;

  private static final String TRANSLATIONS = "translations.tsv";
  private static final int SAMPLES = 5;

  private HtmlReport() {}

  /**
   * What the page says of one experiment.
   *
   * @param experiment the experiment
   * @param figures its figures
   */
  public record Section(Experiment experiment, List<Figure> figures) {}

  /**
   * @param sections the experiments, in the order of the page
   * @return the page
   */
  public static byte[] of(List<Section> sections) {
    StringBuilder out = new StringBuilder();
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.append("<title>normfree toolkit: report</title>\n<style>\n").append(STYLE);
    out.append("</style>\n</head>\n<body>\n<h1>Report of recorded experiments</h1>\n");
    out.append(
        "<p>Every number and figure below was drawn from recorded runs; nothing was typed in."
            + " Published numbers stand beside ours for orientation: they come from other data,"
            + " other sizes and other budgets.</p>\n");
    contents(out, sections);
    sections.forEach(section -> section(out, section.experiment(), section.figures()));
    return out.append("</body>\n</html>\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void contents(StringBuilder out, List<Section> sections) {
    out.append("<nav aria-label=\"Contents\">\n<h2>Contents</h2>\n<ul>\n");
    for (Section section : sections) {
      String id = section.experiment().id();
      out.append("<li><a href=\"#%s\">%s</a>\n<ul>\n".formatted(id, id));
      out.append("<li><a href=\"#table-%s\">Table</a></li>\n".formatted(id));
      for (Figure figure : section.figures()) {
        out.append(
            "<li><a href=\"#figure-%s\">%s</a></li>\n"
                .formatted(figure.name(), TableFormat.html(figure.title())));
      }
      out.append("</ul>\n</li>\n");
    }
    out.append("</ul>\n</nav>\n");
  }

  private static void section(StringBuilder out, Experiment experiment, List<Figure> figures) {
    out.append("<section>\n<h2 id=\"%s\">%s</h2>\n".formatted(experiment.id(), experiment.id()));
    for (String sentence : Findings.againstPublished(experiment)) {
      out.append("<p class=\"finding\">").append(TableFormat.html(sentence)).append("</p>\n");
    }
    out.append("<div class=\"wide\" id=\"table-%s\">\n".formatted(experiment.id()));
    out.append(TableFormat.html(ResultTable.of(experiment))).append("</div>\n");
    figures.forEach(figure -> figure(out, figure));
    samples(out, experiment);
    List<String> notDone = Findings.notDone(experiment);
    out.append("<h3>Runs that diverged, failed or did not finish</h3>\n");
    if (notDone.isEmpty()) {
      out.append("<p>None of %s.</p>\n".formatted(experiment.runs().size()));
    } else {
      out.append("<ul>\n");
      notDone.forEach(line -> out.append("<li>").append(TableFormat.html(line)).append("</li>\n"));
      out.append("</ul>\n");
    }
    details(out, "Configuration", experiment.config());
    details(out, "Provenance", experiment.provenance());
    runs(out, experiment);
    out.append("</section>\n");
  }

  /** The first translations of each method's first run, where runs translated. */
  private static void samples(StringBuilder out, Experiment experiment) {
    Map<String, List<String>> samples = new LinkedHashMap<>();
    for (Run run : experiment.finalRuns()) {
      Path file = run.folder().resolve(TRANSLATIONS);
      if (Files.exists(file) && !samples.containsKey(run.group().method())) {
        try (Stream<String> lines = Files.lines(file)) {
          samples.put(run.group().method(), lines.limit(1 + SAMPLES).toList());
        } catch (IOException e) {
          throw new UncheckedIOException("cannot read " + file, e);
        }
      }
    }
    samples.forEach(
        (method, lines) -> {
          out.append("<h3>Translations, %s</h3>\n<table>\n".formatted(Names.method(method)));
          for (int i = 0; i < lines.size(); i++) {
            String cell = i == 0 ? "th" : "td";
            out.append("<tr>");
            for (String column : lines.get(i).split("\t", -1)) {
              out.append("<%s>%s</%s>".formatted(cell, TableFormat.html(column), cell));
            }
            out.append("</tr>\n");
          }
          out.append("</table>\n");
        });
  }

  private static void figure(StringBuilder out, Figure figure) {
    // as an image each drawing keeps its own identifiers, which would clash in one document
    out.append("<figure id=\"figure-%s\">\n".formatted(figure.name()));
    out.append(
        "<img alt=\"%s\" width=\"%s\" src=\"data:image/svg+xml;base64,%s\">\n"
            .formatted(
                TableFormat.html(figure.title()),
                Math.round(figure.widthInches() * 120),
                Base64.getEncoder().encodeToString(FigureEncoder.svg(figure))));
    out.append(
        "<figcaption><strong>%s.</strong> %s</figcaption>\n</figure>\n"
            .formatted(TableFormat.html(figure.title()), TableFormat.html(figure.caption())));
  }

  private static void details(StringBuilder out, String title, Map<String, Object> content) {
    out.append("<details><summary>%s</summary>\n".formatted(title));
    if (content.isEmpty()) {
      out.append("<p>Not recorded.</p>\n");
    } else {
      String json = new String(Json.pretty(new TreeMap<>(content)), StandardCharsets.UTF_8);
      out.append("<pre>").append(TableFormat.html(json)).append("</pre>\n");
    }
    out.append("</details>\n");
  }

  /** What sets each run's configuration apart from the experiment's. */
  private static void runs(StringBuilder out, Experiment experiment) {
    out.append("<details><summary>Runs (%s)</summary>\n<ul>\n".formatted(experiment.runs().size()));
    experiment
        .runs()
        .forEach(
            run -> {
              List<String> own = new ArrayList<>();
              new TreeMap<>(run.config())
                  .forEach(
                      (key, value) -> {
                        if (!Objects.equals(value, experiment.config().get(key))) {
                          own.add(key + "=" + value);
                        }
                      });
              out.append(
                  "<li>%s: %s; <code>%s</code></li>\n"
                      .formatted(
                          TableFormat.html(run.id()),
                          run.ending(),
                          TableFormat.html(String.join(" ", own))));
            });
    out.append("</ul>\n</details>\n");
  }
}
