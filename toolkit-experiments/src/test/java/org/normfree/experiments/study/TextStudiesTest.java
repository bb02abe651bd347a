package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
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
import org.normfree.experiments.SummaryCheck;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Result;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.launch.Launch;

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
    Result result = Launch.run(experiment, config, folder.resolve(experiment.name()), List.of());
    SummaryCheck.check(result.summary());
    return result;
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
    assertThat(folder.resolve("translation/runs/pre-ln-seed1/items.json")).exists();
    assertThat(result.summary().rows()).allSatisfy(row -> assertThat(row.ci95()).isNull());
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

  /** A tab would be a column more, a carriage return a line more. */
  @Test
  void whiteSpaceInASentenceIsASpaceInTheTableOfTranslations() throws Exception {
    StringBuilder source = new StringBuilder();
    StringBuilder target = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      source.append("word").append(i).append("\tand\rmore\u000band\fmore\n");
      target.append("Wort\t").append(i).append("\rund mehr\n");
    }
    Files.writeString(folder.resolve("train.en"), source);
    Files.writeString(folder.resolve("train.de"), target);
    run(new Translation(), "methods=dyt", "data=aligned", "data.path=" + folder);
    String table = Files.readString(folder.resolve("translation/runs/dyt-seed1/translations.tsv"));
    List<String> lines = table.lines().toList();
    assertThat(lines).hasSizeGreaterThan(5).allMatch(line -> line.split("\t", -1).length == 3);
    assertThat(lines.get(1)).startsWith("word").contains(" and more and more\tWort ");
  }

  @Test
  void theColumnsMayHaveNames() throws Exception {
    List<String> lines = new ArrayList<>(List.of("english\tgerman"));
    for (int i = 0; i < 300; i++) {
      lines.add("word" + i + "\tWort" + i);
    }
    Path file = Files.write(folder.resolve("pairs.tsv"), lines);
    Result result =
        run(
            new Translation(),
            "methods=dyt",
            "data=tsv",
            "data.header=true",
            "data.path=" + file,
            "tokenizer=character",
            "vocabulary=0");
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    assertThat(folder.resolve("translation/data.json"))
        .content(StandardCharsets.UTF_8)
        .contains("\"count\" : 2");
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
    // rms-norm; dyt without its factor; dyt with four other alphas
    assertThat(result.summary().rows().stream().map(SummaryRow::setting).distinct()).hasSize(6);
    SummaryRow row = result.summary().rows().get(0);
    assertThat(row.mean()).isBetween(0.0, Math.log(40.0));
    assertThat(result.summary().rows())
        .filteredOn(r -> r.metric().equals("test_loss") && r.published() != null)
        .extracting(SummaryRow::method)
        .containsExactly("rms-norm");
  }

  @Test
  void rivalsAreLanguageModelsToo() {
    List<String> rivals =
        List.of("bhyt", "see-d-norm", "derf", "satursin", "arctan", "isru", "softsign", "hardtanh");
    Result result =
        run(
            new LanguageModel(),
            "methods=" + String.join(",", rivals),
            "variants=false",
            "characters=5000",
            "tokenizer=character",
            "vocabulary=0",
            "batch.tokens=480");
    assertThat(result.outcome()).isEqualTo(Marker.DONE);
    List<SummaryRow> losses =
        result.summary().rows().stream().filter(r -> r.metric().equals("test_loss")).toList();
    assertThat(losses).extracting(SummaryRow::method).containsExactlyElementsOf(rivals);
    assertThat(losses.stream().map(SummaryRow::mean).distinct()).hasSize(rivals.size());
  }

  /** Two folders of aligned files; the second argument of a pair is the German side. */
  private Path aligned(String english, byte[] german) throws Exception {
    Path data = Files.createDirectories(folder.resolve("corpus"));
    for (String part : List.of("train", "val", "test")) {
      Files.writeString(data.resolve(part + ".en"), english);
      Files.write(data.resolve(part + ".de"), german);
    }
    return data;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void refused(Path data, String because) {
    assertThatThrownBy(
            () -> run(new Translation(), "methods=dyt", "data=aligned", "data.path=" + data))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(because);
    assertThat(folder.resolve("translation/runs"))
        .satisfiesAnyOf(
            runs -> assertThat(runs).doesNotExist(), runs -> assertThat(runs).isEmptyDirectory());
  }

  @Test
  void anEmptyCorpusIsRefused() throws Exception {
    refused(aligned("", new byte[0]), "empty");
  }

  @Test
  void linesThatDoNotAlignAreRefused() throws Exception {
    refused(aligned("one\ntwo\nthree\n", utf8("eins\nzwei\n")), "3");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() throws Exception {
    byte[] german = utf8("eins\nzwei\n");
    german[5] = (byte) 0xFF;
    refused(aligned("one\ntwo\n", german), "UTF-8");
  }

  @Test
  void theSameSeedGivesTheSameBytes() throws Exception {
    List<String> files = new ArrayList<>();
    for (String out : List.of("a", "b")) {
      List<String> settings = new ArrayList<>(SMALL);
      settings.addAll(List.of("methods=deepnorm", "pairs=200", "largest=999", "dropout=0.1"));
      Translation translation = new Translation();
      Config config =
          Config.resolve(translation.name(), translation.keys(), Optional.empty(), settings);
      Launch.run(translation, config, folder.resolve(out), List.of());
      files.add(Files.readString(folder.resolve(out + "/runs/deepnorm-seed1/metrics.jsonl")));
    }
    assertThat(files.get(0)).isNotEmpty().isEqualTo(files.get(1));
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
