package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.normfree.core.record.ClaimResult;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.experiments.SummaryCheck;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.cli.ToolkitRunner;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.launch.Launch;

/** The studies of DNA at their smallest: they run, record, and refuse what does not fit. */
class DnaStudiesTest {
  private static final List<String> SMALL =
      List.of("width=4", "depth=1", "hyena.filter=4", "mamba.state=2", "planted=60", "seeds=1");

  @TempDir Path folder;

  private Summary run(Experiment study, String out, String... settings) {
    List<String> all = new ArrayList<>(SMALL);
    all.addAll(List.of(settings));
    Config config = Config.resolve(study.name(), study.keys(), Optional.empty(), all);
    Summary summary = Launch.run(study, config, folder.resolve(out), List.of()).summary();
    SummaryCheck.check(summary);
    return summary;
  }

  private static SummaryRow row(Summary summary, String method, String model, String metric) {
    return summary.rows().stream()
        .filter(row -> row.method().equals(method) && row.metric().equals(metric))
        .filter(row -> model.equals(row.setting().getOrDefault("model", "")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyModelIsPretrainedJudgedAndComparedWithCounting() {
    Summary summary =
        run(
            new DnaPretrainingStudy(),
            "all",
            "models=hyena,mamba,caduceus-ps,caduceus-ph",
            "methods=pre-ln,rms-norm,dyt",
            "steps=2",
            "batch=8",
            "length=32",
            "tune.epochs=1");
    for (String model : List.of("hyena", "mamba", "caduceus-ps", "caduceus-ph")) {
      for (String method : List.of("pre-ln", "rms-norm", "dyt")) {
        double perplexity = row(summary, method, model, "test_perplexity").mean();
        assertThat(perplexity).isBetween(2.0, 18.0);
        double counted = row(summary, method, model, "test_markov_perplexity").mean();
        assertThat(counted).isBetween(3.8, 4.1);
        assertThat(row(summary, method, model, "test_over_counting").mean())
            .isCloseTo(Math.log(perplexity) - Math.log(counted), within(1e-5));
        double tuned = row(summary, method, model, "test_tuned_accuracy").mean();
        double scratch = row(summary, method, model, "test_scratch_accuracy").mean();
        assertThat(row(summary, method, model, "test_tuned_gain").mean())
            .isCloseTo(tuned - scratch, within(1e-9));
        assertThat(row(summary, method, model, "test_best_accuracy").mean()).isGreaterThan(90);
      }
    }
    for (String method : List.of("pre-ln", "rms-norm", "dyt")) {
      assertThat(row(summary, method, "caduceus-ps", "test_strand_difference").mean())
          .isBetween(0.0, 1e-12);
      assertThat(row(summary, method, "caduceus-ph", "test_strand_difference").mean())
          .isGreaterThan(1e-6);
    }
    assertThat(row(summary, "dyt", "hyena", "test_tuned_accuracy").published()).isEqualTo(85.2);
    assertThat(row(summary, "dyt", "caduceus-ps", "test_tuned_accuracy").published())
        .isEqualTo(86.9);
    assertThat(summary.claims())
        .extracting(ClaimResult::id)
        .contains(
            "hyena-dyt-about-pre-ln",
            "caduceus-ps-dyt-about-rms-norm",
            "dyt-strands-agree",
            "mamba-as-good-as-counting");
  }

  @Test
  void theFactorBehindTheEmbeddingIsLeftOutOnce() {
    Summary summary = run(new HyenaEmbeddingScale(), "scale", "epochs=1");
    List<SummaryRow> rows =
        summary.rows().stream().filter(row -> row.metric().equals("test_accuracy")).toList();
    assertThat(rows).hasSize(5);
    assertThat(folder.resolve("scale/runs/dyt-embedding.scale_false-seed1/config.json"))
        .content(StandardCharsets.UTF_8)
        .containsPattern("\"embedding.scale\" *: *false");
    assertThat(summary.claims())
        .extracting(ClaimResult::id)
        .containsExactly(
            "dyt-needs-the-factor", "dyt-about-ln", "derf-needs-the-factor", "derf-about-ln");
  }

  /** The published patch replaces no norm of Caduceus: a run with DyT is one with RMSNorm. */
  @Test
  void thePublishedPatchTrainsTheBaseline() throws IOException {
    String[] settings = {
      "models=caduceus-ps", "steps=3", "batch=4", "length=16", "judge=false", "fused.fault=true"
    };
    run(new DnaPretrainingStudy(), "rms", with(settings, "methods=rms-norm"));
    run(new DnaPretrainingStudy(), "patch", with(settings, "methods=dyt", "published.patch=true"));
    String end = "-model_caduceus-ps-seed1/checkpoints/final/model.safetensors";
    assertThat(folder.resolve("patch/runs/dyt" + end))
        .hasSameBinaryContentAs(folder.resolve("rms/runs/rms-norm" + end));
  }

  /** The fault of the fused path trains another function of the weights. */
  @Test
  void theFusedFaultChangesWhatIsLearned() {
    String[] settings = {
      "models=caduceus-ps", "methods=dyt", "steps=3", "batch=4", "length=16", "judge=false"
    };
    Summary right = run(new DnaPretrainingStudy(), "right", settings);
    Summary faulty = run(new DnaPretrainingStudy(), "faulty", with(settings, "fused.fault=true"));
    assertThat(row(faulty, "dyt", "caduceus-ps", "test_loss").mean())
        .isNotEqualTo(row(right, "dyt", "caduceus-ps", "test_loss").mean());
    assertThat(row(faulty, "dyt", "caduceus-ps", "test_strand_difference").mean())
        .isLessThan(1e-12);
  }

  private static String[] with(String[] settings, String... more) {
    List<String> all = new ArrayList<>(Arrays.asList(settings));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void promotersAreReadFromTwoFiles() throws IOException {
    StringBuilder positives = new StringBuilder();
    StringBuilder negatives = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      positives.append(">p").append(i).append("\nACGTTATAAT\n");
      negatives.append(">n").append(i).append("\nacgtccgcgc\r\n");
    }
    Path sought = Files.writeString(folder.resolve("p.fa"), positives);
    Path others = Files.writeString(folder.resolve("n.fa"), negatives);
    Summary summary =
        run(
            new HyenaEmbeddingScale(),
            "promoters",
            "methods=pre-ln",
            "epochs=1",
            "labels=promoters",
            "labels.path=" + sought,
            "labels.negatives=" + others);
    assertThat(row(summary, "pre-ln", "", "test_string_accuracy").mean()).isEqualTo(100);
    assertThat(folder.resolve("promoters/data.json"))
        .content(StandardCharsets.UTF_8)
        .contains("sequences of DNA");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pretrain-dna data=fasta | data=fasta needs data.path",
        "pretrain-dna data=fasta data.path=DIR/bad.fa | bad.fa, line 2: 'X' is no nucleotide",
        "pretrain-dna data=fasta data.path=DIR/empty.fa | empty.fa holds no base",
        "pretrain-dna data=fasta data.path=DIR/none.fa | none.fa: it does not exist",
        "pretrain-dna data=fasta data.path=DIR/short.fa | fewer than the 129 of a window",
        "pretrain-dna length=300 | length=300, but the model takes texts of at most max.length=256",
        "pretrain-dna fused.fault=true | use model=caduceus-ps",
        "pretrain-dna published.patch=true | use model=caduceus-ps or caduceus-ph",
        "pretrain-dna data=recall recall.bases=10 | recall.bases=10",
        "classify-dna labels=promoters | labels=promoters needs labels.path",
        "classify-dna max.length=60 | labels=planted has a sequence of 81 bases, but the model takes at most 60",
        "classify-dna labels=tsv labels.path=DIR/bad.fa | bad.fa, line 1: 1 fields",
        "classify-dna hyena.order=1 | hyena.order=1",
        "classify-dna model=hyaena | did you mean 'hyena'"
      })
  void whatDoesNotFitIsRefusedInOneLine(String command, String words) throws IOException {
    Files.writeString(folder.resolve("bad.fa"), ">a\nACXT\n");
    Files.writeString(folder.resolve("empty.fa"), ">a\n>b\n");
    Files.writeString(folder.resolve("short.fa"), ">a\n" + "ACGT".repeat(20) + "\n");
    List<String> all = new ArrayList<>(List.of("run"));
    all.addAll(Arrays.asList(command.replace("DIR", folder.toString()).split(" ")));
    all.addAll(List.of("--out", folder.resolve("out").toString()));
    ToolkitRunner.Output output = ToolkitRunner.run(all);
    assertThat(output.exitCode()).as(output.err()).isEqualTo(2);
    assertThat(output.err()).contains(words);
    assertThat(output.err().strip().lines()).as(output.err()).hasSize(1);
    assertThat(folder.resolve("out")).doesNotExist();
  }
}
