package org.normfree.experiments.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Predicate;

/**
 * A file of lines that is only added to. Each line is handed to the operating system at once and as
 * a whole, so it outlives a killed process; a line cut short by a crash is dropped at the next
 * opening.
 */
final class LineFile implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  private LineFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Opens or creates a file and cuts it off before the first line that is not kept.
   *
   * @param file the file
   * @param keep whether a line stays
   */
  static LineFile open(Path file, Predicate<String> keep) {
    try {
      long length = Files.isRegularFile(file) ? keptLength(Files.readAllBytes(file), keep) : 0;
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.truncate(length).position(length);
      return new LineFile(file, channel);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  synchronized void add(String line) {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  synchronized void force() {
    try {
      channel.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long keptLength(byte[] content, Predicate<String> keep) {
    int kept = 0;
    for (int i = 0; i < content.length; i++) {
      if (content[i] == '\n') {
        if (!keep.test(new String(content, kept, i - kept, StandardCharsets.UTF_8))) {
          return kept;
        }
        kept = i + 1;
      }
    }
    return kept;
  }
}
