package org.normfree.experiments.study;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.api.Where;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.problem.ImageClassification;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.sweep.TrialResult;
import org.normfree.experiments.training.Problem;

/**
 * The same learning-rate search for everything that is compared. Each contender is trained once at
 * every rate of the grid with the first seed; while the best rate is the largest or smallest tried,
 * the next one beyond it is tried too, up to a number on either side. The rate with the best
 * validation accuracy, at a tie or without one the lower validation loss, is then trained with all
 * seeds.
 */
final class RateSearch {
  /** The axis of the rates that were found. */
  static final String AXIS = "lr";

  private static final Key<List<Double>> RATES =
      Key.decimals(
          "lr.grid",
          List.of(1e-3, 3e-3, 1e-2),
          Range.any().above(0),
          "learning rates each method is searched over");

  private static final Key<Integer> BEYOND =
      Key.integer(
          "lr.beyond",
          3,
          Range.any().atLeast(0),
          "rates tried beyond either end of the grid while the best one lies there");

  private final String experiment;
  private final Config config;
  private final RunDirectory directory;
  private final Problem.Kind kind;
  private final UnaryOperator<Config> searching;
  private final List<Contender> contenders = new ArrayList<>();

  /** What finds its rate, and the rates it has been given. */
  private record Contender(
      String method,
      Map<String, String> setting,
      UnaryOperator<Config> own,
      NavigableSet<Double> rates) {
    Map<String, String> at(double rate) {
      Map<String, String> all = new TreeMap<>(setting);
      all.put(AXIS, String.valueOf(rate));
      return all;
    }

    UnaryOperator<Config> run(double rate) {
      return run -> own.apply(run).with(Keys.LEARNING_RATE, rate);
    }

    boolean ran(TrialResult result) {
      return rate(result)
          .filter(
              rate ->
                  result.trial().method().equals(method)
                      && result.trial().setting().equals(at(rate)))
          .isPresent();
    }
  }

  /**
   * @param experiment the experiment's name
   * @param config its settings, with the {@link #keys}, seeds and jobs
   * @param directory its directory
   */
  RateSearch(String experiment, Config config, RunDirectory directory) {
    this(experiment, config, directory, ImageClassification.KIND, run -> run);
  }

  /**
   * A search over runs of any kind.
   *
   * @param kind what its runs learn; where they have no accuracy the loss decides
   * @param searching what a run that only searches does without
   */
  RateSearch(
      String experiment,
      Config config,
      RunDirectory directory,
      Problem.Kind kind,
      UnaryOperator<Config> searching) {
    this.kind = kind;
    this.searching = searching;
    this.experiment = experiment;
    this.config = config;
    this.directory = directory;
  }

  /** The keys of a search, which stand in the place of {@link Keys#LEARNING_RATE}. */
  static Key<?>[] keys() {
    return new Key<?>[] {RATES, BEYOND};
  }

  /** The keys of a search with another grid. */
  static Key<?>[] keys(Double... grid) {
    return new Key<?>[] {RATES.withDefault(List.of(grid)), BEYOND};
  }

  /**
   * Adds something that is to be trained at its own best rate.
   *
   * @param method its method
   * @param setting what sets it apart from other runs of the method
   * @param own takes the shared settings to its own
   * @return this search
   */
  RateSearch add(String method, Map<String, String> setting, UnaryOperator<Config> own) {
    contenders.add(new Contender(method, setting, own, new TreeSet<>(config.get(RATES))));
    return this;
  }

  /** Searches, then trains every contender with all seeds. */
  Runs run() {
    return run(new Study(experiment, config, directory, kind));
  }

  /**
   * Searches, then trains every contender with all seeds.
   *
   * @param others runs beside them that need no search
   */
  Runs run(Study others) {
    List<TrialResult> results = new ArrayList<>(search());
    Set<Where> edges = new HashSet<>();
    List<TrialResult> searched = List.copyOf(results);
    for (Contender contender : contenders) {
      double rate = best(searched, contender);
      if (beyond(contender.rates, rate).isPresent()) {
        edges.add(new Where(contender.method, contender.at(rate)));
      }
      others.add(contender.method, contender.at(rate), contender.run(rate));
    }
    results.addAll(others.run(experiment));
    return Runs.of(results).atEdge(edges);
  }

  private List<TrialResult> search() {
    List<TrialResult> searched = new ArrayList<>();
    Study study = new Study(experiment, config, directory, kind);
    for (Contender contender : contenders) {
      contender.rates.forEach(rate -> tried(study, contender, rate));
    }
    searched.addAll(study.run("learning-rate search"));
    for (int widened = 0; widened < config.get(BEYOND); widened++) {
      Study more = new Study(experiment, config, directory, kind);
      boolean any = false;
      for (Contender contender : contenders) {
        Optional<Double> next = beyond(contender.rates, best(searched, contender));
        if (next.isPresent()) {
          contender.rates.add(next.get());
          tried(more, contender, next.get());
          any = true;
        }
      }
      if (!any) {
        break;
      }
      searched.addAll(more.run("learning-rate search"));
    }
    return searched;
  }

  private void tried(Study study, Contender contender, double rate) {
    study.search(
        contender.method,
        contender.at(rate),
        run -> searching.apply(contender.run(rate).apply(run)));
  }

  /** The rate beyond the end of a grid at which the best one lies; empty if it lies within. */
  static Optional<Double> beyond(NavigableSet<Double> grid, double best) {
    if (grid.size() < 2) {
      return Optional.empty();
    }
    if (best == grid.last()) {
      return Optional.of(rounded(best * best / grid.lower(best)));
    }
    return best == grid.first()
        ? Optional.of(rounded(best * best / grid.higher(best)))
        : Optional.empty();
  }

  /** Two digits, so that names of runs are short and the same on every machine. */
  private static double rounded(double rate) {
    return new BigDecimal(rate).round(new MathContext(2, RoundingMode.HALF_EVEN)).doubleValue();
  }

  /** The rate of the best validation accuracy; the smallest rate if no run got to its end. */
  private static double best(List<TrialResult> searched, Contender contender) {
    return searched.stream()
        .filter(result -> result.done() && contender.ran(result))
        .max(
            Comparator.<TrialResult>comparingDouble(r -> value(r, "validation_accuracy"))
                .thenComparingDouble(r -> -value(r, "validation_loss")))
        .flatMap(RateSearch::rate)
        .orElseGet(contender.rates::first);
  }

  private static Optional<Double> rate(TrialResult result) {
    return Optional.ofNullable(result.trial().setting().get(AXIS)).map(Double::valueOf);
  }

  private static double value(TrialResult result, String metric) {
    return result.outcome().values().getOrDefault(metric, 0.0);
  }
}
