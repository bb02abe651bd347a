package org.normfree.plots.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.table.ClaimMacros;
import org.normfree.plots.table.ClaimsMarkdown;
import org.normfree.plots.table.LatexTable;
import org.normfree.plots.table.MarkdownTable;
import org.normfree.plots.table.ResultTable;
import org.normfree.plots.table.SummaryCsv;

/** The files beside the figures: tables in three formats, claims in two, and the report. */
public final class ReportFiles {
  private static final String TABLES = "tables";
  private static final List<String> ENDINGS = List.of(".tex", ".md", ".csv");

  private ReportFiles() {}

  /**
   * Makes {@code tables/<experiment>.{tex,md,csv}}, {@code tables/claims.{tex,md}}, {@code
   * tables/all.tex}, a document of all tables, and {@code report.html}.
   *
   * @param sections the experiments with their figures
   * @param out the folder they will lie in
   * @param figures the files of the figures, which the report links to
   * @return what to write where, in the order of writing
   */
  public static Map<Path, byte[]> of(
      List<HtmlReport.Section> sections, Path out, Set<Path> figures) {
    Map<Path, byte[]> files = new LinkedHashMap<>();
    Path tables = out.resolve(TABLES);
    List<Experiment> experiments =
        HtmlReport.ordered(sections.stream().map(HtmlReport.Section::experiment).toList());
    for (Experiment experiment : experiments) {
      List<ResultTable> results = ResultTable.of(experiment);
      String name = fileName(experiment);
      files.put(tables.resolve(name + ".tex"), bytes(LatexTable.of(results)));
      files.put(tables.resolve(name + ".md"), bytes(MarkdownTable.of(results)));
      files.put(tables.resolve(name + ".csv"), bytes(SummaryCsv.of(experiment.summary().rows())));
    }
    files.put(tables.resolve("claims.tex"), bytes(ClaimMacros.of(experiments)));
    files.put(tables.resolve("claims.md"), bytes(ClaimsMarkdown.of(experiments)));
    files.put(tables.resolve("all.tex"), bytes(document(experiments)));
    Set<Path> linked = new LinkedHashSet<>(figures);
    linked.addAll(files.keySet());
    files.put(out.resolve("report.html"), HtmlReport.of(sections, out, linked));
    return files;
  }

  /**
   * @return whether a file is a table of an experiment
   */
  static boolean isTable(Path file, Experiment experiment) {
    String name = file.getFileName().toString();
    return file.getParent().endsWith(TABLES)
        && ENDINGS.stream().anyMatch(ending -> name.equals(fileName(experiment) + ending));
  }

  /** An experiment that is called as one of our files gets another name. */
  private static String fileName(Experiment experiment) {
    return Set.of("claims", "all").contains(experiment.id())
        ? experiment.id() + "-results"
        : experiment.id();
  }

  private static String document(List<Experiment> experiments) {
    StringBuilder out =
        new StringBuilder("\\documentclass{article}\n\\usepackage{")
            .append(String.join(",", LatexTable.PACKAGES))
            .append("}\n\\input{claims}\n\\begin{document}\n");
    for (Experiment experiment : experiments) {
      out.append("\\input{").append(fileName(experiment)).append(".tex}\n\\clearpage\n");
    }
    return out.append("\\end{document}\n").toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
