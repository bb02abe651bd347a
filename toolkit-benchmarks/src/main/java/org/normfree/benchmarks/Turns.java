package org.normfree.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Processes that are timed in turn: one works while the others wait for their next command, another
 * one first in every round, once their times no longer fall.
 *
 * @param <K> what sets them apart
 */
final class Turns<K> {
  private static final double NANOS_PER_MILLI = 1e6;

  /** How many times the rounds of warm-up that were asked for there are at most. */
  private static final int MOST_TIMES = 8;

  /** How long warming up may take if that is more rounds than were asked for. */
  private static final long MOST_EXTRA_NANOS = 120_000_000_000L;

  private final Setting setting;
  private final String name;
  private final Map<K, PeerProcess> processes;

  /**
   * @param name what they do, in messages
   */
  Turns(Setting setting, String name, Map<K, PeerProcess> processes) {
    this.setting = setting;
    this.name = name;
    this.processes = processes;
  }

  /**
   * Times a command.
   *
   * @param command {@code step}, {@code pass} or {@code forward}
   * @param calls calls a turn; the turn counts as their median
   * @return milliseconds of a call by each process, in their order
   */
  Map<K, Sample> time(String command, int calls) {
    int warm = warmUp(command, calls);
    Map<K, List<Double>> times = new LinkedHashMap<>();
    processes.keySet().forEach(key -> times.put(key, new ArrayList<>()));
    for (int round = 0; round < setting.rounds(); round++) {
      round(command, calls, warm + round, times);
    }
    Map<K, Sample> samples = new LinkedHashMap<>();
    times.forEach(
        (key, values) ->
            samples.put(
                key, new Sample(values.stream().mapToDouble(Double::doubleValue).toArray())));
    return samples;
  }

  /** As many rounds as were asked for, and more until times have settled; tells how many. */
  private int warmUp(String command, int calls) {
    Map<K, List<Double>> times = new LinkedHashMap<>();
    processes.keySet().forEach(key -> times.put(key, new ArrayList<>()));
    int least = setting.warmUp();
    long end = System.nanoTime() + MOST_EXTRA_NANOS;
    boolean settled = least == 0;
    int rounds = 0;
    while (rounds < least || (!settled && rounds < MOST_TIMES * least && System.nanoTime() < end)) {
      round(command, calls, rounds, times);
      rounds++;
      settled = times.values().stream().allMatch(Settling::settled);
    }
    setting.say(
        "%s: %s after %d rounds of warm-up by '%s'",
        name, settled ? "times no longer fall" : "times may still fall", rounds, command);
    return rounds;
  }

  /** One turn of each process: adds milliseconds of a call. */
  private void round(String command, int calls, int round, Map<K, List<Double>> times) {
    List<K> order = new ArrayList<>(processes.keySet());
    for (int turn = 0; turn < order.size(); turn++) {
      K key = order.get((round + turn) % order.size());
      double[] nanos = processes.get(key).ask(command + " " + calls);
      times.get(key).add(new Sample(nanos).median() / NANOS_PER_MILLI);
    }
  }
}
