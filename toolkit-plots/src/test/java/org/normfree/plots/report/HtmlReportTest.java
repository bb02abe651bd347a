package org.normfree.plots.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.record.Marker;
import org.normfree.core.record.Summary;
import org.normfree.core.record.Trial;
import org.normfree.plots.Figures;
import org.normfree.plots.MadeUpStudies;
import org.normfree.plots.RecordedRuns;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.archive.Run;

class HtmlReportTest {
  @TempDir static Path folder;
  private static String recorded;
  private static String madeUp;

  @BeforeAll
  static void write() throws IOException {
    RecordedRuns.all(folder.resolve("runs"));
    Figures.create(folder.resolve("runs"), folder.resolve("out"));
    recorded = Files.readString(folder.resolve("out/report.html"));
    madeUp = report(MadeUpStudies.all());
  }

  @Test
  void refersToNothingOutsideButTheFilesBesideIt() throws IOException {
    assertThat(recorded)
        .doesNotContain("http:", "https:", "<script src", "<link", "@import", "url(");
    int images = 0;
    Matcher references = Pattern.compile("(?:href|src)=\"([^\"]{0,199})").matcher(recorded);
    while (references.find()) {
      String reference = references.group(1);
      if (reference.startsWith("#")) {
        assertThat(recorded).contains("id=\"" + reference.substring(1) + "\"");
      } else if (reference.startsWith("data:image/svg+xml;base64,")) {
        images++;
      } else {
        assertThat(reference).startsWith("./");
        assertThat(folder.resolve("out").resolve(reference)).exists();
      }
    }
    assertThat(images).isPositive();
    assertThat(recorded)
        .contains("&quot;commit&quot; : &quot;0123abc&quot;", "a &lt; b &amp; c")
        .contains("<li>identity-none-1 (identity, seed 1): diverged, step 420: loss is NaN</li>");
  }

  @Test
  void linksEveryFileOfFiguresAndTables() throws IOException {
    try (var files = Files.walk(folder.resolve("out"))) {
      files
          .filter(Files::isRegularFile)
          .map(file -> folder.resolve("out").relativize(file).toString())
          .filter(file -> !file.startsWith("report") && !file.contains("claims"))
          .filter(file -> !file.endsWith("all.tex"))
          .forEach(file -> assertThat(recorded).contains("href=\"./" + file + "\""));
    }
  }

  @Test
  void everyIdIsThereOnce() {
    for (String report : List.of(recorded, madeUp)) {
      List<String> ids =
          Pattern.compile(" id=\"([^\"]*)\"")
              .matcher(report)
              .results()
              .map(m -> m.group(1))
              .toList();
      assertThat(ids).doesNotHaveDuplicates().hasSizeGreaterThan(5);
    }
  }

  @Test
  void theHeadSaysWhatRanWhenWhereAndHowLong() {
    assertThat(fact(report(List.of(MadeUpStudies.comparison())), "When"))
        .isEqualTo("2026-11-28 20:00 to 2026-11-28 20:05 (UTC)");
    String one = report(List.of(MadeUpStudies.comparison()));
    assertThat(fact(one, "Total time")).isEqualTo("5 min 3 s");
    assertThat(fact(one, "Preset")).isEqualTo("quick");
    assertThat(fact(one, "Commit")).isEqualTo("0123abc, with changes that are not committed");
    assertThat(fact(one, "Machine"))
        .isEqualTo("processor Some CPU @ 2 GHz; cores 2; vectors of 256 bits");
    assertThat(fact(one, "Java")).isEqualTo("not recorded");
    assertThat(fact(one, "Runs")).isEqualTo("3: 1 diverged, 1 done, 1 failed");
  }

  @Test
  void whatOlderFilesLackIsNotRecorded() {
    String old = report(List.of(MadeUpStudies.old()));
    for (String fact : List.of("When", "Total time", "Commit", "Machine", "Java")) {
      assertThat(fact(old, fact)).isEqualTo("not recorded");
    }
    assertThat(fact(madeUp, "When")).isEqualTo("2026-11-28 19:00 to 2026-11-28 20:05 (UTC)");
    assertThat(fact(madeUp, "Total time"))
        .isEqualTo("5 min 3 s for 1 of 7 studies; the others&#39; was not recorded");
    assertThat(fact(madeUp, "Studies")).startsWith("7, of them 2 smoke tests: ");
  }

  @Test
  void verdictsComeFirst() {
    assertThat(madeUp)
        .contains(
            "5 claims: 1 <span class=\"verdict confirmed\">✓ confirmed</span>, 1 <span"
                + " class=\"verdict contradicted\">✗ contradicted</span>, 3 <span class=\"verdict"
                + " inconclusive\">? inconclusive</span>; 1 of them from smoke tests.")
        .contains("<td data-label=\"estimate\">1.20 [0.80, 1.60]</td>")
        .contains("DeepNorm &amp; Pre-LN are equal &lt;at this depth&gt;.");
    assertThat(madeUp.indexOf("class=\"claims")).isLessThan(madeUp.indexOf("<nav"));
    assertThat(madeUp.indexOf("<nav")).isLessThan(madeUp.indexOf("<section"));
    assertThat(report(List.of(MadeUpStudies.old())))
        .contains("No claim was stated for these studies.");
  }

