package org.normfree.experiments.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real training run that is killed and started again, each time with another number of threads,
 * ends with the bytes of one that was not.
 */
class KillTest {
  /** A command, where its run records, and how much of it shall be there when it is killed. */
  private record Case(List<String> command, String run, int bytes) {}

  private static final Case IMAGES =
      new Case(
          List.of(
              "run",
              "train",
              "method=sigma-reparam",
              "init.std=0.1",
              "init.cut=deviations",
              "width=8",
              "heads=2",
              "depth=2",
              "patch=4",
              "batch=64",
              "epochs=12",
              "drop.path=0.2",
              "mixup=0.3",
              "crop=1",
              "cutmix=1",
              "crop.area=0.4",
              "randaugment=9",
              "jitter=0.4",
              "erase=0.25",
              "ema=0.9",
              "checkpoint.every=7"),
          "",
          900);

  private static final Case TEXT =
      new Case(
          List.of(
              "run",
              "translation",
              "methods=dyt",
              "seeds=1",
              "source=de",
              "target=en",
              "pairs=200",
              "largest=9999",
              "width=8",
              "heads=2",
              "depth=2",
              "epochs=12",
              "dropout=0.1",
              "optimizer=lamb",
              "probes=update-size,gradient-norms",
              "probe.every=5",
              "checkpoint.every=7"),
          "runs/dyt-seed1/",
          9000);

  private static final Case SPEECH =
      new Case(
          List.of(
              "run",
              "listen",
              "channels=8",
              "width=16",
              "heads=2",
              "depth=2",
              "crop.seconds=0.5",
              "batch=2",
              "steps=120",
              "dropout=0.1",
              "drop.layer=0.2",
              "probes=norm-inputs,gradient-norms",
              "probe.every=5",
              "probe.epochs=1",
              "tune.steps=2",
              "checkpoint.every=7"),
          "",
          9000);

  private static final Case DNA =
      new Case(
          List.of(
              "run",
              "dna-pretraining",
              "models=caduceus-ps",
              "methods=dyt",
              "seeds=1",
              "width=4",
              "depth=2",
              "mamba.state=2",
              "planted=60",
              "batch=4",
              "length=24",
              "steps=150",
              "tune.epochs=1",
              "probes=update-size",
              "probe.every=1",
              "checkpoint.every=7"),
          "runs/dyt-model_caduceus-ps-seed1/",
          4000);

  @TempDir Path folder;

  private Process start(Case given, String out, int threads) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("org.normfree.experiments.cli.Toolkit");
    command.addAll(given.command);
    command.add("threads=" + threads);
    command.addAll(List.of("--out", folder.resolve(out).toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(out + ".log").toFile())
        .start();
  }

