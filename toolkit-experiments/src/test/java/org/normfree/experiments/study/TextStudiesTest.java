package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.record.Marker;
import org.normfree.core.record.SummaryRow;
import org.normfree.experiments.Experiment;
import org.normfree.experiments.Launch;
import org.normfree.experiments.Result;
import org.normfree.experiments.config.Config;

/** The studies of text at their smallest. */
class TextStudiesTest {
  private static final List<String> SMALL =
      List.of("width=8", "heads=2", "depth=1", "epochs=1", "seeds=1", "max.length=48");

  @TempDir Path folder;

  private Result run(Experiment experiment, String... settings) {
    List<String> assignments = new ArrayList<>(SMALL);
    assignments.addAll(List.of(settings));
    Config config =
        Config.resolve(experiment.name(), experiment.keys(), Optional.empty(), assignments);
    return Launch.run(experiment, config, folder.resolve(experiment.name()), List.of());
  }

  private static List<String> metrics(Result result) {
    return result.summary().rows().stream().map(SummaryRow::metric).distinct().toList();
  }

  @Test
  void translationTranslatesTheWholeTestSplit() throws Exception {
    Result result =
        run(new Translation(), "methods=deepnorm,t-fixup", "pairs=200", "largest=999", "beams=2");
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    assertThat(metrics(result)).containsExactly("test_exact_match", "test_accuracy", "test_loss");
    List<String> lines =
        Files.readAllLines(folder.resolve("translation/runs/deepnorm-seed1/translations.tsv"));
    assertThat(lines.get(0)).isEqualTo("source\treference\ttranslation");
    assertThat(lines).hasSizeGreaterThan(5);
  }

  @Test
  void aTargetOfSeveralWordsHasABleu() {
    Result result =
        run(
            new Translation(),
            "methods=pre-ln",
            "source=de",
            "target=en",
            "pairs=200",
            "largest=9999");
    assertThat(metrics(result)).contains("test_bleu");
  }

  @Test
  void ownPairsAreReadFromAFile() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      lines.add("word" + i + " and more\tWort" + i + " und mehr davon");
    }
    Path file = Files.write(folder.resolve("pairs.tsv"), lines);
    Result result = run(new Translation(), "methods=dyt", "data=tsv", "data.path=" + file);
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    assertThat(metrics(result)).contains("test_bleu");
  }

  @Test
  void aLanguageModelHasAPerplexityAndBitsAByte() throws Exception {
    Path file = folder.resolve("text.txt");
    Files.writeString(file, "the same words again and again, line by line\n".repeat(400));
    Result result =
        run(
            new LanguageModel(),
            "methods=rms-norm",
            "data=plain",
            "data.path=" + file,
            "tokenizer=character",
            "vocabulary=0",
            "batch.tokens=480");
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    assertThat(metrics(result)).contains("test_perplexity", "test_bits_per_byte");
    // rms-norm; dyt without its factor; dyt with three other alphas
    assertThat(result.summary().rows().stream().map(SummaryRow::setting).distinct()).hasSize(5);
    SummaryRow row = result.summary().rows().get(0);
    assertThat(row.mean()).isBetween(1.0, 40.0);
  }

  @Test
  void badInputSaysWhatToDo() {
    assertThatThrownBy(() -> run(new Translation(), "data=aligned"))
        .hasStackTraceContaining("data=aligned needs data.path");
    assertThatThrownBy(() -> run(new Translation(), "source=xx", "methods=dyt"))
        .isInstanceOf(InputException.class)
        .hasStackTraceContaining("xx");
    assertThatThrownBy(() -> run(new Translation(), "max.length=4", "methods=dyt"))
        .hasStackTraceContaining("raise max.length or set overlong=skip");
    assertThatThrownBy(() -> run(new LanguageModel(), "batch.tokens=10", "methods=dyt"))
        .hasStackTraceContaining("holds no window of max.length=48 tokens");
  }
}
