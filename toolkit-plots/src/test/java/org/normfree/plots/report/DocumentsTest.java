package org.normfree.plots.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.InputException;
import org.normfree.plots.MadeUpStudies;
import org.normfree.plots.RecordedRuns;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.table.ClaimsMarkdown;

class DocumentsTest {
  /** How often it was said that nothing is left to be refused. */
  private int granted;

  @TempDir static Path runs;
  @TempDir Path folder;

  @BeforeAll
  static void record() {
    RecordedRuns.all(runs);
  }

  @Test
  void writesAnewWhatStandsInAPlaceAndNothingElse() throws IOException {
    Path page =
        page(
            """
            # Page

            <!-- recorded: table dyt-squash -->
            12.3 by hand
            <!-- /recorded -->

            Words.

              <!-- recorded: verdicts -->
              <!-- /recorded -->
            """);
    Documents.fill(runs, List.of(page), () -> granted++);
    String once = Files.readString(page);
    assertThat(once)
        .startsWith("# Page\n\n<!-- recorded: table dyt-squash -->\n\n**Table.** dyt-squash")
        .contains("Recorded ", "<!-- /recorded -->\n\nWords.\n\n")
        .doesNotContain("12.3 by hand")
        .endsWith("  <!-- /recorded -->\n");
    assertThat(once.split("\\*\\*Table", -1)).hasSize(2);
    Documents.fill(runs, List.of(page), () -> granted++);
    assertThat(Files.readString(page)).isEqualTo(once);
    assertThat(granted).isEqualTo(2);
  }

  @Test
  void anOverviewCountsTheVerdictsOfEachExperiment() {
    int counted = 0;
    for (Experiment experiment : MadeUpStudies.all()) {
      List<String> judged = ClaimsMarkdown.inFewWords(List.of(experiment)).lines().skip(2).toList();
      String row =
          ClaimsMarkdown.overview(List.of(experiment)).lines().skip(2).findFirst().orElseThrow();
      assertThat(row).startsWith("| " + experiment.id() + " | ");
      for (String verdict : List.of("confirmed", "contradicted", "inconclusive", "not judged")) {
        long count = judged.stream().filter(line -> line.contains("| " + verdict)).count();
        assertThat(row.contains(count + " " + verdict)).as(row).isEqualTo(count > 0);
        counted += (int) count;
      }
    }
    assertThat(counted).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "no place at all; has no place",
        "<!-- recorded: claims -->; does not end",
        "<!-- recorded: claims -->|<!-- recorded: claims -->|<!-- /recorded -->; does not end",
        "<!-- /recorded -->; ends nothing",
        "<!-- recorded: charts -->|<!-- /recorded -->; expected claims, verdicts, overview, table, tables",
        "<!-- recorded: table nobody -->|<!-- /recorded -->; recorded are ",
      })
  void leavesAllDocumentsAsTheyAreIfOneIsWrong(String lines, String why) throws IOException {
    Path right = page("<!-- recorded: claims -->\n<!-- /recorded -->\n");
    Path wrong = Files.writeString(folder.resolve("wrong.md"), lines.replace('|', '\n'));
    assertThatThrownBy(() -> Documents.fill(runs, List.of(right, wrong), () -> granted++))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("wrong.md")
        .hasMessageContaining(why);
    assertThat(right).hasContent("<!-- recorded: claims -->\n<!-- /recorded -->\n");
    assertThat(wrong).hasContent(lines.replace('|', '\n'));
    assertThat(granted).isZero();
  }

  private Path page(String text) throws IOException {
    return Files.writeString(folder.resolve("page.md"), text);
  }

  @Test
  void whatIsNoPlainFileIsRefused() {
    assertThatThrownBy(() -> Documents.fill(runs, List.of(folder), () -> granted++))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is no plain file");
  }

  @Test
  void whatIsNotThereIsNamedOnceWithTheReason() {
    Path missing = folder.resolve("missing.md");
    assertThatThrownBy(() -> Documents.fill(runs, List.of(missing), () -> granted++))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cannot read %s (no such file or folder)", missing);
  }
}