  @Test
  void aSectionAsksAnswersShowsAndLinks() {
    String section = section(madeUp, "method-comparison");
    assertThat(section)
        .containsSubsequence(
            "Which method replaces normalization &lt;without&gt; loss &amp; pain?",
            "✓ confirmed",
            "Order to Pre-LN on test accuracy",
            "<details id=\"tables-method-comparison\">",
            "<strong>98.20</strong>",
            "Tables: <a href=\"./tables/method-comparison.tex\">TeX</a>",
            "folder of the study",
            "Configuration",
            "Provenance");
    assertThat(section(madeUp, "depth-sweep")).contains("Smoke test: two layers are no depth");
  }

  @Test
  void theIndexNamesHowEveryRunEnded() {
    String index = madeUp.substring(madeUp.indexOf("<h2 id=\"runs\">"));
    assertThat(index)
        .contains("<li>run-diverged (DyT, seed 3): diverged, step 7: loss is &lt;NaN&gt;</li>")
        .contains("href=\"./runs/awkward/runs/run%20DONE\">run-done</a>");
  }

  @Test
  void studiesComeAsTheyWereBegunAndSingleRunsLast() {
    Experiment late = begun("late", "2026-11-28T12:00:00Z", false);
    Experiment early = begun("early", "2026-11-28T09:00:00Z", false);
    Experiment single = begun("a-single-run", "2026-11-28T01:00:00Z", true);
    assertThat(order(report(List.of(single, late, early))))
        .containsExactly("early", "late", "a-single-run");
    Experiment unknown = begun("unknown", "?", false);
    assertThat(order(report(List.of(single, unknown, late, early))))
        .containsExactly("unknown", "late", "early", "a-single-run");
  }

  @Test
  void whatWasMadeOfOtherStudiesHasNoMachineOfItsOwn() {
    Experiment late = begun("late", "2026-11-28T12:00:00Z", false);
    Experiment early = begun("early", "2026-11-28T09:00:00Z", false);
    Experiment derived =
        new Experiment(
            "derived",
            late.folder(),
            new Summary("derived", List.of()),
            Map.of(),
            Map.of(),
            List.of());
    String page = report(List.of(derived, late, early));
    assertThat(order(page)).containsExactly("early", "late", "derived");
    assertThat(facts(page)).isEqualTo(facts(report(List.of(late, early))));
  }

  private static String facts(String page) {
    return page.substring(page.indexOf("<dl class=\"facts\">"), page.indexOf("</dl>"));
  }

  @Test
  void foldersThatLieFarAwayAreNamedAndNotLinked() {
    Links links = new Links(Path.of("/a/b/c/d"));
    assertThat(links.to(Path.of("/a/b/c/runs/x <1>"), "x"))
        .isEqualTo("<a href=\"./../runs/x%20%3C1%3E\">x</a>");
    assertThat(links.to(Path.of("/elsewhere/<runs>"), "x"))
        .isEqualTo("x (<code>/elsewhere/&lt;runs&gt;</code>)");
  }

  private static Experiment begun(String id, String time, boolean single) {
    Experiment made =
        MadeUpStudies.experiment(id, new Summary(id, List.of()), Map.of("time", time));
    if (!single) {
      return made;
    }
    Run run = made.runs().get(0);
    return new Experiment(
        id,
        made.folder(),
        made.summary(),
        made.config(),
        made.provenance(),
        List.of(
            new Run(
                id,
                made.folder(),
                new Trial(id, "dyt", Map.of(), 1, Trial.FINAL),
                Optional.of(Marker.DONE),
                run.note(),
                Map.of(),
                Map.of(),
                List.of(),
                Optional.empty())));
  }

  private static List<String> order(String report) {
    List<String> order = new ArrayList<>();
    Matcher heading = Pattern.compile("<h2 id=\"study-([^\"]*)\">").matcher(report);
    while (heading.find()) {
      order.add(heading.group(1));
    }
    return order;
  }

  private static String fact(String report, String name) {
    Matcher fact = Pattern.compile("<dt>" + name + "</dt><dd>(.*?)</dd>").matcher(report);
    assertThat(fact.find()).as(name).isTrue();
    return fact.group(1);
  }

  private static String section(String report, String id) {
    int start = report.indexOf("<h2 id=\"study-" + id + "\">");
    return report.substring(start, report.indexOf("</section>", start));
  }

  static String report(List<Experiment> experiments) {
    List<HtmlReport.Section> sections =
        experiments.stream().map(e -> new HtmlReport.Section(e, List.of())).toList();
    Path out = Path.of("");
    return new String(
        ReportFiles.of(sections, out, Set.of()).get(out.resolve("report.html")),
        StandardCharsets.UTF_8);
  }
}
