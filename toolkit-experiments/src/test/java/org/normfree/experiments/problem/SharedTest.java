package org.normfree.experiments.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;
import org.normfree.core.data.ImageSplits;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.TextKeys;

class SharedTest {
  @TempDir private Path folder;

  @Test
  void imagesAreReadOnceForRunsThatDifferInOtherSettings() {
    ImageSplits one = images("width=16").splits;
    assertThat(images("width=32", "seed=2").splits).isSameAs(one);
  }

  @Test
  void aFileThatWasChangedIsReadAgain() throws IOException {
    Path file = folder.resolve("text.txt");
    write(file, "one\n", 1);
    Text first = text(file);
    assertThat(text(file).content()).isSameAs(first.content());
    write(file, "two\n", 2);
    assertThat(text(file).content()).isEqualTo("two\n");
    assertThat(first.content()).isEqualTo("one\n");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aFileBehindALinkThatWasChangedIsReadAgain() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    write(real.resolve("text.txt"), "one\n", 1);
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    Text first = text(link);
    assertThat(text(link).content()).isSameAs(first.content());
    write(real.resolve("text.txt"), "two\n", 2);
    assertThat(text(link).content()).isEqualTo("two\n");
  }

  @Test
  void aFileWrittenWhileItIsReadIsReadAgain() throws IOException {
    Path file = folder.resolve("text.txt");
    Files.writeString(file, "one\n");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
    Text first = text(file);
    assertThat(text(file)).isNotSameAs(first);
  }

  @Test
  void whatCannotBeReadIsRefusedEachTime() {
    Path none = folder.resolve("none");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> text(none)).isInstanceOf(InputException.class);
    }
  }

  private static ImageProblem images(String... assignments) {
    return new ImageClassification(
        Config.resolve("train", ImageClassification.KEYS, Optional.empty(), List.of(assignments)));
  }

  private record Text(String content) {}

  private static Text text(Path path) {
    Config config =
        Config.resolve(
            "some", List.of(TextKeys.PATH), Optional.empty(), List.of("data.path=" + path));
    return Shared.of(Text.class, config, List.of(TextKeys.PATH), () -> new Text(content(path)));
  }

  private static String content(Path path) {
    try {
      return Files.readString(Files.isDirectory(path) ? path.resolve("text.txt") : path);
    } catch (IOException e) {
      throw new InputException("cannot read " + path, e);
    }
  }

  private static void write(Path file, String text, long second) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(second)));
  }
}
