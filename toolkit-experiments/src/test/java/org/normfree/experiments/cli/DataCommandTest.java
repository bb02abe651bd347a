package org.normfree.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.data.DataFolder;
import org.normfree.core.data.RemoteSet;
import org.normfree.experiments.ErrorStream;

class DataCommandTest {
  @TempDir Path folder;

  private static ToolkitRunner.Output run(String... words) {
    return ToolkitRunner.run(List.of(words));
  }

  private void pictures(String kind) throws IOException {
    Path place = Files.createDirectories(folder.resolve(kind));
    for (int i = 0; i < 8; i++) {
      BufferedImage image = new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB);
      image.setRGB(i % 5, 0, 0x3060a0);
      ImageIO.write(image, "png", place.resolve(i + ".png").toFile());
    }
  }

  @Test
  void aFolderIsToldForWhatItIs() throws IOException {
    pictures("cat");
    pictures("dog");
    Files.writeString(folder.resolve("genome.fa"), ">a\nACGT\n>b\nGG\n");
    ToolkitRunner.Output output = run("data", "check", folder.toString());
    assertThat(output.exitCode()).as(output.err()).isZero();
    assertThat(output.out().lines())
        .containsExactly(
            folder
                + " is data=folder: 12 images to train on, 2 for validation, 2 for testing,"
                + " 3×5×3, 2 classes",
            folder.resolve("genome.fa") + " is data=fasta: 2 sequences, 6 bases");
  }

  @Test
  void aFolderOfNothingKnownOrOfNothingWholeIsRefused() throws IOException {
    Files.writeString(folder.resolve("a.xyz"), "");
    ToolkitRunner.Output nothing = run("data", "check", folder.toString());
    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.err()).contains("holds no file of a kind that experiments read");
    Files.writeString(folder.resolve("data_batch_1.bin"), "short");
    ToolkitRunner.Output broken = run("data", "check", folder.toString());
    assertThat(broken.exitCode()).isEqualTo(2);
    assertThat(broken.err().lines()).singleElement().asString().contains("CIFAR-10");
  }

  @Test
  void whatCannotBeUsedIsToldBesideWhatCan() throws IOException {
    Files.writeString(folder.resolve("good.fa"), ">a\nACGT\n>empty\n");
    Files.writeString(folder.resolve("bad.fa"), ">a\nACJT\n");
    ToolkitRunner.Output output = run("data", "check", folder.toString());
    assertThat(output.exitCode()).as(output.err()).isZero();
    assertThat(output.out().lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo(folder.resolve("good.fa") + " is data=fasta: 1 sequence, 4 bases"),
            line ->
                assertThat(line)
                    .startsWith("cannot be used: " + folder.resolve("bad.fa"))
                    .contains("J"));
  }

  @Test
  void aFileThatIsDataOfItsOwnIsToldForWhatItIs() throws IOException {
    Path genome = Files.writeString(folder.resolve("Genome.FA"), ">a\nacgtN\n");
    ToolkitRunner.Output output = run("data", "check", genome.toString());
    assertThat(output.out().lines())
        .containsExactly(genome + " is data=fasta: 1 sequence, 5 bases");
    Path other = Files.writeString(folder.resolve("1.png"), "x");
    ToolkitRunner.Output refused = run("data", "check", other.toString());
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err().lines()).singleElement().asString().contains("expected a folder");
  }

  @Test
  void aRefusalIsTheOnlyLine() throws IOException {
    Path genome = Files.writeString(folder.resolve("short.fa"), ">a\nACGT\n>empty\n");
    String out = folder.resolve("x").toString();
    ErrorStream errors = new ErrorStream();
    for (String last : List.of("--dry-run", "jobs=1")) {
      errors.during(
          () -> {
            ToolkitRunner.Output refused =
                run(
                    "run",
                    "dna-pretraining",
                    "data=fasta",
                    "data.path=" + genome,
                    "--out",
                    out,
                    last);
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.err().lines())
                .singleElement()
                .asString()
                .contains("longest training");
          });
    }
    assertThat(errors.text()).isEmpty();
  }

  @Test
  void setsAreListedAndAnUnknownOneIsToldTheNearest() {
    ToolkitRunner.Output list = run("data", "get");
    assertThat(list.exitCode()).isZero();
    assertThat(list.out().lines()).hasSize(RemoteSet.ALL.size());
    ToolkitRunner.Output unknown = run("data", "get", "cifar01");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("cifar10");
  }

  @Test
  void aSetThatIsNotThereNamesTheCommandThatFetchesIt() {
    assumeTrue(DataFolder.of("fashion-mnist").isEmpty());
    ToolkitRunner.Output output =
        run("run", "train", "data=fashion-mnist", "--out", folder.resolve("x").toString());
    assertThat(output.exitCode()).isEqualTo(2);
    assertThat(output.err()).contains("toolkit data get fashion-mnist");
  }
}
