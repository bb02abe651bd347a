package org.normfree.experiments.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.normfree.core.InputException;

/**
 * The right to write to a run directory, held as the operating system's lock on a file in it. The
 * lock ends with the process however it ends, so a killed run leaves nothing to clean up; the file
 * itself stays.
 */
final class RunLock implements AutoCloseable {
  /** Name of the locked file. */
  static final String FILE = ".lock";

  private static final int MOST = 20;
  private static final String UNKNOWN = "?";

  private final Path file;
  private final FileChannel channel;
  private final boolean made;
  private final String before;

  private RunLock(Path file, FileChannel channel, boolean made, String before) {
    this.file = file;
    this.channel = channel;
    this.made = made;
    this.before = before;
  }

  /**
   * @param directory an existing run directory
   * @return the lock
   * @throws InputException if another run holds it, or a file of its name is something else
   */
  static RunLock take(Path directory) {
    Path file = directory.resolve(FILE);
    try {
      boolean made = true;
      FileChannel channel;
      try {
        channel = open(file, StandardOpenOption.CREATE_NEW);
      } catch (FileAlreadyExistsException e) {
        made = false;
        channel = open(file, StandardOpenOption.CREATE);
      }
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          String before = content(channel);
          if (channel.size() > MOST || !before.matches("[0-9]*")) {
            throw new InputException(
                "%s is not the lock of a run: choose another directory".formatted(file));
          }
          write(channel, Long.toString(ProcessHandle.current().pid()));
          return new RunLock(file, channel, made, before);
        }
      } catch (OverlappingFileLockException e) {
        // held by another run of this very process: refused like any other
      } catch (IOException | InputException e) {
        channel.close();
        throw e;
      }
      String holder = holder(channel);
      channel.close();
      throw new InputException(
          "%s is in use by another run%s: wait until it ends or choose another directory"
              .formatted(directory, holder));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot lock the run directory %s: %s".formatted(directory, e.getMessage()), e);
    }
  }

  /**
   * Looks whether a run holds a directory's lock, without leaving a trace.
   *
   * @param directory a run directory
   * @return the holder's process id, or {@code "?"} where the file cannot be read while it is
   *     locked; empty if nobody holds it
   */
  static Optional<String> holder(Path directory) {
    Path file = directory.resolve(FILE);
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      String pid = pid(channel);
      if (channel.size() == 0) {
        return Optional.empty(); // nobody has taken it yet, and trying would be in the way
      }
      try (FileLock lock = channel.tryLock()) {
        return lock == null ? Optional.of(pid) : Optional.empty();
      } catch (OverlappingFileLockException e) {
        return Optional.of(pid); // a run of this very process
      }
    } catch (IOException e) {
      return Optional.empty(); // no file, or one that this user may not write to
    }
  }

  /** Leaves the locked file as it was; while the lock is held, so that it is nobody else's. */
  void undo() {
    try {
      if (made) {
        Files.deleteIfExists(file);
      } else {
        write(channel, before);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clean up %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileChannel open(Path file, StandardOpenOption how) throws IOException {
    return FileChannel.open(
        file,
        how,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        LinkOption.NOFOLLOW_LINKS); // what a link leads to is not written to
  }

  private static String holder(FileChannel channel) {
    String pid = pid(channel);
    return pid.equals(UNKNOWN) ? "" : " (process %s)".formatted(pid);
  }

  private static String pid(FileChannel channel) {
    try {
      String pid = content(channel).strip();
      return pid.isEmpty() ? UNKNOWN : pid;
    } catch (IOException e) {
      // where locks are mandatory the holder's file cannot be read
      return UNKNOWN;
    }
  }

  private static String content(FileChannel channel) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(MOST);
    channel.read(content, 0);
    return new String(content.array(), 0, content.position(), StandardCharsets.ISO_8859_1);
  }

  private static void write(FileChannel channel, String text) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)), 0);
  }
}
