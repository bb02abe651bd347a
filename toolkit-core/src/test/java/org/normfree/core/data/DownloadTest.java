package org.normfree.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.normfree.core.InputException;

class DownloadTest {
  @TempDir Path folder;

  private final byte[] content = new byte[100_003];
  private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
  private final Download download = new Download(3, Duration.ofMillis(400), notes::add);
  private Server server;

  /** What the server does with one request. */
  private enum Answer {
    WHOLE,
    /** Closes the connection after a third of what it announced. */
    TRUNCATED,
    /** Sends a third and nothing more. */
    STALLED,
    /** Has another byte in the middle. */
    CHANGED,
    NOT_FOUND,
    /** Knows no ranges. */
    WITHOUT_RANGES,
    /** Says that the range cannot be had. */
    RANGE_REFUSED,
    /** Answers with another range than it was asked for. */
    OTHER_RANGE
  }

  /** A server on loopback that answers as it is told, the last way for good. */
  private static final class Server implements AutoCloseable {
    final Deque<Answer> answers = new ArrayDeque<>();
    final List<String> ranges = Collections.synchronizedList(new ArrayList<>());
    private final ServerSocket socket;
    private final byte[] content;
    private final Thread thread;
    private final List<Socket> open = Collections.synchronizedList(new ArrayList<>());

    Server(byte[] content) throws IOException {
      this.content = content;
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      thread = new Thread(this::serve, "loopback");
      thread.setDaemon(true);
      thread.start();
    }

    String address() {
      return "http://%s:%s/".formatted(socket.getInetAddress().getHostAddress(), port());
    }

    int port() {
      return socket.getLocalPort();
    }

    private void serve() {
      while (!socket.isClosed()) {
        try {
          Socket client = socket.accept();
          open.add(client);
          if (answer(client)) {
            client.close();
          }
        } catch (IOException e) {
          // the client went away, or the test is over
        }
      }
    }

    /** Whether the connection is to be closed. */
    private boolean answer(Socket client) throws IOException {
      long from = 0;
      StringBuilder line = new StringBuilder();
      boolean more = true;
      while (more) {
        int b = client.getInputStream().read();
        if (b == '\n') {
          String text = line.toString().strip();
          if (text.regionMatches(true, 0, "range: bytes=", 0, 13)) {
            ranges.add(text.substring(13));
            from = Long.parseLong(text.substring(13, text.length() - 1));
          }
          more = !text.isEmpty();
          line.setLength(0);
        } else {
          more = b >= 0;
          line.append((char) b);
        }
      }
      Answer answer = answers.size() > 1 ? answers.poll() : answers.peek();
      byte[] bytes = content.clone();
      if (answer == Answer.CHANGED) {
        bytes[bytes.length / 2]++;
      }
      OutputStream out = client.getOutputStream();
      if (answer == Answer.NOT_FOUND) {
        head(out, "404 Not Found", 0, "");
        return true;
      }
      if (from >= bytes.length || (answer == Answer.RANGE_REFUSED && from > 0)) {
        head(out, "416 Range Not Satisfiable", 0, "");
        return true;
      }
      if (answer == Answer.WITHOUT_RANGES || from == 0) {
        head(out, "200 OK", bytes.length, "");
        from = 0;
      } else {
        head(
            out,
            "206 Partial Content",
            bytes.length - from,
            "Content-Range: bytes %s-%s/%s\r\n"
                .formatted(
                    answer == Answer.OTHER_RANGE ? from + 1 : from,
                    bytes.length - 1,
                    bytes.length));
      }
      boolean broken = answer == Answer.TRUNCATED || answer == Answer.STALLED;
      long to = broken ? from + (bytes.length - from) / 3 : bytes.length;
      out.write(Arrays.copyOfRange(bytes, (int) from, (int) to));
      out.flush();
      return answer != Answer.STALLED;
    }

    private static void head(OutputStream out, String status, long length, String more)
        throws IOException {
      out.write(
          "HTTP/1.1 %s\r\nContent-Length: %s\r\nConnection: close\r\n%s\r\n"
              .formatted(status, length, more)
              .getBytes(StandardCharsets.US_ASCII));
    }

