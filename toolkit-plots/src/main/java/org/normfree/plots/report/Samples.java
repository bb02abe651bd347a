package org.normfree.plots.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.normfree.core.InputException;
import org.normfree.core.record.Reason;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;
import org.normfree.plots.figure.Names;
import org.normfree.plots.table.HtmlText;

/** The first translations of each method's first run, where runs translated. */
final class Samples {
  private static final String TRANSLATIONS = "translations.tsv";
  private static final int SAMPLES = 5;

  private Samples() {}

  static String of(Experiment experiment) {
    Map<String, List<String>> samples = new LinkedHashMap<>();
    for (Run run : experiment.finalRuns()) {
      Path file = run.folder().resolve(TRANSLATIONS);
      if (Files.exists(file) && !samples.containsKey(run.group().method())) {
        try (Stream<String> lines = Files.lines(file)) {
          samples.put(run.group().method(), lines.limit(1 + SAMPLES).toList());
        } catch (IOException e) {
          throw new InputException(
              "cannot read %s: %s; make it readable UTF-8 text".formatted(file, Reason.of(e)), e);
        }
      }
    }
    StringBuilder out = new StringBuilder();
    samples.forEach((method, lines) -> table(out, method, lines));
    return out.toString();
  }

  private static void table(StringBuilder out, String method, List<String> lines) {
    out.append("<h3>Translations, ")
        .append(HtmlText.of(Names.method(method)))
        .append("</h3>\n<div class=\"wide\">\n<table class=\"text\">\n");
    for (int i = 0; i < lines.size(); i++) {
      String cell = i == 0 ? "th" : "td";
      out.append("<tr>");
      for (String column : lines.get(i).split("\t", -1)) {
        out.append("<%s>%s</%s>".formatted(cell, HtmlText.of(column), cell));
      }
      out.append("</tr>\n");
    }
    out.append("</table>\n</div>\n");
  }
}
