package org.normfree.experiments.launch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.normfree.core.data.text.Bleu;
import org.normfree.core.record.ClaimResult;
import org.normfree.core.record.Difference;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trained;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Readings;
import org.normfree.experiments.api.Readings.Reading;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.api.Where;
import org.normfree.experiments.run.TestItems;
import org.normfree.experiments.statistics.Estimate;
import org.normfree.experiments.statistics.Estimates;
import org.normfree.experiments.statistics.Gauge;
import org.normfree.experiments.statistics.Interval;
import org.normfree.experiments.statistics.Published;
import org.normfree.experiments.statistics.Tests;
import org.normfree.experiments.sweep.TrialResult;

/** Makes an experiment's summary from its runs by its design: rows, comparisons, verdicts. */
public final class Summaries {
  private final Design design;
  private final Runs runs;
  private final Readings readings;
  private final Function<TrialResult, Optional<TestItems>> items;

  private final Map<TrialResult, Optional<TestItems>> itemsRead = new HashMap<>();

  private Summaries(Design design, Runs runs, Function<TrialResult, Optional<TestItems>> items) {
    this.design = design;
    this.runs = runs;
    this.readings = new Readings(design, runs.results());
    this.items = items;
  }

  /**
   * @param experiment the experiment's name
   * @param design what it declared
   * @param runs what its runs came to
   * @param items reads what a run got right of each test item
   * @param occasion why it was run
   * @return its summary
   */
  public static Summary of(
      String experiment,
      Design design,
      Runs runs,
      Function<TrialResult, Optional<TestItems>> items,
      Occasion occasion) {
    Summaries summaries = new Summaries(design, runs, items);
    List<SummaryRow> rows = new ArrayList<>();
    design.metrics().forEach(metric -> rows.addAll(summaries.rows(metric)));
    List<ClaimResult> claims =
        design.claims().stream().map(claim -> claim.judge(summaries.readings)).toList();
    return new Summary(
        experiment,
        design.question(),
        occasion.preset().map(preset -> preset.name().toLowerCase(Locale.ROOT)).orElse(null),
        occasion.smokeTest().orElse(null),
        design.metrics(),
        design.baseline().orElse(null),
        design.axes(),
        design.figures(),
        claims,
        rows);
  }

  private List<SummaryRow> rows(Metric metric) {
    if (metric.name().equals(Design.TRAINED_SHARE)) {
      return shares();
    }
    Map<Where, List<Reading>> all = readings.rows(metric.name());
    Map<Where, Difference> differences = differences(metric, all);
    List<SummaryRow> rows = new ArrayList<>();
    all.forEach((where, of) -> rows.add(row(metric, where, of, differences.get(where))));
    return rows;
  }

  private SummaryRow row(Metric metric, Where where, List<Reading> of, Difference difference) {
    List<Double> values = new ArrayList<>();
    of.forEach(reading -> values.add(reading.value().orElse(null)));
    Optional<Estimate> mean =
        Estimates.mean(Gauge.of(metric), values.stream().filter(Objects::nonNull).toList());
    Optional<Published.Entry> printed = design.published().beside(metric.name(), where);
    return new SummaryRow(
        where.method(),
        where.setting(),
        metric.name(),
        mean.map(Estimate::value).orElse(null),
        mean.flatMap(Estimate::interval).map(Interval::ends).orElse(null),
        mean.map(Estimate::n).orElse(0),
        of.stream().map(reading -> reading.run().trial().seed()).toList(),
        values,
        (int) of.stream().filter(reading -> !reading.run().done()).count(),
        trained(metric, of).orElse(null),
        difference,
        printed.map(Published.Entry::value).orElse(null),
        printed.map(Published.Entry::source).orElse(null),
        runs.atEdge(where));
  }

  /** Empty where all trained: then the mean says it all. */
  private Optional<Trained> trained(Metric metric, List<Reading> of) {
    List<Reading> members = of.stream().filter(reading -> readings.trained(reading.run())).toList();
    if (members.size() == of.size()) {
      return Optional.empty();
    }
    List<Double> values = members.stream().flatMap(reading -> reading.value().stream()).toList();
    return Optional.of(
        new Trained(
            members.size(),
            of.size(),
            Estimates.wilson(members.size(), of.size()).map(Interval::ends).orElse(null),
            Estimates.mean(Gauge.of(metric), values).map(Estimate::value).orElse(null)));
  }

