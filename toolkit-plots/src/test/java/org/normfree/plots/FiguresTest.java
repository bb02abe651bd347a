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
import java.util.Optional;
import java.util.OptionalInt;
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
import org.normfree.plots.figure.FigureOptions;
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
  void writesEveryFigureInThreeFormatsWithItsDataTablesAndTheReport() throws IOException {
    List<String> figures =
        List.of(
            "alpha-tracking-tracking",
            "alpha-tracking-tracking-layers",
            "alpha-tracking-curves-loss",
            "dyt-squash-test-accuracy",
            "dyt-squash-curves-loss",
            "dyt-squash-curves-accuracy",
            "layernorm-map-maps",
            "layernorm-map-curves-loss",
            "method-comparison-test-accuracy",
            "method-comparison-curves-train-loss",
            "method-comparison-curves-validation-loss",
            "method-comparison-curves-validation-accuracy",
            "train-curves-loss",
            "train-curves-accuracy");
    List<String> tables =
        List.of("alpha-tracking", "dyt-squash", "layernorm-map", "method-comparison", "train");
    List<Path> expected =
        Stream.of(
                figures.stream()
                    .flatMap(
                        name ->
                            Stream.of(".pdf", ".svg", ".png", ".csv")
                                .map(e -> "figures/" + name + e)),
                tables.stream()
                    .flatMap(
                        name -> Stream.of(".tex", ".md", ".csv").map(e -> "tables/" + name + e)),
                Stream.of("tables/claims.tex", "tables/claims.md", "tables/all.tex", "report.html"))
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
  void theSameRunsGiveTheSameBytesInEveryLanguage(String language) throws IOException {
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
            .satisfiesAnyOf(
                width -> assertThat(width).isCloseTo(6.9f * 72, Offset.offset(0.01f)),
                width -> assertThat(width).isCloseTo(3.3f * 72, Offset.offset(0.01f)));
      }
    }
  }

  @Test
  void svgIsXmlOfThePrintedSizeThatSaysWhatItShows() throws Exception {
    for (Path file : files.stream().filter(f -> f.toString().endsWith(".svg")).toList()) {
      assertThat(Files.size(file)).as(file.toString()).isLessThan(2_000_000);
      Document svg = parse(file);
      assertThat(svg.getDocumentElement().getAttribute("width")).isIn("496.8pt", "237.6pt");
    }
    Document svg = parse(figure("dyt-squash-test-accuracy.svg"));
    assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo("Test accuracy of dyt-squash");
    assertThat(svg.getElementsByTagName("desc").item(0).getTextContent())
        .startsWith("Smoke test: three seeds of a tiny network.")
        .contains("(b) difference to DyT, α learned", "hardtanh, no α", "published difference")
        .contains("n = 0–3 runs each (seeds 1, 2, 3)")
        .contains("“identity, α learned” 1 of 3, “identity, no α” 3 of 3");
  }

  @Test
  void captionsSayWhatBandsAreAndWhichRunsAreLeftOut() throws Exception {
    assertThat(desc("dyt-squash-curves-loss.svg"))
        .contains("Lines are means over seeds, bands their 95 % confidence intervals (t).")
        .contains(
            "Not in the means: identity, no α diverged (seeds 1, 2, 3);"
                + " identity, α learned diverged (seed 2).");
    assertThat(desc("train-curves-loss.svg"))
        .contains("One seed, so there are no confidence bands.");
    assertThat(desc("alpha-tracking-tracking.svg"))
        .contains("Pearson r = 0.87", "block 1, feed-forward");
    assertThat(desc("method-comparison-curves-train-loss.svg"))
        .contains("σReparam", "Admin diverged");
  }

  @Test
  void onlyWhatIsAskedForIsDrawnAtTheWidthAskedFor(@TempDir Path dir) throws IOException {
    FigureOptions options =
        new FigureOptions(
            List.of("dyt-squash-test-accuracy", "train"),
            OptionalInt.of(FigureOptions.width("120")),
            9,
            List.of("dyt", "sigmoid"),
            Optional.empty());
    List<Path> drawn = Figures.create(folder.resolve("runs"), dir, options);
    assertThat(drawn)
        .extracting(file -> file.getFileName().toString())
        .filteredOn(name -> name.endsWith(".png"))
        .containsExactly(
            "dyt-squash-test-accuracy.png", "train-curves-loss.png", "train-curves-accuracy.png");
    assertThat(dir.resolve("report.html")).doesNotExist();
    assertThat(dir.resolve("tables")).doesNotExist();
    BufferedImage image =
        ImageIO.read(dir.resolve("figures/dyt-squash-test-accuracy.png").toFile());
    assertThat(image.getWidth()).isCloseTo((int) (120 / 25.4 * 300), Offset.offset(3));
    assertThat(Files.readString(dir.resolve("figures/dyt-squash-test-accuracy.csv")))
        .contains("DyT", "sigmoid")
        .doesNotContain("hardtanh", "identity");
  }

  @ParameterizedTest
  @ValueSource(strings = {"only", "methods", "baseline"})
  void aNameThatIsNotThereIsNamed(String option) {
    List<String> name = List.of("nothing");
    FigureOptions options =
        new FigureOptions(
            option.equals("only") ? name : List.of(),
            OptionalInt.empty(),
            8,
            option.equals("methods") ? name : List.of(),
            option.equals("baseline") ? Optional.of("nothing") : Optional.empty());
    assertThatThrownBy(
            () -> Figures.create(folder.resolve("runs"), folder.resolve("none"), options))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'nothing' among these runs: expected one of ");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void anExperimentThatAsksForNothingGetsATableIntervalsAndCurves(@TempDir Path dir) {
    RecordedRuns.unknown(dir.resolve("runs"));
    assertThat(Figures.create(dir.resolve("runs"), dir.resolve("out")))
        .extracting(file -> dir.resolve("out").relativize(file).toString())
        .containsExactlyInAnyOrder(
            "figures/depth-limit-test-accuracy.pdf",
            "figures/depth-limit-test-accuracy.svg",
            "figures/depth-limit-test-accuracy.png",
            "figures/depth-limit-test-accuracy.csv",
            "figures/depth-limit-curves-loss.pdf",
            "figures/depth-limit-curves-loss.svg",
            "figures/depth-limit-curves-loss.png",
            "figures/depth-limit-curves-loss.csv",
            "tables/depth-limit.tex",
            "tables/depth-limit.md",
            "tables/depth-limit.csv",
            "tables/claims.tex",
            "tables/claims.md",
            "tables/all.tex",
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
