package org.normfree.core.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.normfree.core.InputException;

/**
 * Fetches a file by HTTP. What arrived is kept in a file {@code .part} beside the target, so that
 * the next attempt, of this call or of a later one, asks for the rest alone. The target appears
 * when it is whole and has the size and the SHA-256 that are on record.
 */
public final class Download {
  private static final int BUFFER = 1 << 16;
  private static final int PARTIAL = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final int attempts;
  private final Duration patience;
  private final Consumer<String> notes;

  /**
   * @param attempts how often a connection that breaks is made anew without a byte of progress
   * @param patience how long a server may stay silent
   * @param notes is told what happens
   */
  public Download(int attempts, Duration patience, Consumer<String> notes) {
    this.attempts = attempts;
    this.patience = patience;
    this.notes = notes;
  }

  /**
   * @param file what to fetch
   * @param target where to
   * @return its SHA-256
   * @throws InputException if it cannot be fetched, in one sentence that says why and what to do
   */
  public String fetch(RemoteSet.RemoteFile file, Path target) {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try (FileChannel out =
            FileChannel.open(
                part,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        FileLock lock = lock(out, part)) {
      boolean resumed = out.size() > 0;
      if (resumed) {
        notes.accept("%s: goes on after %s bytes".formatted(file.name(), out.size()));
      }
      receive(file, out);
      String sha256 = sha256(out);
      if (resumed && differs(file, out.size(), sha256)) {
        // what was there may be of another version: once more from the start
        notes.accept("%s: what was there does not fit, all anew".formatted(file.name()));
        out.truncate(0);
        receive(file, out);
        sha256 = sha256(out);
      }
      if (differs(file, out.size(), sha256)) {
        out.truncate(0);
        throw changed(file, sha256);
      }
      out.force(true);
      lock.release();
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return sha256;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + part, e);
    }
  }

  private static FileLock lock(FileChannel out, Path part) throws IOException {
    try {
      FileLock lock = out.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      // by this process, which is told alike
    }
    throw new InputException(
        "%s is being fetched already; wait until that has ended".formatted(part));
  }

  /** Until the file is whole; an attempt that brought something does not count. */
  private void receive(RemoteSet.RemoteFile file, FileChannel out) throws IOException {
    int left = attempts;
    while (true) {
      long before = out.size();
      try {
        if (request(file, out)) {
          return;
        }
        throw new EOFException("the server closed the connection early");
      } catch (WriteFailed e) {
        throw e.cause();
      } catch (IOException e) {
        left = out.size() > before ? attempts : left - 1;
        if (left <= 0) {
          throw new InputException(
              "cannot fetch %s: %s; check the connection, the same command goes on after the %s bytes that are here"
                  .formatted(file.address(), reason(e, file.address()), out.size()),
              e);
        }
        notes.accept("%s: %s, once more".formatted(file.name(), reason(e, file.address())));
      }
    }
  }

  /** One connection; whether the file is whole behind it. */
  private boolean request(RemoteSet.RemoteFile file, FileChannel out) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) file.address().toURL().openConnection();
    connection.setConnectTimeout((int) patience.toMillis());
    connection.setReadTimeout((int) patience.toMillis());
    connection.setRequestProperty("Accept-Encoding", "identity");
    long from = out.size();
    if (from > 0) {
      connection.setRequestProperty("Range", "bytes=" + from + "-");
    }
    try {
      int status = connection.getResponseCode();
      if (status == RANGE_NOT_SATISFIABLE && from > 0) {
        if (file.bytes().isPresent() && file.bytes().getAsLong() == from) {
          return true;
        }
        out.truncate(0);
        throw new IOException("the server has no bytes from " + from + " on");
      }
      if (status != HttpURLConnection.HTTP_OK && status != PARTIAL) {
        throw new InputException(
            "%s answers %s; it may have moved: put the files in a folder by hand and name it with data.path"
                .formatted(file.address(), status));
      }
      if (status == HttpURLConnection.HTTP_OK || !continues(connection, from)) {
        if (status == PARTIAL) {
          out.truncate(0);
          throw new IOException("the server sent another part than it was asked for");
        }
        out.truncate(0);
      }
      return copy(connection, out);
    } finally {
      connection.disconnect();
    }
  }

  private static boolean continues(HttpURLConnection connection, long from) {
    String range = connection.getHeaderField("Content-Range");
    return range != null && range.startsWith("bytes " + from + "-");
  }

  private static boolean copy(HttpURLConnection connection, FileChannel out) throws IOException {
    long announced = connection.getContentLengthLong();
    long received = 0;
    out.position(out.size());
    try (InputStream in = connection.getInputStream()) {
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        write(out, ByteBuffer.wrap(buffer, 0, n));
        received += n;
      }
    }
    return announced < 0 || received == announced;
  }

  private static void write(FileChannel out, ByteBuffer bytes) throws WriteFailed {
    try {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw new WriteFailed(e);
    }
  }

  /** The disk takes no more, which no other attempt would change. */
  private static final class WriteFailed extends IOException {
    private static final long serialVersionUID = 1L;

    WriteFailed(IOException cause) {
      super(cause);
    }

    IOException cause() {
      return (IOException) getCause();
    }
  }

  private static String reason(IOException failure, URI address) {
    if (failure instanceof java.net.UnknownHostException) {
      return "this machine does not find %s, it may be offline".formatted(address.getHost());
    }
    if (failure instanceof SocketTimeoutException) {
      return "the server does not answer";
    }
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }

  private static boolean differs(RemoteSet.RemoteFile file, long size, String sha256) {
    return (file.bytes().isPresent() && file.bytes().getAsLong() != size)
        || (file.sha256().isPresent() && !file.sha256().get().equals(sha256));
  }

  private static InputException changed(RemoteSet.RemoteFile file, String sha256) {
    return new InputException(
        "%s is not the file on record: its SHA-256 is %s, expected %s; nothing of it is kept, try again or give the files by hand with data.path"
            .formatted(file.address(), sha256, file.sha256().orElse("another size")));
  }

  private static String sha256(FileChannel file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    file.position(0);
    while (file.read(buffer) >= 0) {
      buffer.flip();
      digest.update(buffer);
      buffer.clear();
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
