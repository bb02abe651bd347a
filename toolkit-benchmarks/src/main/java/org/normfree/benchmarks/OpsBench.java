package org.normfree.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.normfree.benchmarks.peer.Workload;

/**
 * DyT and the norms at one shape, forward alone and forward and backward with every gradient, by
 * the toolkit with and without the Vector API, by ND4J's ops and by libtorch; how fast ours go over
 * memory, beside a copy of an array of that size by as many threads right before each; and our DyT
 * beside our layer norm, which it stands in for.
 */
final class OpsBench {
  private static final String BENCH = "ops";
  private static final int CALLS = 10;

  /** α's gradient is a sum over everything, whose order differs most. */
  private static final double TOLERANCE = 1e-3;

  private static final double MEGA = 1e6;
  private static final String RATE = "GB/s read and written";

  private final Setting setting;
  private final Results results;

  OpsBench(Setting setting, Results results) {
    this.setting = setting;
    this.results = results;
  }

  /** Adds rows for all ops. */
  void run(List<Variant> variants, int rows, int width) {
    Map<String, Map<Variant, Sample>> passes = new LinkedHashMap<>();
    for (String name : Workload.Op.NAMES) {
      try {
        passes.put(name, op(variants, new Workload.Op(name, rows, width)));
      } catch (PeerException e) {
        setting.say("%s: not timed, %s", name, e.getMessage());
      }
    }
    besideLayerNorm("%s×%s".formatted(rows, width), passes);
  }

  /** Times an op; returns what forward and backward take. */
  private Map<Variant, Sample> op(List<Variant> variants, Workload.Op op) {
    Workload.Op copy = new Workload.Op(Workload.Op.COPY, op.rows(), op.width());
    try (Peers peers = new Peers(setting, op.op(), op, variants);
        Peers copies = new Peers(setting, copy.op(), copy, List.of(Variant.COMPILED))) {
      peers.agree(1, TOLERANCE, TOLERANCE);
      time(op, false, peers, copies);
      return time(op, true, peers, copies);
    }
  }

  private Map<Variant, Sample> time(Workload.Op op, boolean backward, Peers peers, Peers copies) {
    String name =
        "%s %s×%s, %s"
            .formatted(
                op.op(), op.rows(), op.width(), backward ? "forward and backward" : "forward");
    Sample copied = copies.time("forward", CALLS).get(Variant.COMPILED);
    double bandwidth =
        copied
            .under(new Workload.Op(Workload.Op.COPY, op.rows(), op.width()).bytes(false) / MEGA)
            .median();
    Map<Variant, Sample> times = peers.time(backward ? "pass" : "forward", CALLS);
    Comparison.rows(BENCH, name, "ms", times).forEach(results::add);
    times.forEach(
        (variant, sample) -> {
          Sample rate = sample.under(op.bytes(backward) / MEGA);
          setting.say(
              "%s: %s %.3f ms, %.1f GB/s, %.0f %% of the copy's %.0f",
              name,
              variant.title(),
              sample.median(),
              rate.median(),
              100 * rate.median() / bandwidth,
              bandwidth);
          results.add(Row.of(BENCH, name, variant.title(), "copy", RATE, rate, bandwidth));
        });
    return times;
  }

  private void besideLayerNorm(String shape, Map<String, Map<Variant, Sample>> passes) {
    Map<Variant, Sample> norm = passes.getOrDefault("layer-norm", Map.of());
    passes
        .getOrDefault("dyt", Map.of())
        .forEach(
            (variant, sample) -> {
              boolean ours = variant == Variant.COMPILED || variant == Variant.COMPILED_SCALAR;
              if (ours && norm.containsKey(variant)) {
                results.add(
                    Row.of(
                        BENCH,
                        "dyt %s, forward and backward".formatted(shape),
                        variant.title(),
                        variant.title() + " layer-norm",
                        "ms",
                        sample,
                        norm.get(variant).median()));
              }
            });
  }
}
