package org.normfree.plots.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.plots.MadeUpStudies;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.report.HtmlReport;
import org.normfree.plots.report.ReportFiles;

class TablesCompileTest {
  private static final Pattern OVERFULL = Pattern.compile("Overfull \\\\hbox \\(([0-9.]+)pt");

  @BeforeAll
  static void needsLatex() throws IOException, InterruptedException {
    assumeTrue(
        exists("siunitx.sty") && exists("booktabs.sty"),
        "pdflatex or siunitx is not installed, so that no table is compiled");
  }

  @Test
  void everyTableOfEveryStudyCompilesAndFitsThePage(@TempDir Path folder)
      throws IOException, InterruptedException {
    write(MadeUpStudies.all(), folder);
    String log = compile(folder.resolve("tables"), "all");
    assertFits(log);
    assertThat(folder.resolve("tables/all.pdf")).exists();
  }

  @Test
  void everyTableIsAFragmentForAnyDocumentThatLoadsThePackages(@TempDir Path folder)
      throws IOException, InterruptedException {
    Experiment study = MadeUpStudies.comparison();
    write(List.of(study), folder);
    Path tables = folder.resolve("tables");
    Files.writeString(
        tables.resolve("paper.tex"),
        """
        \\documentclass[twocolumn]{article}
        \\usepackage[T1]{fontenc}
        \\usepackage{%s}
        \\input{claims}
        \\begin{document}
        \\input{%s}
        \\num{\\MethodComparisonClaimDytNoWorseEstimate} is \\MethodComparisonClaimDytNoWorseVerdict.
        \\end{document}
        """
            .formatted(String.join(",", LatexTable.PACKAGES), study.id()));
    assertFits(compile(tables, "paper"));
  }

  @Test
  void namesOfAnyCharactersCompile(@TempDir Path folder) throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(7);
    Metric metric = Metric.number("m", RandomText.of(random) + "x", "%");
    List<SummaryRow> rows = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      rows.add(
          MadeUpStudies.row(RandomText.of(random))
              .with(RandomText.of(random), RandomText.of(random))
              .few(metric, random.nextDouble(-1, 1) * Math.pow(10, random.nextInt(-9, 9))));
    }
    Summary summary =
        new Summary(
            RandomText.of(random) + "y",
            "",
            null,
            null,
            List.of(metric),
            null,
            List.of(),
            List.of(),
            List.of(),
            rows);
    write(List.of(MadeUpStudies.experiment("any", summary, Map.of())), folder);
    compile(folder.resolve("tables"), "all");
  }

  private static void assertFits(String log) {
    Matcher overfull = OVERFULL.matcher(log);
    while (overfull.find()) {
      assertThat(Double.parseDouble(overfull.group(1))).as(overfull.group()).isLessThan(1);
    }
    assertThat(log).doesNotContain("Float too large", "Too many unprocessed floats");
  }

  private static void write(List<Experiment> experiments, Path folder) throws IOException {
    List<HtmlReport.Section> sections =
        experiments.stream().map(e -> new HtmlReport.Section(e, List.of())).toList();
    for (Map.Entry<Path, byte[]> file :
        new TreeMap<>(ReportFiles.of(sections, folder, Set.of())).entrySet()) {
      Files.createDirectories(file.getKey().getParent());
      Files.write(file.getKey(), file.getValue());
    }
  }

  private static String compile(Path folder, String name) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("pdflatex", "-interaction=nonstopmode", "-halt-on-error", name + ".tex")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".out").toFile())
            .start();
    process.getOutputStream().close();
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    String log = Files.readString(folder.resolve(name + ".log"), StandardCharsets.ISO_8859_1);
    assertThat(process.exitValue()).as(log.substring(Math.max(0, log.length() - 3000))).isZero();
    return log;
  }

  private static boolean exists(String file) throws IOException, InterruptedException {
    try {
      Process process = new ProcessBuilder("kpsewhich", file).redirectErrorStream(true).start();
      boolean found = process.getInputStream().readAllBytes().length > 0;
      return process.waitFor() == 0 && found;
    } catch (IOException e) {
      return false; // no TeX at all
    }
  }
}