    /** A thread that still waits for connections may get one more of a socket that was closed. */
    @Override
    public void close() throws IOException {
      socket.close();
      try {
        thread.join(10_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      for (Socket client : open) {
        client.close();
      }
    }
  }

  @BeforeEach
  void start() throws IOException {
    new SplittableRandom(7).nextBytes(content);
    server = new Server(content);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private RemoteSet.RemoteFile file(boolean onRecord) {
    return new RemoteSet.RemoteFile(
        URI.create(server.address() + "data.bin"),
        "data.bin",
        onRecord ? OptionalLong.of(content.length) : OptionalLong.empty(),
        onRecord ? Optional.of(sha256(content)) : Optional.empty(),
        Optional.empty());
  }

  private Path fetched(boolean onRecord, Answer... answers) throws IOException {
    server.answers.addAll(List.of(answers));
    Path target = folder.resolve("data.bin");
    assertThat(download.fetch(file(onRecord), target)).isEqualTo(sha256(content));
    assertThat(Files.readAllBytes(target)).isEqualTo(content);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(target);
    }
    return target;
  }

  @Test
  void aFileIsFetchedWithOrWithoutAChecksumOnRecord() throws IOException {
    Files.delete(fetched(true, Answer.WHOLE));
    fetched(false, Answer.WHOLE);
    assertThat(server.ranges).isEmpty();
  }

  @Test
  void aConnectionThatBreaksOrStallsGoesOnWhereItWas() throws IOException {
    fetched(false, Answer.TRUNCATED, Answer.STALLED, Answer.TRUNCATED, Answer.WHOLE);
    assertThat(server.ranges).hasSize(3).first().isEqualTo(content.length / 3 + "-");
    assertThat(notes).isNotEmpty();
  }

  @Test
  void aServerWithoutRangesOrWithOthersSendsAllAnew() throws IOException {
    Files.delete(fetched(true, Answer.TRUNCATED, Answer.WITHOUT_RANGES));
    server.answers.clear();
    Files.delete(fetched(true, Answer.TRUNCATED, Answer.RANGE_REFUSED, Answer.WHOLE));
    server.answers.clear();
    fetched(true, Answer.TRUNCATED, Answer.OTHER_RANGE, Answer.WHOLE);
  }

  @Test
  void whatIsThereAlreadyIsNotFetchedAgain() throws IOException {
    Files.write(folder.resolve("data.bin.part"), content);
    fetched(true, Answer.WHOLE); // 416 for bytes behind the end
    assertThat(server.ranges).containsExactly(content.length + "-");
  }

  @Test
  void aPartOfAnotherVersionIsThrownAway() throws IOException {
    Files.write(folder.resolve("data.bin.part"), new byte[5000]);
    fetched(true, Answer.WHOLE);
    assertThat(server.ranges).containsExactly("5000-");
  }

  @Test
  void changedBytesAreRefusedAndNotKept() throws IOException {
    server.answers.add(Answer.CHANGED);
    Path target = folder.resolve("data.bin");
    assertThatThrownBy(() -> download.fetch(file(true), target))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is not the file on record")
        .hasMessageContaining(sha256(content));
    assertThat(target).doesNotExist();
    assertThat(folder.resolve("data.bin.part")).isEmptyFile();
  }

  @Test
  void aServerThatNeverGoesOnIsGivenUpAndWhatArrivedStays() throws IOException {
    server.answers.addAll(List.of(Answer.STALLED, Answer.RANGE_REFUSED));
    server.answers.clear();
    server.answers.add(Answer.NOT_FOUND);
    Files.write(folder.resolve("data.bin.part"), Arrays.copyOf(content, 10));
    assertThatThrownBy(() -> download.fetch(file(true), folder.resolve("data.bin")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("answers 404")
        .hasMessageContaining("data.path");
    assertThat(folder.resolve("data.bin.part")).hasSize(10);
  }

  @Test
  void withoutAConnectionOneLineSaysSo() throws IOException {
    RemoteSet.RemoteFile file = file(true);
    server.close();
    assertThatThrownBy(() -> download.fetch(file, folder.resolve("data.bin")))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("cannot fetch " + file.address())
        .hasMessageContaining("the same command goes on")
        .hasMessageNotContaining("\n");
  }

  @Test
  void anArchiveLeavesTheFilesThatAreWantedInAFolderOfTheSet() throws IOException {
    byte[] archive =
        gzip(tar("kit/a.bin", new byte[] {1, 2, 3}), tar("../readme.txt", new byte[700]));
    Server other = new Server(archive);
    other.answers.add(Answer.WHOLE);
    try (other) {
      RemoteSet set =
          new RemoteSet(
              "made-up",
              "",
              "",
              "",
              List.of(
                  new RemoteSet.RemoteFile(
                      URI.create(other.address() + "kit.tar.gz"),
                      "kit.tar.gz",
                      OptionalLong.empty(),
                      Optional.empty(),
                      Optional.of(Pattern.compile(".*\\.bin")))));
      FetchedSet fetched = FetchedSet.get(set, folder.resolve("root"), download);
      assertThat(fetched.notes()).singleElement().asString().contains(sha256(archive), "on record");
      try (Stream<Path> left = Files.walk(folder).filter(Files::isRegularFile)) {
        assertThat(left).containsExactly(fetched.folder().resolve("a.bin"));
      }
      assertThat(Files.readAllBytes(fetched.folder().resolve("a.bin"))).containsExactly(1, 2, 3);
      assertThat(FetchedSet.get(set, folder.resolve("root"), download).notes())
          .containsExactly("made-up was fetched before");
    }
  }

  private static byte[] tar(String name, byte[] content) throws IOException {
    byte[] header = new byte[512];
    byte[] path = name.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(path, 0, header, 0, path.length);
    byte[] size =
        String.format(Locale.ROOT, "%011o", content.length).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(size, 0, header, 124, size.length);
    header[156] = '0';
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(header);
    out.write(content);
    out.write(new byte[Math.floorMod(-content.length, 512)]);
    return out.toByteArray();
  }

  private static byte[] gzip(byte[]... parts) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
      for (byte[] part : parts) {
        packed.write(part);
      }
      packed.write(new byte[1024]);
    }
    return out.toByteArray();
  }
}
