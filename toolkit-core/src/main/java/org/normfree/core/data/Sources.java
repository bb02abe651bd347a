package org.normfree.core.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.normfree.core.InputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files a data set is read from, with failures told in the user's terms. */
public final class Sources {
  /** What is left out is told through it. */
  private static final Logger LOG = LoggerFactory.getLogger(Sources.class);

  /** No array of Java is longer. */
  private static final long LONGEST = Integer.MAX_VALUE - 64;

  /** Of Java's memory, what one file may take: its content is kept in other forms beside it. */
  private static final int SHARE = 4;

  private static final double MEGA = 1e6;

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
    } catch (InvalidPathException e) {
      throw new InputException(
          "%s holds a name with letters that the system's locale lacks; set LC_ALL=C.UTF-8"
              .formatted(folder),
          e);
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
   * @throws InputException if it cannot be read, is no plain file or does not fit the memory
   */
  public static byte[] bytes(Path file) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new InputException(
            "%s is %s, expected a file; check data.path"
                .formatted(file, Files.isDirectory(file) ? "a folder" : "no plain file"));
      }
      requireRoom(file, "holds", Files.exists(file) ? Files.size(file) : 0);
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * @param file a file, packed by gzip if its name ends in {@code .gz}
   * @return its content, unpacked
   * @throws InputException if it cannot be read or unpacked, or does not fit the memory
   */
  public static byte[] unpacked(Path file) {
    byte[] bytes = bytes(file);
    if (!name(file).endsWith(".gz")) {
      return bytes;
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      byte[] content = in.readNBytes((int) room());
      if (in.read() >= 0) {
        requireRoom(file, "unpacks to at least", room() + 1);
      }
      return content;
    } catch (IOException e) {
      throw new InputException(
          "%s cannot be unpacked (%s); give a whole gzip file".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Refuses what would not fit, before anything is made of it.
   *
   * @param file where it comes from
   * @param holds a verb between the file and the size
   * @param bytes how large it is
   * @throws InputException if it is too large
   */
  static void requireRoom(Path file, String holds, long bytes) {
    if (bytes > room()) {
      throw new InputException(
          "%s %s %s MB, but only %s MB of it fit this Java's memory; give less data, or more memory with TOOLKIT_JAVA_OPTS=-Xmx8g (8 GB)"
              .formatted(file, holds, mega(bytes), mega(room())));
    }
  }

  /** Bytes that one file may hold. */
  static long room() {
    return Math.min(LONGEST, Runtime.getRuntime().maxMemory() / SHARE);
  }

  private static String mega(long bytes) {
    return String.format(Locale.ROOT, "%.0f", bytes / MEGA);
  }

  /**
   * Says in one line which files of a folder a loader does not read.
   *
   * @param folder the data set's folder
   * @param depth how far below it files may lie
   * @param read the files that are read
   * @param rule which files are
   */
  public static void tellLeftOut(Path folder, int depth, Collection<Path> read, String rule) {
    Set<Path> known = new HashSet<>(read);
    List<Path> others;
    try (Stream<Path> all = Files.walk(folder, depth)) {
      others =
          all.filter(file -> !hidden(folder.relativize(file)) && !known.contains(file))
              .filter(Files::isRegularFile)
              .sorted()
              .toList();
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(folder, e);
    }
    if (!others.isEmpty()) {
      tell(
          folder,
          "%s left out, %s; read %s"
              .formatted(
                  others.size() == 1 ? "1 file is" : others.size() + " files are",
                  (others.size() == 1 ? "" : "such as ") + folder.relativize(others.get(0)),
                  rule));
    }
  }

  /**
   * Says in one line what of a data set is not used.
   *
   * @param source the file or folder, or the setting that says so
   * @param what what is left out and why
   */
  public static void tell(Object source, String what) {
    LOG.warn("{}: {}", source, what);
  }

  private static boolean hidden(Path path) {
    for (Path part : path) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  /**
   * The part of a data set that has one of several names.
   *
   * @param folder where it lies
   * @param parts what there is of these names
   * @throws InputException if there are several, of which one would be left out
   */
  public static Optional<Path> only(Path folder, List<Path> parts) {
    if (parts.size() > 1) {
      throw new InputException(
          "%s holds both %s and %s for the same part; keep one of them"
              .formatted(folder, name(parts.get(0)), name(parts.get(1))));
    }
    return parts.stream().findFirst();
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
