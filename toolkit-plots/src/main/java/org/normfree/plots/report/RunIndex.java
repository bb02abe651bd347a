package org.normfree.plots.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;
import org.normfree.plots.figure.Names;
import org.normfree.plots.table.HtmlText;

/** The last part of the report: every run, how it ended and where it lies. */
final class RunIndex {
  private RunIndex() {}

  static String of(List<Experiment> experiments, Links links) {
    StringBuilder out = new StringBuilder("<section>\n<h2 id=\"runs\">Index of runs</h2>\n");
    for (Experiment experiment : experiments) {
      out.append("<h3>").append(HtmlText.of(experiment.id())).append("</h3>\n<p>");
      out.append(links.to(experiment.folder(), "folder")).append("; ");
      out.append(HtmlText.of("runs: " + Facts.endings(experiment.runs()))).append(".</p>\n");
      notDone(out, experiment);
      if (!experiment.runs().isEmpty()) {
        table(out, experiment, links);
      }
    }
    return out.append("</section>\n").toString();
  }

  /** Runs that diverged, failed or did not finish are seen without opening anything. */
  private static void notDone(StringBuilder out, Experiment experiment) {
    List<Run> runs = experiment.runs().stream().filter(run -> !run.done()).toList();
    if (runs.isEmpty()) {
      return;
    }
    out.append("<ul>\n");
    for (Run run : runs) {
      String note = run.note().lines().findFirst().orElse("");
      out.append("<li>")
          .append(
              HtmlText.of(
                  "%s (%s, seed %s%s): %s%s"
                      .formatted(
                          run.id(),
                          Names.method(run.trial().method()),
                          run.trial().seed(),
                          run.isFinal() ? "" : ", search",
                          run.ending(),
                          note.isEmpty() ? "" : ", " + note)))
          .append("</li>\n");
    }
    out.append("</ul>\n");
  }

  private static void table(StringBuilder out, Experiment experiment, Links links) {
    out.append("<details><summary>All runs of ")
        .append(HtmlText.of(experiment.id()))
        .append("</summary>\n<div class=\"wide\">\n<table class=\"sortable\">\n<thead>\n<tr>");
    for (String heading :
        List.of("run", "method", "setting", "seed", "phase", "ending", "of its own")) {
      out.append("<th scope=\"col\">").append(heading).append("</th>");
    }
    out.append("</tr>\n</thead>\n<tbody>\n");
    for (Run run : experiment.runs()) {
      out.append("<tr>");
      cell(out, links.to(run.folder(), run.id()));
      cell(out, HtmlText.of(Names.method(run.trial().method())));
      cell(out, HtmlText.of(words(run.trial().setting())));
      out.append(
          "<td class=\"number\" data-value=\"%s\">%s</td>"
              .formatted(run.trial().seed(), run.trial().seed()));
      cell(out, run.isFinal() ? "final" : "search");
      cell(out, HtmlText.of(run.ending()));
      cell(out, "<code>" + HtmlText.of(words(own(run, experiment))) + "</code>");
      out.append("</tr>\n");
    }
    out.append("</tbody>\n</table>\n</div>\n</details>\n");
  }

  private static void cell(StringBuilder out, String content) {
    out.append("<td>").append(content).append("</td>");
  }

  /** What sets a run's configuration apart from its experiment's. */
  private static Map<String, Object> own(Run run, Experiment experiment) {
    Map<String, Object> own = new TreeMap<>(run.config());
    own.entrySet()
        .removeIf(
            entry -> Objects.equals(entry.getValue(), experiment.config().get(entry.getKey())));
    return own;
  }

  private static String words(Map<String, ?> setting) {
    List<String> words = new ArrayList<>();
    new TreeMap<>(setting).forEach((key, value) -> words.add(key + "=" + value));
    return words.stream().collect(Collectors.joining(" "));
  }
}