  /** A row a method and setting: how many of a hundred runs train. */
  private List<SummaryRow> shares() {
    List<SummaryRow> rows = new ArrayList<>();
    readings
        .groups()
        .forEach(
            (where, of) -> {
              int trained = (int) of.stream().filter(readings::trained).count();
              rows.add(
                  new SummaryRow(
                      where.method(),
                      where.setting(),
                      Design.TRAINED_SHARE,
                      100.0 * trained / of.size(),
                      Estimates.wilson(trained, of.size()).map(Interval::ends).orElse(null),
                      of.size(),
                      of.stream().map(run -> run.trial().seed()).toList(),
                      of.stream().map(run -> readings.trained(run) ? 100.0 : 0.0).toList(),
                      (int) of.stream().filter(run -> !run.done()).count(),
                      null,
                      null,
                      null,
                      null,
                      false));
            });
    return rows;
  }

  /** Every row against the baseline at its conditions, Holm's correction over all of the metric. */
  private Map<Where, Difference> differences(Metric metric, Map<Where, List<Reading>> rows) {
    Gauge gauge = Gauge.of(metric);
    Map<Where, Difference> raw = new LinkedHashMap<>();
    rows.forEach(
        (where, of) ->
            design
                .baselineOf(where)
                .filter(base -> !design.matches(base, where))
                .ifPresent(
                    base ->
                        difference(gauge, metric, where, base).ifPresent(d -> raw.put(where, d))));
    List<Where> tested = raw.keySet().stream().filter(where -> raw.get(where).p() != null).toList();
    List<Double> holm = Tests.holm(tested.stream().map(where -> raw.get(where).p()).toList());
    for (int i = 0; i < tested.size(); i++) {
      Difference d = raw.get(tested.get(i));
      raw.put(
          tested.get(i),
          new Difference(
              d.estimate(), d.interval(), d.n(), d.p(), holm.get(i), d.pPermutation(), d.items()));
    }
    return raw;
  }

  private Optional<Difference> difference(Gauge gauge, Metric metric, Where where, Where base) {
    Map<Long, Double> group = readings.bySeed(metric, where);
    Map<Long, Double> baseline = readings.bySeed(metric, base);
    return Estimates.difference(gauge, group, baseline)
        .map(
            estimate ->
                new Difference(
                    estimate.value(),
                    estimate.interval().map(Interval::ends).orElse(null),
                    estimate.n(),
                    Tests.paired(gauge, group, baseline).orElse(null),
                    null,
                    estimate.n() < Estimate.FEWEST
                        ? null
                        : Tests.permutation(gauge, group, baseline).orElse(null),
                    overItems(metric, where, base).map(Interval::ends).orElse(null)));
  }

  private Optional<Interval> overItems(Metric metric, Where where, Where base) {
    if (metric.name().equals(TestItems.BLEU)) {
      return Tests.overSeedsAndItems(
          sentences(where),
          sentences(base),
          drawn -> drawn.stream().reduce(Bleu.Statistics.NONE, Bleu.Statistics::plus).score());
    }
    Optional<double[]> group = meanItems(metric, where);
    Optional<double[]> baseline = meanItems(metric, base);
    return group.isPresent() && baseline.isPresent()
        ? Tests.overItems(group.get(), baseline.get())
        : Optional.empty();
  }

  /** The runs of a group that ended well. */
  private List<TrialResult> members(Where where) {
    return readings.runs().stream()
        .filter(run -> run.done() && design.matches(where, Where.of(run)))
        .toList();
  }

  private Optional<TestItems> itemsOf(TrialResult run) {
    return itemsRead.computeIfAbsent(run, items);
  }

  /** By seed what is known of each sentence that a group's runs translated. */
  private Map<Long, List<Bleu.Statistics>> sentences(Where where) {
    Map<Long, List<Bleu.Statistics>> found = new LinkedHashMap<>();
    for (TrialResult run : members(where)) {
      itemsOf(run)
          .map(own -> own.sentences().get())
          .filter(sentences -> !sentences.isEmpty())
          .ifPresent(sentences -> found.put(run.trial().seed(), sentences));
    }
    return found;
  }

  /** Of every test item the mean over a group's runs; empty if one did not record them. */
  private Optional<double[]> meanItems(Metric metric, Where where) {
    List<TrialResult> members = members(where);
    double[] sum = null;
    for (TrialResult run : members) {
      double[] own = itemsOf(run).map(i -> i.values().get(metric.name())).orElse(null);
      if (own == null || (sum != null && sum.length != own.length)) {
        return Optional.empty();
      }
      sum = sum == null ? new double[own.length] : sum;
      for (int i = 0; i < own.length; i++) {
        sum[i] += own[i];
      }
    }
    if (sum == null) {
      return Optional.empty();
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= members.size();
    }
    return Optional.of(sum);
  }
}
