package org.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.record.Json;
import org.normfree.core.record.Summary;
import org.normfree.experiments.api.Experiments;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.launch.Launch;
import org.normfree.plots.Figures;

/** A study of one's own, outside the toolkit's packages: table, figures, claims and report. */
class LearningRatesTest {
  @TempDir Path folder;

  @Test
  void aStudyOfOnesOwnGetsTableFiguresClaimsAndReport() throws Exception {
    LearningRates study = new LearningRates();
    List<String> settings =
        List.of(
            "width=8",
            "heads=2",
            "depth=1",
            "patch=4",
            "epochs=2",
            "batch=400",
            "seeds=3",
            "threads=1");
    Config config = Config.resolve(study.name(), study.keys(), Optional.empty(), settings);
    Launch.run(study, config, folder.resolve("runs/learning-rates"), List.of());
    Summary summary = Json.read(folder.resolve("runs/learning-rates/summary.json"), Summary.class);
    assertThat(summary.claims()).hasSize(1);
    assertThat(summary.claims().get(0).n()).isEqualTo(3);
    assertThat(summary.rows()).hasSize(2);

    Path out = folder.resolve("out");
    Figures.create(folder.resolve("runs"), out);
    try (Stream<Path> figures = Files.list(out.resolve("figures"))) {
      assertThat(figures.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.startsWith("learning-rates") && name.endsWith(".pdf"));
    }
    assertThat(out.resolve("tables/learning-rates.tex")).content().contains("test accuracy");
    assertThat(out.resolve("report.html"))
        .content()
        .contains("The larger learning rate is better", "Which learning rate is best?");
  }

  /** Its jar would name it in {@code META-INF/services}, as that of these tests does. */
  @Test
  void aStudyOfOnesOwnIsFoundByItsName() {
    assertThat(Experiments.installed().named("learning-rates")).isInstanceOf(LearningRates.class);
    assertThat(Experiments.installed().names())
        .contains("learning-rates", "train", "language-model");
  }

  /** The page shows this very class. */
  @Test
  void theExampleOfThePageIsTheOneThatIsTested() throws Exception {
    Path root = Path.of("..");
    String source = Files.readString(Path.of("src/test/java/org/example/LearningRates.java"));
    assertThat(Files.readString(root.resolve("docs/experiments/README.md")))
        .contains(source.substring(source.indexOf("/** {@code learning-rates}")).strip());
  }
}
