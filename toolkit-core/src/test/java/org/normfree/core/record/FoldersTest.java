package org.normfree.core.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link Folders}, and {@link AtomicFile} which makes its file durable with them. */
class FoldersTest {
  @TempDir private Path folder;

  private static List<String> names(Path where) throws IOException {
    try (Stream<Path> entries = Files.list(where)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void tellsWhichFoldersItMadeAndTakesJustThoseAway() throws IOException {
    Path there = Files.createDirectory(folder.resolve("there"));
    Path deep = there.resolve("a").resolve("b").resolve("c");
    List<Path> made = Folders.create(deep);
    assertThat(made).containsExactly(there.resolve("a"), there.resolve("a/b"), deep);
    assertThat(Folders.create(deep)).isEmpty();
    Folders.remove(made);
    assertThat(names(folder)).containsExactly("there");
    assertThat(names(there)).isEmpty();
  }

  @Test
  void whatBecameFullStays() throws IOException {
    List<Path> made = Folders.create(folder.resolve("a/b/c"));
    Files.createFile(folder.resolve("a/b/kept"));
    Folders.remove(made);
    assertThat(names(folder.resolve("a/b"))).containsExactly("kept");
    Folders.remove(made); // c is gone already
    assertThat(names(folder.resolve("a/b"))).containsExactly("kept");
  }

  @Test
  void aLinkInPlaceOfAFolderIsNotRemoved(@TempDir Path other) throws IOException {
    List<Path> made = Folders.create(folder.resolve("a"));
    Files.delete(folder.resolve("a"));
    Files.createSymbolicLink(folder.resolve("a"), other);
    Folders.remove(made);
    assertThat(folder.resolve("a")).isSymbolicLink();
  }

  @Test
  void whereAFileIsInTheWayNothingIsMade() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Path nowhere = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("none"));
    Path longName = folder.resolve("new").resolve("n".repeat(300));
    for (Path wrong : List.of(file, file.resolve("x/y"), nowhere, nowhere.resolve("x"), longName)) {
      assertThatThrownBy(() -> Folders.create(wrong)).isInstanceOf(IOException.class);
    }
    assertThat(names(folder)).containsExactly("file", "link");
  }

  /** Else a power cut may take the file's name back although its content is on the disk. */
  @Test
  void aWrittenFilesFolderIsForcedOnceTheFileHasItsName() throws IOException {
    Path file = folder.resolve("new/file");
    List<String> seen = new ArrayList<>();
    AtomicFile.write(
        file,
        out -> out.write('x'),
        forced -> {
          seen.add(forced + " " + file.toFile().length());
          seen.addAll(List.of(forced.toFile().list()));
        });
    assertThat(seen).containsExactly(file.getParent() + " 1", "file");
    Folders.force(folder.resolve("none")); // no fault of the file's
  }

  @Test
  void aFailedWriteTakesAwayOnlyWhatItMade() throws IOException {
    Path users = Files.createDirectories(folder.resolve("report.partial"));
    assertThatThrownBy(() -> AtomicFile.write(folder.resolve("report"), new byte[1]))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(users).isDirectory();
    AtomicFile.Content full =
        out -> {
          out.write('x');
          throw new IOException("No space left on device");
        };
    assertThatThrownBy(() -> AtomicFile.write(folder.resolve("a/b/file"), full))
        .hasMessageContaining("No space left");
    assertThat(names(folder)).containsExactly("report.partial");
  }

  @Test
  void aLinkOfTheNeighboursNameIsNotWrittenThrough() throws IOException {
    Path users = Files.writeString(folder.resolve("users"), "text");
    Files.createSymbolicLink(folder.resolve("file.partial"), users);
    byte[] content = "content".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> AtomicFile.write(folder.resolve("file"), content))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(users).hasContent("text");
    assertThat(folder.resolve("file.partial")).isSymbolicLink();
  }
}
