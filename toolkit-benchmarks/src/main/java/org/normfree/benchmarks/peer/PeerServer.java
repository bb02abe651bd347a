package org.normfree.benchmarks.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The measured process's side of the protocol. Every command is a line on the standard input, every
 * answer a line on the standard output that begins with {@value #MARK}; a line without it is noise
 * of some library.
 *
 * <pre>
 * (start)     @ready DESCRIPTION     once the workload is built
 * check N     @ numbers that all peers must agree in
 * step N      @ nanoseconds of each of N training steps
 * pass N      @ nanoseconds of each of N forward and backward passes
 * forward N   @ nanoseconds of each of N forward passes
 * train N     @ nanoseconds of a training of a new network, of N steps
 * memory      @ resident bytes of the process
 * report      @ what only this peer can tell
 * quit        (ends)
 * </pre>
 *
 * What goes wrong is answered by {@code @error MESSAGE}; its stack trace goes to the error stream.
 */
public final class PeerServer {
  /** What an answer begins with. */
  public static final String MARK = "@";

  private static final Path STATUS = Path.of("/proc/self/status");

  private PeerServer() {}

  /** Builds a peer. */
  @FunctionalInterface
  public interface Factory {
    /**
     * @throws Exception whatever went wrong; the bench is told its message
     */
    Peer create() throws Exception;
  }

  /**
   * Builds a peer and serves it until {@code quit} or the end of the input.
   *
   * @param in where commands come from
   * @param out where answers go
   * @param description what the peer is, for the log
   * @param factory builds it
   * @return the process's exit code
   */
  public static int serve(InputStream in, PrintStream out, String description, Factory factory) {
    try (Peer peer = factory.create()) {
      answer(out, "ready " + description);
      BufferedReader commands =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = commands.readLine();
          line != null && !line.equals("quit");
          line = commands.readLine()) {
        answer(out, answer(peer, line));
      }
      return 0;
    } catch (Exception | LinkageError e) {
      e.printStackTrace();
      answer(out, "error " + String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " "));
      return 1;
    }
  }

  private static void answer(PrintStream out, String text) {
    out.println(MARK + text);
    out.flush();
  }

  private static String answer(Peer peer, String line) {
    int space = line.indexOf(' ');
    String command = space < 0 ? line : line.substring(0, space);
    int count = space < 0 ? 1 : Integer.parseInt(line.substring(space + 1));
    return switch (command) {
      case "check" -> numbers(peer.check(count));
      case "step" -> numbers(times(peer::step, count));
      case "pass" -> numbers(times(peer::pass, count));
      case "forward" -> numbers(times(peer::forward, count));
      case "train" -> numbers(times(() -> peer.train(count), 1));
      case "memory" -> numbers(residentBytes());
      case "report" -> numbers(peer.report());
      default -> throw new IllegalArgumentException("unknown command '" + line + "'");
    };
  }

  private static double[] times(Runnable work, int count) {
    double[] nanos = new double[count];
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      work.run();
      nanos[i] = System.nanoTime() - start;
    }
    return nanos;
  }

  private static String numbers(double... values) {
    StringBuilder text = new StringBuilder();
    for (double value : values) {
      text.append(' ').append(value);
    }
    return text.toString();
  }

  /**
   * Resident memory of this process; where the system does not tell it (no {@code /proc}), the
   * committed virtual memory, which is larger but grows alike.
   */
  static double residentBytes() {
    if (Files.isReadable(STATUS)) {
      try {
        List<String> lines = Files.readAllLines(STATUS);
        for (String line : lines) {
          if (line.startsWith("VmRSS:")) {
            return Double.parseDouble(line.replaceAll("\\D", "")) * 1024;
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getCommittedVirtualMemorySize()
        : Double.NaN;
  }
}
