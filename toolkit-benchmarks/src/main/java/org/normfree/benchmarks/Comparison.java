package org.normfree.benchmarks;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns the times of variants into rows: every one of ours beside every baseline. */
final class Comparison {
  private static final Set<Variant> BASELINES =
      EnumSet.of(Variant.LIBTORCH, Variant.STOCK, Variant.SAMEDIFF, Variant.COMPILED_ONEDNN);

  private Comparison() {}

  static List<Row> rows(String bench, String name, String unit, Map<Variant, Sample> times) {
    List<Row> rows = new ArrayList<>();
    times.forEach(
        (variant, sample) -> {
          if (BASELINES.contains(variant)) {
            rows.add(row(bench, name, unit, variant, sample, variant, sample));
            return;
          }
          List<Variant> peers = times.keySet().stream().filter(BASELINES::contains).toList();
          peers.forEach(
              peer -> rows.add(row(bench, name, unit, variant, sample, peer, times.get(peer))));
          if (peers.isEmpty()) {
            rows.add(row(bench, name, unit, variant, sample, variant, sample));
          }
        });
    return rows;
  }

  private static Row row(
      String bench,
      String name,
      String unit,
      Variant ours,
      Sample sample,
      Variant peer,
      Sample base) {
    return Row.of(bench, name, ours.title(), peer.title(), unit, sample, base.median());
  }
}