  private void finish(Case given, String out, int threads) throws Exception {
    Process process = start(given, out, threads);
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve(out + ".log"))).isZero();
  }

  @Test
  void imagesResumeToTheSameBytes() throws Exception {
    resumes(IMAGES);
  }

  @Test
  void textResumesToTheSameBytes() throws Exception {
    resumes(TEXT);
    assertThat(folder.resolve("killed/runs/dyt-seed1/translations.tsv"))
        .hasSameBinaryContentAs(folder.resolve("whole/runs/dyt-seed1/translations.tsv"));
    assertThat(folder.resolve("killed/runs/dyt-seed1/tokenizer.json")).isNotEmptyFile();
  }

  /** Gains, the scale and the masks go on where they were. */
  @Test
  void stepsThatAdaptAndAreMaskedResumeToTheSameBytes() throws Exception {
    for (String optimizer : List.of("adamw", "sgd")) {
      resumes(
          new Case(
              List.of(
                  "run",
                  "train",
                  "model=mlp",
                  "method=identity-no-alpha",
                  "affine=false",
                  "epochs=30",
                  "optimizer=" + optimizer,
                  "step.adaptation=both",
                  "step.mask=" + (optimizer.equals("sgd") ? "updates" : "gradients"),
                  "checkpoint.every=7"),
              "",
              900),
          optimizer);
    }
  }

  /** The order of projections, and the losses of the first step. */
  @Test
  void rulesForSeveralLossesResumeToTheSameBytes() throws Exception {
    for (String rule : List.of("pcgrad", "inverse-initial")) {
      resumes(
          new Case(
              List.of(
                  "run",
                  "task-weighting",
                  "rules=" + rule,
                  "scales=100",
                  "lr.grid=0.003",
                  "seeds=1",
                  "jobs=1",
                  "epochs=30",
                  "dropout=0.1",
                  "altered.steps=1",
                  "checkpoint.every=7"),
              "runs/identity-no-alpha-rule_" + rule + "-scale_100.0-seed1/",
              4000),
          rule);
    }
  }

  /**
   * Momentum of the hidden matrices, AdamW's averages of the rest, and masks of both, in a study.
   */
  @Test
  void stepsOfMuonResumeToTheSameBytes() throws Exception {
    resumes(
        new Case(
            List.of(
                "run",
                "optimizer-interaction",
                "methods=bhyt",
                "squashes=derf",
                "alphas=0.5",
                "lr.grid=0.01",
                "seeds=1",
                "jobs=1",
                "step.mask=gradients",
                "characters=6000",
                "max.length=16",
                "batch.tokens=128",
                "width=8",
                "heads=2",
                "depth=2",
                "epochs=6",
                "probes=gradient-norms",
                "probe.every=2",
                "checkpoint.every=7"),
            "runs/bhyt-lr_0.01-optimizer_muon-seed1/",
            9000));
  }

  /** What was seen of single images, and when, goes on where it was. */
  @Test
  void gradientPenaltiesResumeToTheSameBytes() throws Exception {
    resumes(
        new Case(
            List.of(
                "run",
                "gradient-penalty",
                "rates=0.1",
                "levels=1.5,0.6,0.3",
                "examples=5",
                "dims=6,5",
                "epochs=40",
                "eval.every=1",
                "seeds=1",
                "checkpoint.every=7"),
            "runs/identity-no-alpha-lr_0.1-seed1/",
            4000));
  }

  /** The training on mirror images and the fixed masks are the same again. */
  @Test
  void childTuningResumesToTheSameBytes() throws Exception {
    resumes(
        new Case(
            List.of(
                "run",
                "child-tuning",
                "optimizers=adamw",
                "masks=fisher",
                "kept=0.3",
                "stationary.steps=8",
                "epochs=400",
                "eval.every=1",
                "pretrain.epochs=1",
                "seeds=1",
                "jobs=1",
                "checkpoint.every=7"),
            "runs/identity-no-alpha-kept_0.3-mask_fisher-optimizer_adamw-seed1/",
            9000));
  }

  /** Masks, negatives, noise, dropped layers and the temperature are functions of the step. */
  @Test
  void speechResumesToTheSameBytes() throws Exception {
    resumes(SPEECH);
  }

  @Test
  void dnaResumesToTheSameBytes() throws Exception {
    resumes(DNA);
  }

  private void resumes(Case given) throws Exception {
    resumes(given, "");
  }

  private void resumes(Case given, String prefix) throws Exception {
    String whole = prefix + "whole";
    String killedRun = prefix + "killed";
    finish(given, whole, 1);
    Process killed = start(given, killedRun, 2);
    Path metrics = folder.resolve(killedRun + "/" + given.run + "metrics.jsonl");
    while (killed.isAlive() && (!Files.exists(metrics) || Files.size(metrics) < given.bytes)) {
      killed.waitFor(2, TimeUnit.MILLISECONDS);
    }
    killed.destroyForcibly().waitFor();
    assertThat(folder.resolve(killedRun + "/" + given.run + "DONE")).doesNotExist();
    finish(given, killedRun, 3);
    assertThat(Files.readString(folder.resolve(killedRun + ".log")).toLowerCase(Locale.ROOT))
        .contains("resuming");
    assertThat(folder.resolve(killedRun + "/summary.json"))
        .hasSameBinaryContentAs(folder.resolve(whole + "/summary.json"));
    for (String file :
        List.of(
            "metrics.jsonl",
            "checkpoints/final/model.safetensors",
            "checkpoints/final/optimizer.safetensors",
            "checkpoints/final/state.json")) {
      assertThat(folder.resolve(killedRun + "/" + given.run + file))
          .hasSameBinaryContentAs(folder.resolve(whole + "/" + given.run + file));
    }
  }
}
