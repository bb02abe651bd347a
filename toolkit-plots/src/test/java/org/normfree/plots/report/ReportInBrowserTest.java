package org.normfree.plots.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.plots.Figures;
import org.normfree.plots.MadeUpStudies;
import org.normfree.plots.RecordedRuns;
import org.normfree.plots.table.HtmlText;

/**
 * The report in a browser without a window. Each width is that of a frame, since a browser's own
 * window is never narrower than some 500 pixels.
 */
class ReportInBrowserTest {
  @TempDir static Path folder;

  @BeforeAll
  static void needsChromium() throws InterruptedException {
    boolean found;
    try {
      Process process =
          new ProcessBuilder("chromium", "--version").redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      found = process.waitFor() == 0;
    } catch (IOException e) {
      found = false;
    }
    assumeTrue(found, "chromium is not installed, so that no page is laid out");
  }

  @ParameterizedTest
  @ValueSource(ints = {420, 800, 1400})
  void nothingReachesBeyondThePage(int width) throws IOException, InterruptedException {
    for (String report : List.of(HtmlReportTest.report(MadeUpStudies.all()), recorded())) {
      String result =
          inFrame(
              report,
              width,
              """
              const closed = page.documentElement.scrollWidth;
              page.querySelectorAll('details').forEach((details) => { details.open = true; });
              const opened = page.documentElement.scrollWidth;
              const small = Array.from(page.querySelectorAll('p, td, th, li, dd'))
                  .filter((e) => parseFloat(page.defaultView.getComputedStyle(e).fontSize) < 11);
              return [page.documentElement.clientWidth, closed, opened, small.length].join(' ');
              """);
      String[] numbers = result.split(" ", -1);
      int inner = Integer.parseInt(numbers[0]);
      assertThat(inner).isBetween(width - 20, width);
      assertThat(Integer.parseInt(numbers[1])).as("folded").isLessThanOrEqualTo(inner);
      assertThat(Integer.parseInt(numbers[2])).as("unfolded").isLessThanOrEqualTo(inner);
      assertThat(numbers[3]).as("texts in tiny letters").isEqualTo("0");
    }
  }

  @Test
  void aHeadingSortsItsColumnWithinEachGroup() throws IOException, InterruptedException {
    String result =
        inFrame(
            HtmlReportTest.report(List.of(MadeUpStudies.comparison(), MadeUpStudies.depths())),
            800,
            """
            const names = (id) => Array.from(page.querySelectorAll(`#table-${id} tbody th`))
                .map((e) => e.textContent).join(',');
            const press = (id, column) =>
                page.querySelectorAll(`#table-${id} thead button`)[column].click();
            press('method-comparison', 2);
            const up = names('method-comparison');
            press('method-comparison', 2);
            const down = names('method-comparison');
            press('depth-sweep-2', 2);
            return [up, down, names('depth-sweep-2')].join(';');
            """);
    assertThat(result.split(";", -1))
        .containsExactly(
            "Post-LN,Pre-LN,DeepNorm,DyT †,identity",
            "DyT †,DeepNorm,Pre-LN,Post-LN,identity",
            "no warm-up,Post-LN,DeepNorm,epochs of warm-up 2.0,Post-LN,DeepNorm");
  }

  @Test
  void printingUnfoldsWhatIsFoldedAndFoldsItAgain() throws IOException, InterruptedException {
    String result =
        inFrame(
            HtmlReportTest.report(MadeUpStudies.all()),
            800,
            """
            const open = () => page.querySelectorAll('details[open]').length;
            const before = open();
            page.defaultView.dispatchEvent(new Event('beforeprint'));
            const printing = open();
            page.defaultView.dispatchEvent(new Event('afterprint'));
            return [before, printing === page.querySelectorAll('details').length, open()].join(' ');
            """);
    assertThat(result).isEqualTo("0 true 0");
  }

  private static String recorded() throws IOException {
    Path runs = folder.resolve("runs");
    if (!Files.exists(runs)) {
      RecordedRuns.all(runs);
      Figures.create(runs, folder.resolve("out"));
    }
    return Files.readString(folder.resolve("out/report.html"));
  }

  /** Runs a script on the report inside a frame; {@code page} is the report's document. */
  private static String inFrame(String report, int width, String script)
      throws IOException, InterruptedException {
    Path wrapper = folder.resolve("wrapper.html");
    Files.writeString(
        wrapper,
        """
        <!DOCTYPE html><meta charset="utf-8"><body>
        <iframe id="frame" style="border:0;width:%spx;height:900px" srcdoc="%s"></iframe>
        <script>
        addEventListener('load', () => {
          const page = document.getElementById('frame').contentDocument;
          const result = (() => { %s })();
          document.body.innerHTML = '';
          document.body.dataset.result = result;
        });
        </script></body>
        """
            .formatted(width, HtmlText.of(report), script));
    Path profile = Files.createTempDirectory(folder, "profile");
    Path dom = folder.resolve("dom.html");
    Process process =
        new ProcessBuilder(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--user-data-dir=" + profile,
                "--window-size=1600,1000",
                "--virtual-time-budget=20000",
                "--dump-dom",
                wrapper.toUri().toString())
            .redirectOutput(dom.toFile())
            .redirectError(folder.resolve("browser.log").toFile())
            .start();
    boolean ended = process.waitFor(10, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended).as("the browser ended").isTrue();
    String text = Files.readString(dom, StandardCharsets.UTF_8);
    Matcher result = Pattern.compile("data-result=\"([^\"]*)\"").matcher(text);
    assertThat(result.find()).as(text.substring(0, Math.min(2000, text.length()))).isTrue();
    return result.group(1);
  }
}
