package org.normfree.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.normfree.benchmarks.peer.PeerServer;

/** The bench's side of the protocol with one measured process; see {@link PeerServer}. */
final class PeerProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 10;

  private final String name;
  private final Path log;
  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader answers;

  /**
   * Starts a process and waits until its workload is built.
   *
   * @param name what it is called in messages
   * @param command the words that start it
   * @param environment variables beside those of this process
   * @param log where its error stream goes
   * @throws PeerException if it does not come up
   */
  PeerProcess(String name, List<String> command, Map<String, String> environment, Path log) {
    this.name = name;
    this.log = log;
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().putAll(environment);
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start the process of " + name, e);
    }
    commands = process.outputWriter(StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
    answer();
  }

  /** What the process is called. */
  String name() {
    return name;
  }

  /** Sends a command and gives the numbers of its answer. */
  double[] ask(String command) {
    try {
      commands.write(command);
      commands.newLine();
      commands.flush();
    } catch (IOException e) {
      throw failure("ended before '%s'".formatted(command), e);
    }
    return Arrays.stream(answer().strip().split("\\s+"))
        .filter(word -> !word.isEmpty())
        .mapToDouble(Double::parseDouble)
        .toArray();
  }

  private String answer() {
    try {
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        if (line.startsWith(PeerServer.MARK + "error ")) {
          throw failure(line.substring(PeerServer.MARK.length() + "error ".length()), null);
        }
        if (line.startsWith(PeerServer.MARK)) {
          return line.substring(PeerServer.MARK.length());
        }
      }
    } catch (IOException e) {
      throw failure("its answer could not be read", e);
    }
    throw failure("ended without an answer: " + lastLine(), null);
  }

  private String lastLine() {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
    } catch (IOException e) {
      return "its log cannot be read";
    }
  }

  private PeerException failure(String what, Exception cause) {
    process.destroy();
    return new PeerException("%s: %s (more in %s)".formatted(name, what, log), cause);
  }

  /** Ends the process; one that does not listen is killed. */
  @Override
  public void close() {
    try {
      commands.write("quit");
      commands.newLine();
      commands.flush();
    } catch (IOException e) {
      process.destroy(); // it ended before
    }
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
