package org.normfree.plots.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.normfree.core.record.Json;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.FigureEncoder;
import org.normfree.plots.table.HtmlTable;
import org.normfree.plots.table.HtmlText;
import org.normfree.plots.table.PublishedOrder;
import org.normfree.plots.table.ResultTable;

/**
 * The part of the report about one study: what it asks, what the runs say about its claims, its
 * figures, its tables folded away, and where everything lies.
 */
final class StudySection {
  /** Pixels of the page for an inch of print, so that six-point letters can be read. */
  private static final int PIXELS_PER_INCH = 120;

  /** A narrow screen scrolls a figure rather than make it smaller than this. */
  private static final int FEWEST_PIXELS_PER_INCH = 90;

  private final Experiment experiment;
  private final List<Figure> figures;
  private final List<ResultTable> tables;
  private final Set<Path> files;
  private final Links links;

  StudySection(HtmlReport.Section section, List<ResultTable> tables, Set<Path> files, Links links) {
    this.experiment = section.experiment();
    this.figures = section.figures();
    this.tables = tables;
    this.files = files;
    this.links = links;
  }

  String html() {
    StringBuilder out = new StringBuilder("<section>\n<h2 id=\"study-");
    out.append(HtmlText.of(experiment.id())).append("\">").append(HtmlText.of(experiment.id()));
    String smoke = experiment.summary().smokeTest();
    out.append(smoke == null ? "" : " <span class=\"smoke\">smoke test</span>").append("</h2>\n");
    if (smoke != null) {
      out.append("<p class=\"smoke-reason\">Smoke test: ")
          .append(HtmlText.of(smoke))
          .append("</p>\n");
    }
    if (!experiment.summary().question().isEmpty()) {
      out.append("<p class=\"question\">")
          .append(HtmlText.of(experiment.summary().question()))
          .append("</p>\n");
    }
    verdicts(out);
    figures.forEach(figure -> figure(out, figure));
    tables(out);
    files(out);
    out.append(Samples.of(experiment));
    details(out, "Configuration", experiment.config());
    details(out, "Provenance", experiment.provenance());
    return out.append("</section>\n").toString();
  }

  private void verdicts(StringBuilder out) {
    String verdicts = Verdicts.table(List.of(experiment), false);
    out.append(
        verdicts.isEmpty()
            ? "<p class=\"note\">No claim was stated for this study.</p>\n"
            : verdicts);
    for (String sentence : PublishedOrder.sentences(experiment)) {
      out.append("<p class=\"finding\">").append(HtmlText.of(sentence)).append("</p>\n");
    }
  }

  private void figure(StringBuilder out, Figure figure) {
    // as an image each drawing keeps its own identifiers, which would clash in one document
    out.append("<figure id=\"figure-%s\">\n".formatted(HtmlText.of(figure.name())));
    out.append(
        "<div class=\"drawing\"><img alt=\"%s\" width=\"%s\" style=\"min-width:%spx\" src=\"data:image/svg+xml;base64,%s\"></div>\n"
            .formatted(
                HtmlText.of(figure.title()),
                Math.round(figure.widthInches() * PIXELS_PER_INCH),
                Math.round(figure.widthInches() * FEWEST_PIXELS_PER_INCH),
                Base64.getEncoder().encodeToString(FigureEncoder.svg(figure))));
    out.append("<figcaption><strong>")
        .append(HtmlText.of(figure.title()))
        .append(".</strong> ")
        .append(HtmlText.of(figure.caption()));
    List<Path> own =
        files.stream()
            .filter(
                file -> file.getFileName().toString().equals(figure.name() + "." + ending(file)))
            .toList();
    if (!own.isEmpty()) {
      out.append(" <span class=\"files\">").append(linked(own)).append("</span>");
    }
    out.append("</figcaption>\n</figure>\n");
  }

  private void tables(StringBuilder out) {
    String id = HtmlText.of(experiment.id());
    out.append(
        "<details id=\"tables-%s\"><summary>%s</summary>\n"
            .formatted(id, tables.size() == 1 ? "Table" : "Tables (%s)".formatted(tables.size())));
    if (tables.isEmpty()) {
      out.append("<p>Nothing was summarized.</p>\n");
    }
    tables.forEach(table -> out.append(HtmlTable.of(table)));
    out.append("</details>\n");
  }

  private void files(StringBuilder out) {
    List<Path> own = files.stream().filter(file -> ReportFiles.isTable(file, experiment)).toList();
    out.append("<p class=\"files\">");
    if (!own.isEmpty()) {
      out.append("Tables: ").append(linked(own)).append(". ");
    }
    out.append("Runs: ").append(links.to(experiment.folder(), "folder of the study"));
    out.append(", <a href=\"#runs\">index</a>.</p>\n");
  }

  private String linked(List<Path> targets) {
    return targets.stream()
        .map(file -> links.to(file, format(ending(file))))
        .collect(Collectors.joining(", "));
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static String format(String ending) {
    return switch (ending) {
      case "tex" -> "TeX";
      case "md" -> "Markdown";
      default -> ending.toUpperCase(Locale.ROOT);
    };
  }

  private static void details(StringBuilder out, String title, Map<String, Object> content) {
    out.append("<details><summary>").append(title).append("</summary>\n");
    if (content.isEmpty()) {
      out.append("<p>Not recorded.</p>\n");
    } else {
      String json = new String(Json.pretty(new TreeMap<>(content)), StandardCharsets.UTF_8);
      out.append("<pre>").append(HtmlText.of(json)).append("</pre>\n");
    }
    out.append("</details>\n");
  }
}
