package org.normfree.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.normfree.benchmarks.family.Families;
import org.normfree.benchmarks.peer.ArrayFile;
import org.normfree.benchmarks.peer.Workload;

/**
 * The processes that do one workload, each in its variant's way. They start from the same numbers,
 * must agree before they are timed, and are timed in turn: one works while the others wait for
 * their next command.
 */
final class Peers implements AutoCloseable {
  private static final double NANOS_PER_MILLI = 1e6;

  /** How many times the rounds of warm-up that were asked for there are at most. */
  private static final int MOST_TIMES = 8;

  /** How long warming up may take if that is more rounds than were asked for. */
  private static final long MOST_EXTRA_NANOS = 120_000_000_000L;

  private final Setting setting;
  private final String name;
  private final Map<Variant, PeerProcess> processes = new EnumMap<>(Variant.class);

  /**
   * Starts a process for each variant. One that does not come up is left out and told.
   *
   * @param name what the workload is called in messages
   */
  Peers(Setting setting, String name, Workload workload, List<Variant> variants) {
    this.setting = setting;
    this.name = name;
    Path arrays = null;
    try {
      arrays = Files.createTempFile("normfree-bench", ".arrays");
      ArrayFile.write(arrays, arrays(workload));
      for (Variant variant : variants) {
        start(variant, workload.word(), arrays);
      }
    } catch (IOException e) {
      close();
      throw new UncheckedIOException("cannot write the initial numbers of " + name, e);
    } finally {
      delete(arrays);
    }
  }

  private static Map<String, ArrayFile.Array> arrays(Workload workload) {
    if (workload instanceof Workload.Training training) {
      return Families.arrays(training);
    }
    return workload instanceof Workload.Sequence sequence
        ? SequencePeer.arrays(sequence)
        : OpPeer.arrays((Workload.Op) workload);
  }

  private void start(Variant variant, String workload, Path arrays) {
    try {
      Path jar =
          variant.needsLibTorch() ? setting.libTorch().jar(setting.log("libtorch-build")) : null;
      processes.put(
          variant,
          new PeerProcess(
              variant.title(),
              variant.command(workload, arrays, setting.threads(), jar),
              setting.environment(variant),
              setting.log(name + "-" + variant.title())));
    } catch (PeerException e) {
      setting.say("%s: left out, %s", variant.title(), e.getMessage());
    }
  }

  private static void delete(Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        file.toFile().deleteOnExit();
      }
    }
  }

  /** The variants whose processes run. */
  List<Variant> variants() {
    return new ArrayList<>(processes.keySet());
  }

  /** A running variant's process. */
  PeerProcess process(Variant variant) {
    return processes.get(variant);
  }

  /**
   * Compares what the peers compute; timing what disagrees would be of no use.
   *
   * @param steps how many steps
   * @param tolerance the largest relative difference, of float32 variants
   * @param coarse the largest relative difference, of bfloat16 ones
   * @return the largest relative difference of float32 variants
   * @throws PeerException if peers disagree
   */
  double agree(int steps, double tolerance, double coarse) {
    double worst = 0;
    double[] reference = null;
    Variant first = null;
    List<Variant> order = variants();
    // the reference is another library's, where there is one
    order.sort((a, b) -> Boolean.compare(b.needsLibTorch(), a.needsLibTorch()));
    for (Variant variant : order) {
      double[] numbers = processes.get(variant).ask("check " + steps);
      if (reference == null) {
        reference = numbers;
        first = variant;
        continue;
      }
      double difference = difference(reference, numbers);
      boolean bf16 = variant == Variant.COMPILED_BF16;
      if (!(difference <= (bf16 ? coarse : tolerance))) {
        throw new PeerException(
            "%s: %s and %s disagree, so they are not timed: %s against %s"
                .formatted(
                    name,
                    variant.title(),
                    first.title(),
                    Arrays.toString(numbers),
                    Arrays.toString(reference)),
            null);
      }
      worst = bf16 ? worst : Math.max(worst, difference);
    }
    setting.say(
        "%s: %s agree within %.1e over %s",
        name,
        String.join(", ", order.stream().map(Variant::title).toList()),
        worst,
        Arrays.toString(reference));
    return worst;
  }

  private static double difference(double[] reference, double[] numbers) {
    if (reference.length != numbers.length) {
      return Double.NaN;
    }
    double worst = 0;
    for (int i = 0; i < numbers.length; i++) {
      double relative = Math.abs(numbers[i] - reference[i]) / Math.abs(reference[i]);
      worst = relative <= worst ? worst : relative; // keeps NaN
    }
    return worst;
  }

  /**
   * Times a command by all variants in turn, another one first in every round, once their times no
   * longer fall.
   *
   * @param command {@code step} or {@code pass}
   * @param calls calls a turn; the turn counts as their median
   * @return milliseconds of a call by each variant
   */
  Map<Variant, Sample> time(String command, int calls) {
    int warm = warmUp(command, calls);
    Map<Variant, double[]> times = new EnumMap<>(Variant.class);
    variants().forEach(variant -> times.put(variant, new double[setting.rounds()]));
    for (int round = 0; round < setting.rounds(); round++) {
      Map<Variant, Double> found = round(command, calls, warm + round);
      for (Map.Entry<Variant, Double> turn : found.entrySet()) {
        times.get(turn.getKey())[round] = turn.getValue();
      }
    }
    Map<Variant, Sample> samples = new EnumMap<>(Variant.class);
    times.forEach((variant, values) -> samples.put(variant, new Sample(values)));
    return samples;
  }

  /** As many rounds as were asked for, and more until times have settled; tells how many. */
  private int warmUp(String command, int calls) {
    Map<Variant, List<Double>> times = new EnumMap<>(Variant.class);
    variants().forEach(variant -> times.put(variant, new ArrayList<>()));
    int least = setting.warmUp();
    long end = System.nanoTime() + MOST_EXTRA_NANOS;
    boolean settled = least == 0;
    int rounds = 0;
    while (rounds < least || (!settled && rounds < MOST_TIMES * least && System.nanoTime() < end)) {
      round(command, calls, rounds).forEach((variant, millis) -> times.get(variant).add(millis));
      rounds++;
      settled = times.values().stream().allMatch(Settling::settled);
    }
    setting.say(
        "%s: %s after %d rounds of warm-up by '%s'",
        name, settled ? "times no longer fall" : "times may still fall", rounds, command);
    return rounds;
  }

  /** One turn of each variant: milliseconds of a call. */
  private Map<Variant, Double> round(String command, int calls, int round) {
    List<Variant> order = variants();
    Map<Variant, Double> times = new EnumMap<>(Variant.class);
    for (int turn = 0; turn < order.size(); turn++) {
      Variant variant = order.get((round + turn) % order.size());
      double[] nanos = processes.get(variant).ask(command + " " + calls);
      times.put(variant, new Sample(nanos).median() / NANOS_PER_MILLI);
    }
    return times;
  }

  @Override
  public void close() {
    processes.values().forEach(PeerProcess::close);
  }
}
