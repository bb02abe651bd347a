package org.normfree.benchmarks;

import java.util.List;
import java.util.Map;
import org.normfree.benchmarks.peer.Workload;

/**
 * DyT and layer norm at one shape, forward and backward with every gradient, by the toolkit with
 * and without the Vector API, by ND4J's ops and by libtorch. Our DyT is also set beside our layer
 * norm, which it stands in for.
 */
final class OpsBench {
  private static final int CALLS = 10;

  /** α's gradient is a sum over everything, whose order differs most. */
  private static final double TOLERANCE = 1e-3;

  private static final String DYT = "dyt";
  private static final String LAYER_NORM = "layer-norm";

  private final Setting setting;
  private final Results results;

  OpsBench(Setting setting, Results results) {
    this.setting = setting;
    this.results = results;
  }

  /** Adds rows for both ops. */
  void run(List<Variant> variants, int rows, int width) {
    Workload.Op dyt = new Workload.Op(DYT, rows, width);
    Workload.Op norm = new Workload.Op(LAYER_NORM, rows, width);
    try (Peers ofDyt = new Peers(setting, DYT, dyt, variants);
        Peers ofNorm = new Peers(setting, LAYER_NORM, norm, variants)) {
      ofDyt.agree(1, TOLERANCE, TOLERANCE);
      ofNorm.agree(1, TOLERANCE, TOLERANCE);
      Map<Variant, Sample> dytTimes = ofDyt.time("pass", CALLS);
      Map<Variant, Sample> normTimes = ofNorm.time("pass", CALLS);
      add(name(dyt), dytTimes);
      add(name(norm), normTimes);
      dytTimes.forEach(
          (variant, sample) -> {
            if (variant != Variant.COMPILED && variant != Variant.COMPILED_SCALAR) {
              return;
            }
            Sample base = normTimes.get(variant);
            results.add(
                Row.of(
                    "ops",
                    name(dyt),
                    variant.title(),
                    variant.title() + " " + LAYER_NORM,
                    "ms",
                    sample,
                    base.median()));
          });
    } catch (PeerException e) {
      setting.say("ops: not timed, %s", e.getMessage());
    }
  }

  private void add(String name, Map<Variant, Sample> times) {
    times.forEach(
        (variant, sample) -> setting.say("%s: %s %.3f ms", name, variant.title(), sample.median()));
    Comparison.rows("ops", name, "ms", times).forEach(results::add);
  }

  private static String name(Workload.Op op) {
    return "%s %s×%s, forward and backward".formatted(op.op(), op.rows(), op.width());
  }
}
