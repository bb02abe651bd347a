package org.normfree.core.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.normfree.core.InputException;

/** The files a data set is read from, with failures told in the user's terms. */
public final class Sources {
  private Sources() {}

  /**
   * @param folder a path
   * @throws InputException unless it is a folder
   */
  public static void requireFolder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InputException(
          "%s %s; point data.path at the folder of the data set"
              .formatted(
                  folder,
                  Files.exists(folder) ? "is a file, expected a folder" : "does not exist"));
    }
  }

  /**
   * @param folder a folder
   * @return its content in the order of the names, hidden entries left out
   * @throws InputException if it is no folder or cannot be read
   */
  public static List<Path> children(Path folder) {
    requireFolder(folder);
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> !name(entry).startsWith("."))
          .sorted(Comparator.comparing(Sources::name))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(folder, e);
    }
  }

  static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /**
   * @param file a file
   * @return its content
   * @throws InputException if it cannot be read
   */
  public static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static InputException unreadable(Path file, Exception cause) {
    String reason =
        cause instanceof NoSuchFileException ? "it does not exist" : "the system says " + cause;
    return new InputException(
        "cannot read %s: %s; check data.path and its permissions".formatted(file, reason), cause);
  }

  /** Divides training images into training and validation, where the test images are given. */
  static ImageSplits withValidation(Path source, RawImages train, RawImages test) {
    Holdout division = Holdout.of(train, Holdout.TENTH);
    if (division.held().length == 0) {
      throw new InputException(
          "%s holds %s training images, none of which can be spared for validation; give at least"
                  .formatted(source, train.labels().length)
              + " two of a class");
    }
    return new ImageSplits(
        train.select(division.kept()), train.select(division.held()), test.all());
  }
}
