package org.normfree.experiments.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.normfree.core.InputException;

/**
 * The right to write to a run directory, held as the operating system's lock on a file in it. The
 * lock ends with the process however it ends, so a killed run leaves nothing to clean up; the file
 * itself stays.
 */
final class RunLock implements AutoCloseable {
  /** Name of the locked file. */
  static final String FILE = ".lock";

  private final FileChannel channel;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @param directory an existing run directory
   * @return the lock
   * @throws InputException if another run holds it
   */
  static RunLock take(Path directory) {
    try {
      FileChannel channel =
          FileChannel.open(
              directory.resolve(FILE),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          channel.truncate(0);
          channel.write(utf8(Long.toString(ProcessHandle.current().pid())));
          return new RunLock(channel);
        }
      } catch (OverlappingFileLockException e) {
        // held by another run of this very process: refused like any other
      } catch (IOException e) {
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

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String holder(FileChannel channel) {
    try {
      ByteBuffer content = ByteBuffer.allocate(20);
      channel.read(content, 0);
      String pid =
          new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII).strip();
      return pid.isEmpty() ? "" : " (process %s)".formatted(pid);
    } catch (IOException e) {
      // where locks are mandatory the holder's file cannot be read
      return "";
    }
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
