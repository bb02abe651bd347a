package org.normfree.experiments.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.normfree.core.task.Team;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Keys;

/**
 * The file {@code provenance.json}: what ran, where and when. Never compared between runs; what an
 * older toolkit did not write is missing.
 *
 * @param time when the run was started, UTC
 * @param end when it was finished, UTC; null before
 * @param version the toolkit's version
 * @param commit the checkout's commit, where the toolkit runs from one; else {@code "unknown"}
 * @param dirty whether the checkout's sources had changes that are in no commit; null if unknown
 * @param java version and vendor of the Java runtime
 * @param jvmFlags the options Java was started with
 * @param os operating system, its version and architecture
 * @param cpu the processor's model
 * @param vectorBits width of the processor's vectors; 0 if unknown
 * @param cores processors the runtime may use
 * @param nd4j version of ND4J on the class path
 * @param natives versions of the native libraries on the class path
 * @param vectorApi whether Java was started with the Vector API; null if unknown
 * @param kernels what computed the ops, first choice first; empty before the end, and for runs that
 *     do not choose
 * @param threads native threads of the run; 0 for a sweep without such a key
 * @param configHash {@link Config#hash}
 * @param dataHash of what was read to train on, wherever it lay; null before the end, and without
 *     data
 * @param command the command's words
 * @param resumed a record each time the run was continued
 */
@JsonPropertyOrder({
  "time",
  "end",
  "version",
  "commit",
  "dirty",
  "java",
  "jvmFlags",
  "os",
  "cpu",
  "vectorBits",
  "cores",
  "nd4j",
  "natives",
  "vectorApi",
  "kernels",
  "threads",
  "configHash",
  "dataHash",
  "command",
  "resumed"
})
public record Provenance(
    String time,
    @JsonInclude(JsonInclude.Include.NON_NULL) String end,
    String version,
    String commit,
    @JsonInclude(JsonInclude.Include.NON_NULL) Boolean dirty,
    String java,
    List<String> jvmFlags,
    String os,
    String cpu,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int vectorBits,
    int cores,
    String nd4j,
    SortedMap<String, String> natives,
    @JsonInclude(JsonInclude.Include.NON_NULL) Boolean vectorApi,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> kernels,
    int threads,
    String configHash,
    @JsonInclude(JsonInclude.Include.NON_NULL) String dataHash,
    List<String> command,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Provenance> resumed) {
  /** The launcher's word on where progress is shown, which no number depends on. */
  private static final String TERMINAL = "-Dtoolkit.terminal=";

  /** Copies the lists; what a file lacks is empty. */
  public Provenance {
    jvmFlags = jvmFlags == null ? List.of() : List.copyOf(jvmFlags);
    natives = Collections.unmodifiableSortedMap(natives == null ? new TreeMap<>() : natives);
    kernels = kernels == null ? List.of() : List.copyOf(kernels);
    command = command == null ? List.of() : List.copyOf(command);
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
        time(clock),
        null,
        Build.version(),
        Build.commit(),
        Build.isDirty().orElse(null),
        "%s (%s)".formatted(Runtime.version(), System.getProperty("java.vendor")),
        ManagementFactory.getRuntimeMXBean().getInputArguments(),
        "%s %s %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")),
        Machine.cpu(),
        Machine.vectorBits(),
        Runtime.getRuntime().availableProcessors(),
        Build.nd4jVersion(),
        Build.natives(),
        Machine.hasVectorApi(),
        List.of(),
        config.has(Keys.THREADS) ? config.get(Keys.THREADS).orElse(Team.size()) : 0,
        config.hash(),
        null,
        command,
        List.of());
  }

  /** This record with a continuation added. */
  Provenance resumedBy(Provenance continuation) {
    List<Provenance> all = new ArrayList<>(resumed);
    all.add(continuation);
    return with(null, kernels, dataHash, all);
  }

  /**
   * This record with what is known at the run's end.
   *
   * @param clock tells the time
   * @param used what computed the ops; empty if the run did not choose
   * @param data what it was trained on; null if on nothing
   */
  Provenance endedAt(Clock clock, List<String> used, String data) {
    return with(time(clock), used, data, resumed);
  }

  private Provenance with(
      String newEnd, List<String> newKernels, String newData, List<Provenance> newResumed) {
    return new Provenance(
        time,
        newEnd,
        version,
        commit,
        dirty,
        java,
        jvmFlags,
        os,
        cpu,
        vectorBits,
        cores,
        nd4j,
        natives,
        vectorApi,
        newKernels,
        threads,
        configHash,
        newData,
        command,
        newResumed);
  }

  private static String time(Clock clock) {
    return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /**
   * Compares what a run's numbers may depend on besides its settings.
   *
   * @param then the provenance of an earlier run
   * @return a line on each thing that is not as it was, and one on those that were not recorded
   *     then; empty if all were and are the same
   */
  public List<String> differencesFrom(Provenance then) {
    Map<String, String> here = environment();
    Map<String, String> there = then.environment();
    List<String> differences = new ArrayList<>();
    here.forEach(
        (what, value) -> {
          String before = there.get(what);
          if (before != null && !before.equals(value)) {
            differences.add("%s: %s, it was %s".formatted(what, value, before));
          }
        });
    if (Boolean.TRUE.equals(dirty)
        && Boolean.TRUE.equals(then.dirty)
        && Objects.equals(commit, then.commit)) {
      differences.add("commit: with changes that are in no commit, now and then; they may differ");
    }
    String missing =
        here.keySet().stream()
            .filter(what -> !there.containsKey(what))
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      differences.add("not recorded then: " + missing);
    }
    return differences;
  }

  /** In words, without what is unknown. */
  private Map<String, String> environment() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("toolkit", version);
    all.put("commit", Boolean.TRUE.equals(dirty) ? commit + " with changes" : commit);
    all.put("Java", java);
    all.put("Java's options", options());
    all.put("system", os);
    all.put("processor", cpu);
    all.put("vectors", vectorBits == 0 ? null : vectorBits + " bits");
    all.put("ND4J", nd4j);
    all.put(
        "native libraries",
        natives.isEmpty()
            ? null
            : natives.entrySet().stream()
                .map(library -> library.getKey() + " " + library.getValue())
                .collect(Collectors.joining(", ")));
    all.put("Vector API", vectorApi == null ? null : vectorApi ? "on" : "off");
    all.put("kernels", kernels.isEmpty() ? null : String.join(", ", kernels));
    all.put("data", dataHash);
    all.values().removeIf(Objects::isNull);
    return all;
  }

  /** Those that numbers may depend on; null in the file of a toolkit that wrote none. */
  private String options() {
    if (natives.isEmpty()) { // they came into the file together
      return null;
    }
    String flags =
        jvmFlags.stream()
            .filter(flag -> !flag.startsWith(TERMINAL))
            .collect(Collectors.joining(" "));
    return flags.isEmpty() ? "none" : flags;
  }
}
