package org.normfree.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.normfree.benchmarks.peer.Workload;

/**
 * Resident memory over many steps, beside what it was when they began; and what a plan takes beside
 * a buffer of its own for every tensor.
 */
final class MemoryBench {
  private static final double MEBI = 1 << 20;
  private static final int SAMPLES = 40;

  private final Setting setting;
  private final Results results;

  MemoryBench(Setting setting, Results results) {
    this.setting = setting;
    this.results = results;
  }

  /**
   * Adds rows for a network.
   *
   * @param settling steps before the first look, in which compilers and caches fill
   * @param steps steps after it
   */
  void run(
      String name, Workload.Training workload, List<Variant> variants, int settling, int steps) {
    try (Peers peers = new Peers(setting, name, workload, variants)) {
      for (Variant variant : peers.variants()) {
        measure(name, variant, peers.process(variant), settling, steps);
      }
    } catch (PeerException e) {
      setting.say("%s: not measured, %s", name, e.getMessage());
    }
  }

  private void measure(String name, Variant variant, PeerProcess process, int settling, int steps) {
    process.ask("step " + settling);
    double start = process.ask("memory")[0] / MEBI;
    List<Double> looks = new ArrayList<>();
    for (int look = 0; look < SAMPLES; look++) {
      int share = steps * (look + 1) / SAMPLES - steps * look / SAMPLES;
      if (share > 0) {
        process.ask("step " + share);
        looks.add(process.ask("memory")[0] / MEBI);
      }
    }
    double end = looks.get(looks.size() - 1);
    Sample sample = new Sample(looks.stream().mapToDouble(Double::doubleValue).toArray());
    setting.say(
        "%s: %s %.0f MiB after %d steps, %.0f MiB after %d more (%+.1f %%; from %.0f to %.0f)",
        name,
        variant.title(),
        start,
        settling,
        end,
        steps,
        100 * (end / start - 1),
        sample.quantile(0),
        sample.quantile(1));
    results.add(
        new Row(
            "memory",
            "%s, resident over %s steps".formatted(name, steps),
            variant.title(),
            "its start",
            "MiB",
            sample.median(),
            sample.quantile(0.1),
            sample.quantile(0.9),
            end / start));
    double[] report = process.ask("report");
    if (report.length > NetworkPeer.SEPARATE_BYTES) {
      results.add(
          Row.of(
              "memory",
              name + ", planned arena",
              variant.title(),
              "a buffer a tensor",
              "MiB",
              report[NetworkPeer.PLANNED_BYTES] / MEBI,
              report[NetworkPeer.SEPARATE_BYTES] / MEBI));
    }
  }
}
