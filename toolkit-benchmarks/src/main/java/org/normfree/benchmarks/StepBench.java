package org.normfree.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Training steps by all variants, the whole step and forward and backward alone; and the share of
 * the machine's product peak that they reach.
 */
final class StepBench {
  /** Steps whose losses all sides must agree in. */
  static final int CHECKED_STEPS = 5;

  private static final double MEGA = 1e6;

  /** The largest relative difference of losses, of those that compute in bfloat16. */
  static final double COARSE = 3e-2;

  /** Training does step after step; a single one after a pause would be timed with cold caches. */
  static final int STEPS_A_TURN = 3;

  private final Setting setting;
  private final Results results;

  StepBench(Setting setting, Results results) {
    this.setting = setting;
    this.results = results;
  }

  /** Adds rows for every network. */
  void run(List<StepCase> cases, List<Variant> variants) {
    List<Row> own = new ArrayList<>();
    double peak = new RooflineBench(setting, results).peak();
    cases.forEach(one -> own.addAll(rows(one, one.fit(variants), peak)));
    own.forEach(results::add);
  }

  private List<Row> rows(StepCase one, List<Variant> variants, double peak) {
    String name = one.name();
    List<Row> rows = new ArrayList<>();
    try (Peers peers = new Peers(setting, name, one.workload(), variants)) {
      peers.agree(CHECKED_STEPS, one.family().tolerance(), COARSE);
      for (String command : List.of("step", "pass")) {
        Map<Variant, Sample> times = peers.time(command, STEPS_A_TURN);
        String part = command.equals("step") ? name : name + ", forward and backward";
        rows.addAll(Comparison.rows("step", part, "ms", times));
        times.forEach(
            (variant, sample) -> {
              Sample rate = sample.under(one.workload().flop() / MEGA);
              setting.say(
                  "%s: %s %.1f ms, %.0f GFLOP/s",
                  part, variant.title(), sample.median(), rate.median());
              rows.add(
                  Row.of("step", part, variant.title(), "product peak", "GFLOP/s", rate, peak));
            });
      }
    } catch (PeerException e) {
      setting.say("%s: not timed, %s", name, e.getMessage());
    }
    return rows;
  }
}
