package org.normfree.experiments.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;

/**
 * The file {@code provenance.json}: what ran, where and when. Never compared between runs.
 *
 * @param time when the run was started, UTC
 * @param version the toolkit's version
 * @param commit the checkout's commit, where the toolkit runs from one; else {@code "unknown"}
 * @param java version and vendor of the Java runtime
 * @param os operating system, its version and architecture
 * @param cpu the processor's name
 * @param cores processors the runtime may use
 * @param nd4j version of ND4J on the class path
 * @param threads native threads of the run; 0 for a sweep without such a key
 * @param configHash {@link Config#hash}
 * @param command the command's words
 * @param resumed a record each time the run was continued
 */
@JsonPropertyOrder({
  "time",
  "version",
  "commit",
  "java",
  "os",
  "cpu",
  "cores",
  "nd4j",
  "threads",
  "configHash",
  "command",
  "resumed"
})
public record Provenance(
    String time,
    String version,
    String commit,
    String java,
    String os,
    String cpu,
    int cores,
    String nd4j,
    int threads,
    String configHash,
    List<String> command,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Provenance> resumed) {
  /** Copies the lists; a file without resumptions has none. */
  public Provenance {
    command = List.copyOf(command);
    resumed = resumed == null ? List.of() : List.copyOf(resumed);
  }

  /**
   * Looks at the process and the machine, without touching ND4J.
   *
   * @param config the run's settings
   * @param command the command's words
   * @param clock tells the time
   */
  static Provenance of(Config config, List<String> command, Clock clock) {
    return new Provenance(
        Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString(),
        Build.version(),
        Build.commit(),
        "%s (%s)".formatted(Runtime.version(), System.getProperty("java.vendor")),
        "%s %s %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")),
        Build.cpu(),
        Runtime.getRuntime().availableProcessors(),
        Build.nd4jVersion(),
        config.has(Keys.THREADS) ? config.get(Keys.THREADS) : 0,
        config.hash(),
        command,
        List.of());
  }

  /** This record with a continuation added. */
  Provenance resumedBy(Provenance continuation) {
    List<Provenance> all = new ArrayList<>(resumed);
    all.add(continuation);
    return new Provenance(
        time, version, commit, java, os, cpu, cores, nd4j, threads, configHash, command, all);
  }
}
