package org.normfree.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.normfree.benchmarks.peer.Workload;

/**
 * Ops on sequences, forward and backward with every gradient: their time and the memory of their
 * processes at each length, by the toolkit beside libtorch; and our time beside the line through
 * the origin that the shortest length gives.
 */
final class SequenceBench {
  private static final double TOLERANCE = 1e-3;
  private static final double MEBI = 1 << 20;
  private static final double GIGA = 1e9;

  /** Arrays of [batch, length, channels, states] that a scan of single ops holds at its end. */
  private static final double SINGLE_OPS = 6;

  private final String bench;
  private final Setting setting;
  private final Results results;
  private final List<Variant> variants;

  /**
   * @param bench what rows are called
   */
  SequenceBench(String bench, Setting setting, Results results, List<Variant> variants) {
    this.bench = bench;
    this.setting = setting;
    this.results = results;
    this.variants = variants;
  }

  /** Adds rows for an op at several lengths. */
  void run(List<Workload.Sequence> ofLengths) {
    Map<Integer, Sample> ours = new TreeMap<>();
    for (Workload.Sequence op : ofLengths) {
      try (Peers peers = new Peers(setting, name(op), op, fit(op))) {
        peers.agree(1, TOLERANCE, TOLERANCE);
        Map<Variant, Sample> times = peers.time("pass", 1);
        times.forEach(
            (variant, sample) ->
                setting.say("%s: %s %.2f ms", name(op), variant.title(), sample.median()));
        Comparison.rows(bench, name(op), "ms", times).forEach(results::add);
        addMemory(op, peers);
        if (times.containsKey(Variant.COMPILED)) {
          Sample sample = times.get(Variant.COMPILED);
          ours.put(op.length(), sample);
          if (op.op().equals(Workload.Sequence.SCAN)) {
            addBound(op, sample);
          }
        }
      } catch (PeerException e) {
        setting.say("%s: not timed, %s", name(op), e.getMessage());
      }
    }
    addGrowth(ofLengths, ours);
  }

  /** The variants whose arrays the machine holds; what is left out is told. */
  private List<Variant> fit(Workload.Sequence op) {
    double free = physicalBytes() / 2;
    boolean scan = op.op().equals(Workload.Sequence.SCAN);
    double needed = SINGLE_OPS * Float.BYTES * elements(op) * (scan ? op.states() : 1);
    List<Variant> fitting = new ArrayList<>();
    for (Variant variant : variants) {
      boolean single = variant == Variant.LIBTORCH || variant == Variant.SAMEDIFF;
      if (single && needed > free) {
        setting.say(
            "%s: %s left out, its single ops keep about %.0f GB and half of the memory is %.0f",
            name(op), variant.title(), needed / GIGA, free / GIGA);
      } else {
        fitting.add(variant);
      }
    }
    return fitting;
  }

  private static double physicalBytes() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Double.POSITIVE_INFINITY;
  }

  private void addMemory(Workload.Sequence op, Peers peers) {
    Map<Variant, Sample> resident = new EnumMap<>(Variant.class);
    for (Variant variant : peers.variants()) {
      resident.put(variant, new Sample(peers.process(variant).ask("memory")[0] / MEBI));
      double[] planned = peers.process(variant).ask("report");
      if (planned.length > 0) {
        results.add(
            Row.of(
                bench,
                name(op) + ", inputs and arena",
                variant.title(),
                "inputs, output and gradients",
                "MiB",
                (inputBytes(op) + planned[0]) / MEBI,
                2 * inputBytes(op) / MEBI));
      }
    }
    Comparison.rows(bench, name(op) + ", resident", "MiB", resident).forEach(results::add);
  }

  /**
   * Forward and backward beside the exponentials alone: one an element and state forward, and one
   * more backward, where they are taken again because keeping them would take a multiple of the
   * memory.
   */
  private void addBound(Workload.Sequence op, Sample sample) {
    double millisecondsPerMillion = Limit.measured("exponentials", Variant.COMPILED, setting)[0];
    double bound = 2 * elements(op) * op.states() / 1e6 * millisecondsPerMillion;
    results.add(
        Row.of(
            bench,
            name(op),
            Variant.COMPILED.title(),
            "its exponentials alone, forward and backward",
            "ms",
            sample,
            bound));
    setting.say(
        "%s: its exponentials alone %.1f ms, %.0f %% of the time",
        name(op), bound, 100 * bound / sample.median());
  }

  private void addGrowth(List<Workload.Sequence> ofLengths, Map<Integer, Sample> ours) {
    if (ours.size() < 2) {
      return;
    }
    int shortest = ours.keySet().iterator().next();
    double eachPosition = ours.get(shortest).median() / shortest;
    for (Workload.Sequence op : ofLengths) {
      Sample sample = ours.get(op.length());
      if (sample != null) {
        results.add(
            Row.of(
                bench,
                name(op),
                Variant.COMPILED.title(),
                "its time a position at length " + shortest,
                "ms",
                sample,
                eachPosition * op.length()));
      }
    }
  }

  private static double elements(Workload.Sequence op) {
    return (double) op.batch() * op.length() * op.channels();
  }

  /**
   * Bytes of the inputs and of what the output is multiplied with; output and gradients have as
   * many.
   */
  private static double inputBytes(Workload.Sequence op) {
    double inputs =
        switch (op.op()) {
          case Workload.Sequence.SCAN ->
              3 * elements(op) + 2.0 * op.batch() * op.length() * op.states();
          case Workload.Sequence.CONVOLUTION -> elements(op) + (double) op.length() * op.channels();
          default -> 3 * elements(op);
        };
    return Float.BYTES * (inputs + elements(op));
  }

  private static String name(Workload.Sequence op) {
    String states =
        switch (op.op()) {
          case Workload.Sequence.SCAN -> ", N " + op.states();
          case Workload.Sequence.CONVOLUTION -> "";
          default -> " × " + op.states();
        };
    return String.format(
        Locale.ROOT, "%s [%d, %d, %d]%s", op.op(), op.batch(), op.length(), op.channels(), states);
  }
}
