package org.normfree.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Training steps by one variant with several numbers of threads in turn, each beside the first of
 * them: a network is worth sharing where none takes longer.
 */
final class ThreadsBench {
  private final Setting setting;
  private final Results results;
  private final List<Integer> teams;

  /**
   * @param teams numbers of threads
   */
  ThreadsBench(Setting setting, Results results, List<Integer> teams) {
    this.setting = setting;
    this.results = results;
    this.teams = teams;
  }

  /** Adds rows for every network and variant. */
  void run(List<StepCase> cases, List<Variant> variants) {
    for (StepCase one : cases) {
      for (Variant variant : one.fit(variants)) {
        try {
          compare(one, variant);
        } catch (PeerException e) {
          setting.say("%s: not timed, %s", one.name(), e.getMessage());
        }
      }
    }
  }

  private void compare(StepCase one, Variant variant) {
    List<Peers> started = new ArrayList<>();
    Map<Integer, PeerProcess> sides = new LinkedHashMap<>();
    try {
      for (int threads : teams) {
        String name = "%s, threads %s".formatted(one.name(), threads);
        Setting own = setting.withThreads(threads);
        Peers peers = new Peers(own, name, one.workload(), List.of(variant));
        started.add(peers);
        if (peers.variants().isEmpty()) {
          return; // it said why
        }
        sides.put(threads, peers.process(variant));
      }
      Turns<Integer> turns = new Turns<>(setting, one.name(), sides);
      add(one.name(), variant, turns.time("step", StepBench.STEPS_A_TURN));
      String pass = one.name() + ", forward and backward";
      add(pass, variant, turns.time("pass", StepBench.STEPS_A_TURN));
    } finally {
      started.forEach(Peers::close);
    }
  }

  private void add(String name, Variant variant, Map<Integer, Sample> times) {
    int first = teams.get(0);
    double base = times.get(first).median();
    times.forEach(
        (threads, sample) -> {
          setting.say(
              "%s: %s, threads %d: %.3f ms (%.3f to %.3f), %.2f of threads %d",
              name,
              variant.title(),
              threads,
              sample.median(),
              sample.quantile(0.1),
              sample.quantile(0.9),
              sample.median() / base,
              first);
          String title = variant.title() + ", threads %s";
          results.add(
              Row.of(
                  "step",
                  name,
                  title.formatted(threads),
                  title.formatted(first),
                  "ms",
                  sample,
                  base));
        });
  }
}
