package org.normfree.plots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.core.InputException;
import org.w3c.dom.Document;

class FiguresTest {
  @TempDir static Path folder;
  private static List<Path> files;

  @BeforeAll
  static void draw() {
    RecordedRuns.all(folder.resolve("runs"));
    files = Figures.create(folder.resolve("runs"), folder.resolve("out"));
  }

  @Test
  void writesEveryFigureInThreeFormatsTablesAndTheReport() throws IOException {
    List<String> figures =
        List.of(
            "alpha-tracking-alpha",
            "alpha-tracking-alpha-layers",
            "alpha-tracking-curves",
            "dyt-squash-test-accuracy",
            "dyt-squash-curves",
            "layernorm-map-maps",
            "layernorm-map-curves",
            "method-comparison-test-accuracy",
            "method-comparison-train-loss",
            "method-comparison-validation-accuracy",
            "train-curves");
    List<String> tables =
        List.of("alpha-tracking", "dyt-squash", "layernorm-map", "method-comparison", "train");
    List<Path> expected =
        Stream.of(
                figures.stream()
                    .flatMap(
                        name -> Stream.of(".pdf", ".svg", ".png").map(e -> "figures/" + name + e)),
                tables.stream()
                    .flatMap(
                        name -> Stream.of(".tex", ".md", ".csv").map(e -> "tables/" + name + e)),
                Stream.of("report.html"))
            .flatMap(s -> s)
            .map(folder.resolve("out")::resolve)
            .toList();
    assertThat(files).containsExactlyInAnyOrderElementsOf(expected);
    try (Stream<Path> written = Files.walk(folder.resolve("out"))) {
      assertThat(written.filter(Files::isRegularFile))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "tr-TR"})
  void everyByteIsTheSameInEveryLanguage(String language) throws IOException {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(language));
    try {
      Path out = folder.resolve(language);
      for (Path file : Figures.create(folder.resolve("runs"), out)) {
        Path same = folder.resolve("out").resolve(out.relativize(file));
        assertThat(file).as("%s", file).hasSameBinaryContentAs(same);
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void pngIsThreeHundredDotsAnInchAndSaysSo() throws IOException {
    byte[] bytes = Files.readAllBytes(figure("dyt-squash-test-accuracy.png"));
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
    assertThat(image.getWidth()).isEqualTo((int) (6.9 * 300));
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int chunk = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("pHYs");
    // 300 dots an inch are 11811 a metre
    assertThat(buffer.getInt(chunk + 4)).isEqualTo(11811);
    assertThat(buffer.getInt(chunk + 8)).isEqualTo(11811);
    assertThat(buffer.get(chunk + 12)).isEqualTo((byte) 1);
  }

  @Test
  void pdfIsWholeAndOfThePrintedSize() throws IOException {
    for (Path file : files.stream().filter(f -> f.toString().endsWith(".pdf")).toList()) {
      byte[] bytes = Files.readAllBytes(file);
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      assertThat(text).startsWith("%PDF");
      assertThat(text.strip()).endsWith("%%EOF");
      assertThat(bytes.length).isLessThan(2_000_000);
      try (PDDocument document = Loader.loadPDF(bytes)) {
        assertThat(document.getNumberOfPages()).isEqualTo(1);
        assertThat(document.getPage(0).getMediaBox().getWidth())
            .isCloseTo(6.9f * 72, Offset.offset(0.01f));
      }
    }
  }

  @Test
  void svgIsXmlOfThePrintedSizeThatSaysWhatItShows() throws Exception {
    for (Path file : files.stream().filter(f -> f.toString().endsWith(".svg")).toList()) {
      assertThat(Files.size(file)).as(file.toString()).isLessThan(2_000_000);
      Document svg = parse(file);
      assertThat(svg.getDocumentElement().getAttribute("width")).isEqualTo("496.8pt");
    }
    Document svg = parse(figure("dyt-squash-test-accuracy.svg"));
    assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo("Test accuracy (%) by squash, with and without α");
    assertThat(svg.getElementsByTagName("desc").item(0).getTextContent())
        .contains("(b) difference to tanh, α learned", "hardtanh, no α", "Legend: α learned")
        .contains("n = 0–3 runs each (seeds 1, 2, 3)")
        .contains("“identity, α learned” 1 of 3, “identity, no α” 3 of 3");
  }

  @Test
  void captionsSayWhatBandsAreAndWhichRunsAreLeftOut() throws Exception {
    assertThat(desc("dyt-squash-curves.svg"))
        .contains("Lines are means over seeds, bands 95 % confidence intervals (t).")
        .contains(
            "Not in the means: identity, no α diverged (seeds 1, 2, 3);"
                + " identity, α learned diverged (seed 2).");
    assertThat(desc("train-curves.svg")).contains("One seed, so there are no confidence bands.");
    assertThat(desc("alpha-tracking-alpha.svg")).contains("Pearson r = 0.87");
    assertThat(desc("method-comparison-train-loss.svg")).contains("σReparam", "Admin diverged");
  }

  @Test
  void theReportHasEverythingAndRefersToNothingOutside() throws IOException {
    String report = Files.readString(folder.resolve("out/report.html"));
    assertThat(report).doesNotContain("http:", "https:", "<script", "<link", "@import", "url(");
    Matcher references = Pattern.compile("(?:href|src)=\"([^\"]{0,99})").matcher(report);
    int images = 0;
    while (references.find()) {
      assertThat(references.group(1)).matches("#.*|data:image/svg\\+xml;base64,.*");
      if (references.group(1).startsWith("#")) {
        assertThat(report).contains("id=\"" + references.group(1).substring(1) + "\"");
      } else {
        images++;
      }
    }
    assertThat(images).isEqualTo(11);
    assertThat(report)
        .contains("Order to Pre-LN on test accuracy (%): ours disagrees")
        .contains("&quot;commit&quot; : &quot;0123abc&quot;")
        .contains("a &lt; b &amp; c")
        .contains("<li>identity-none-1 (identity, seed 1): diverged, step 420: loss is NaN</li>")
        .contains("<td>diverged</td>");
  }

  @Test
  void theSameRunsGiveTheSameBytes() throws IOException {
    List<Path> again = Figures.create(folder.resolve("runs"), folder.resolve("again"));
    for (int i = 0; i < files.size(); i++) {
      assertThat(again.get(i)).hasSameBinaryContentAs(files.get(i));
    }
  }

  @Test
  void anUnknownExperimentGetsATableAndCurves(@TempDir Path dir) {
    RecordedRuns.unknown(dir.resolve("runs"));
    assertThat(Figures.create(dir.resolve("runs"), dir.resolve("out")))
        .extracting(file -> dir.resolve("out").relativize(file).toString())
        .containsExactly(
            "figures/depth-limit-curves.pdf",
            "figures/depth-limit-curves.svg",
            "figures/depth-limit-curves.png",
            "tables/depth-limit.tex",
            "tables/depth-limit.md",
            "tables/depth-limit.csv",
            "report.html");
  }

  @Test
  void nothingToDrawIsTheUsersToFix(@TempDir Path dir) {
    assertThatThrownBy(() -> Figures.create(dir, dir.resolve("out")))
        .isInstanceOf(InputException.class);
    assertThat(dir.resolve("out")).doesNotExist();
  }

  @Test
  void aFolderThatCannotBeWrittenIsTheUsersToFix(@TempDir Path dir) throws IOException {
    RecordedRuns.train(dir.resolve("runs"));
    Path file = Files.writeString(dir.resolve("out"), "in the way");
    assertThatThrownBy(() -> Figures.create(dir.resolve("runs"), file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cannot write")
        .hasMessageEndingWith("; make room there or name another folder");
  }

  private static Path figure(String name) {
    return folder.resolve("out/figures").resolve(name);
  }

  private static String desc(String name) throws Exception {
    return parse(figure(name)).getElementsByTagName("desc").item(0).getTextContent();
  }

  private static Document parse(Path file) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory.newDocumentBuilder().parse(file.toFile());
  }
}
