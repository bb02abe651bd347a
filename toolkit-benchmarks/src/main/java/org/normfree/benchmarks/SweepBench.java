package org.normfree.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * Trainings an hour of a sweep. Every side has the same number of cores, which it may divide among
 * processes that each do one training after the other; all divisions of all sides are timed in
 * turn, and the best of one is compared with the best of another.
 */
final class SweepBench {
  private static final String BENCH = "sweep";
  private static final String UNIT = "trainings an hour";
  private static final double NANOS_AN_HOUR = 3600e9;

  private final Setting setting;
  private final Results results;
  private final int steps;

  /**
   * @param setting its threads are those that a side's processes have together
   * @param steps of a training
   */
  SweepBench(Setting setting, Results results, int steps) {
    this.setting = setting;
    this.results = results;
    this.steps = steps;
  }

  /** How a side divides its cores. */
  private record Division(Variant variant, int processes, int threads) {
    String title() {
      return "%s, %s × %s".formatted(variant.title(), processes, threads);
    }
  }

  /** Processes that train side by side. */
  private record Group(List<Peers> peers, Variant variant) {
    boolean isComplete() {
      return peers.stream().noneMatch(p -> p.variants().isEmpty());
    }

    /** Nanoseconds until each of them has done a training. */
    double train(int steps, ExecutorService pool) {
      long start = System.nanoTime();
      List<CompletableFuture<double[]>> all =
          peers.stream()
              .map(p -> p.process(variant))
              .map(p -> CompletableFuture.supplyAsync(() -> p.ask("train " + steps), pool))
              .toList();
      all.forEach(CompletableFuture::join);
      return System.nanoTime() - start;
    }
  }

  /**
   * Adds a row for every division of every side.
   *
   * @param variants the sides; the last of them is what they are compared with
   */
  void run(List<StepCase> cases, List<Variant> variants) {
    for (StepCase one : cases) {
      try {
        compare(one, one.fit(variants));
      } catch (PeerException e) {
        setting.say("%s: not timed, %s", one.name(), e.getMessage());
      }
    }
  }

  private void compare(StepCase one, List<Variant> variants) {
    List<Variant> sides;
    try (Peers peers = new Peers(setting, one.name(), one.workload(), variants)) {
      sides = variants.stream().filter(peers.variants()::contains).toList();
      if (sides.isEmpty()) {
        return; // it said why
      }
      peers.agree(StepBench.CHECKED_STEPS, one.family().tolerance(), StepBench.COARSE);
    }
    Map<Division, Group> groups = new LinkedHashMap<>();
    ExecutorService pool = Executors.newFixedThreadPool(setting.threads());
    try {
      for (Variant variant : sides) {
        for (Division division : divisions(variant)) {
          Group group = start(one, division);
          groups.put(division, group);
          if (!group.isComplete()) {
            return; // it said why
          }
        }
      }
      add(one, time(one, groups, pool));
    } finally {
      pool.shutdown();
      groups.values().forEach(group -> group.peers().forEach(Peers::close));
    }
  }

  private List<Division> divisions(Variant variant) {
    return IntStream.rangeClosed(1, setting.threads())
        .filter(processes -> setting.threads() % processes == 0)
        .mapToObj(processes -> new Division(variant, processes, setting.threads() / processes))
        .toList();
  }

  private Group start(StepCase one, Division division) {
    Setting own = setting.withThreads(division.threads());
    List<Peers> started = new ArrayList<>();
    for (int i = 1; i <= division.processes(); i++) {
      String name = "%s, %s, process %s".formatted(one.name(), division.title(), i);
      started.add(new Peers(own, name, one.workload(), List.of(division.variant())));
    }
    return new Group(started, division.variant());
  }

  /** Trainings an hour in every round. */
  private Map<Division, Sample> time(
      StepCase one, Map<Division, Group> groups, ExecutorService pool) {
    Map<Division, List<Double>> rates = new LinkedHashMap<>();
    List<Division> order = new ArrayList<>(groups.keySet());
    int all = setting.warmUp() + setting.rounds();
    for (int round = 0; round < all; round++) {
      for (int turn = 0; turn < order.size(); turn++) {
        Division division = order.get((round + turn) % order.size());
        double nanos = groups.get(division).train(steps, pool);
        if (round >= setting.warmUp()) {
          rates
              .computeIfAbsent(division, d -> new ArrayList<>())
              .add(division.processes() * NANOS_AN_HOUR / nanos);
        }
      }
      setting.say("%s: %d of %d rounds", one.name(), round + 1, all);
    }
    Map<Division, Sample> samples = new LinkedHashMap<>();
    for (Division division : order) {
      List<Double> values = rates.get(division);
      samples.put(division, new Sample(values.stream().mapToDouble(Double::doubleValue).toArray()));
    }
    return samples;
  }

  private void add(StepCase one, Map<Division, Sample> rates) {
    Variant last = rates.keySet().stream().reduce((a, b) -> b).orElseThrow().variant();
    Division base =
        rates.keySet().stream()
            .filter(division -> division.variant() == last)
            .max(Comparator.comparingDouble(division -> rates.get(division).median()))
            .orElseThrow();
    rates.forEach(
        (division, rate) -> {
          Row row =
              Row.of(
                  BENCH,
                  one.name(),
                  division.title(),
                  base.title(),
                  UNIT,
                  rate,
                  rates.get(base).median());
          setting.say(
              "%s: %s, %.0f %s, %.2f of %s",
              one.name(), division.title(), row.median(), UNIT, row.ratio(), base.title());
          results.add(row);
        });
  }
}
