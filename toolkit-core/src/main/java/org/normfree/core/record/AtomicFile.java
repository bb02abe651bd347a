package org.normfree.core.record;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes a file so that a reader, a crash or a full disk never meets half of it: the content goes
 * to a neighbour file, is forced to the disk, and takes the name in one atomic move, which is
 * forced as well.
 */
public final class AtomicFile {
  private static final String PARTIAL = ".partial";

  /** What a killed process left is written over; a link of that name is not followed. */
  private static final OpenOption[] OVER = {
    StandardOpenOption.CREATE,
    StandardOpenOption.TRUNCATE_EXISTING,
    StandardOpenOption.WRITE,
    LinkOption.NOFOLLOW_LINKS
  };

  private AtomicFile() {}

  /** Writes a file's content to a stream. */
  @FunctionalInterface
  public interface Content {
    /**
     * @param out where to write; buffering is the writer's business
     * @throws IOException if writing fails
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * @param file the file to create or replace
   * @param content its whole content
   * @throws UncheckedIOException if the content could not be written; the old file is untouched
   */
  public static void write(Path file, byte[] content) {
    write(file, out -> out.write(content));
  }

  /**
   * @param file the file to create or replace
   * @param content writes the whole content
   * @throws UncheckedIOException if the content could not be written; the old file is untouched
   */
  public static void write(Path file, Content content) {
    write(file, content, Folders::force);
  }

  /**
   * @param folder makes the entries of a folder durable
   */
  static void write(Path file, Content content, Consumer<Path> folder) {
    Path absolute = file.toAbsolutePath();
    Path partial = absolute.resolveSibling(absolute.getFileName() + PARTIAL);
    List<Path> made = List.of();
    boolean opened = false;
    try {
      made = Folders.create(absolute.getParent());
      try (OutputStream out = Files.newOutputStream(partial, OVER)) {
        opened = true;
        content.writeTo(out);
      }
      try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      try {
        Files.move(
            partial, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(partial, absolute, StandardCopyOption.REPLACE_EXISTING);
      }
      folder.accept(absolute.getParent());
    } catch (IOException e) {
      try {
        if (opened) {
          Files.deleteIfExists(partial);
        }
        Folders.remove(made);
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw new UncheckedIOException("cannot write %s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
