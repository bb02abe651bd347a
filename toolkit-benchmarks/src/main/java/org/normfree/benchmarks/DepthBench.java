package org.normfree.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.normfree.benchmarks.family.VitShape;

/**
 * How a step's time and memory grow with depth, beside a straight line through them; and how long a
 * very deep network takes until its first step.
 */
final class DepthBench {
  private static final double MEBI = 1 << 20;
  private static final String BENCH = "depth";
  private static final String FIT = "line fit";
  private static final String METHOD = "pre-ln";
  private static final VitShape SHAPE = VitShape.VIT_64;

  private final Setting setting;
  private final Results results;
  private final Variant variant;

  DepthBench(Setting setting, Results results, Variant variant) {
    this.setting = setting;
    this.results = results;
    this.variant = variant;
  }

  /** Adds a row for time and one for memory at each depth; all depths are timed in turn. */
  void grow(List<Integer> depths) {
    Map<Integer, Peers> peers = new TreeMap<>();
    try {
      for (int depth : depths) {
        peers.put(
            depth, new Peers(setting, "depth " + depth, SHAPE.withDepth(METHOD, depth), only()));
        setting.say("depth %d: built", depth);
      }
      peers.values().removeIf(p -> p.variants().isEmpty());
      measure(peers);
    } finally {
      peers.values().forEach(Peers::close);
    }
  }

  private void measure(Map<Integer, Peers> peers) {
    Map<Integer, List<Double>> times = new TreeMap<>();
    for (int round = -setting.warmUp(); round < setting.rounds(); round++) {
      for (Map.Entry<Integer, Peers> entry : peers.entrySet()) {
        double nanos = entry.getValue().process(variant).ask("step 1")[0];
        if (round >= 0) {
          times.computeIfAbsent(entry.getKey(), d -> new ArrayList<>()).add(nanos / 1e6);
        }
      }
    }
    Map<Integer, Sample> milliseconds = new TreeMap<>();
    Map<Integer, Sample> mebibytes = new TreeMap<>();
    times.forEach(
        (depth, values) -> {
          milliseconds.put(
              depth, new Sample(values.stream().mapToDouble(Double::doubleValue).toArray()));
          mebibytes.put(
              depth, new Sample(peers.get(depth).process(variant).ask("memory")[0] / MEBI));
        });
    add("step at depth %d", "ms", milliseconds);
    add("resident memory at depth %d", "MiB", mebibytes);
  }

  private void add(String name, String unit, Map<Integer, Sample> samples) {
    if (samples.size() < 2) {
      return;
    }
    LineFit fit =
        LineFit.of(
            samples.keySet().stream().mapToDouble(Integer::doubleValue).toArray(),
            samples.values().stream().mapToDouble(Sample::median).toArray());
    samples.forEach(
        (depth, sample) -> {
          String title = String.format(Locale.ROOT, name, depth);
          double expected = fit.at(depth);
          setting.say(
              "%s: %.1f %s, %+.1f %% off the line",
              title, sample.median(), unit, 100 * (sample.median() / expected - 1));
          results.add(Row.of(BENCH, title, variant.title(), FIT, unit, sample, expected));
        });
  }

  /**
   * Adds rows for the seconds that a network takes from nothing to the end of its first forward and
   * backward pass.
   *
   * @param layers residual layers, two a block
   */
  void build(int layers) {
    try (Peers peers =
        new Peers(
            setting, "%s layers".formatted(layers), SHAPE.withDepth(METHOD, layers / 2), only())) {
      if (peers.variants().isEmpty()) {
        return;
      }
      PeerProcess process = peers.process(variant);
      process.ask("pass 1");
      double[] report = process.ask("report");
      String[] parts = {"build", "differentiate, compile and first pass"};
      for (int i = 0; i < parts.length; i++) {
        String name = "%s residual layers: %s".formatted(layers, parts[i]);
        setting.say("%s %.1f s", name, report[i]);
        results.add(
            Row.of(BENCH, name, variant.title(), variant.title(), "s", report[i], report[i]));
      }
    } catch (PeerException e) {
      setting.say("%d layers: not measured, %s", layers, e.getMessage());
    }
  }

  private List<Variant> only() {
    return List.of(variant);
  }
}
