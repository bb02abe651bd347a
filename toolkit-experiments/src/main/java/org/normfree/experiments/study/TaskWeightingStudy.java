package org.normfree.experiments.study;

import static org.normfree.experiments.study.TaskMetrics.ACCURACY;
import static org.normfree.experiments.study.TaskMetrics.ERROR;
import static org.normfree.experiments.study.TaskMetrics.PARITY;
import static org.normfree.experiments.study.TaskMetrics.RISING;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.Better;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Scale;
import org.normfree.core.record.Trial;
import org.normfree.experiments.api.Claim;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Preset;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.api.Where;
import org.normfree.experiments.cli.Toolkit;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.problem.ImageTasks;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Interval;
import org.normfree.experiments.sweep.Sweep;
import org.normfree.experiments.sweep.SweepTrial;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code task-weighting}: what the rules for several losses are good for: a class, a parity and a
 * reconstruction learned by one small network at three scalings of the reconstruction's loss, by
 * every rule, beside networks of their own and beside the plain sum at a learning rate of its own.
 * Sources: kexue.fm/archives/8870 and 8896, and those of the rules.
 */
public final class TaskWeightingStudy implements Experiment {
  private static final String RULE = "rule";
  private static final String SCALE = "scale";
  private static final String EQUAL = "equal";
  private static final String SINGLE = "single-task";
  private static final String SEARCHED = "equal-searched";

  /** Nothing stands where a norm would. */
  private static final String METHOD = "identity-no-alpha";

  private static final List<Metric> TESTED = List.of(ACCURACY, PARITY, ERROR);

  private static final Metric DELTA =
      new Metric(
          "delta_single",
          "mean change of the test metrics to networks of their own",
          "%",
          Better.HIGHER,
          Scale.LINEAR,
          null,
          null);

  private static final Metric MOVE =
      Metric.number(
          "scale_move",
          "largest move of a test metric over the scalings, in deviations between seeds",
          "");

  /** Rules whose direction does not depend on the losses' scales. */
  private static final String[] UNMOVED = {
    "inverse-initial",
    "inverse-prior",
    "geometric-mean",
    "unit-gradients",
    "mgda-normalized",
    "nash",
    "imtl-g"
  };

  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry(EQUAL, "equal weights"),
          Map.entry(SEARCHED, "equal weights, rate searched"),
          Map.entry(SINGLE, "networks of their own"),
          Map.entry("inverse-initial", "1/initial loss"),
          Map.entry("inverse-prior", "1/prior loss"),
          Map.entry("geometric-mean", "geometric mean"),
          Map.entry("unit-gradients", "unit gradients"),
          Map.entry("mgda", "MGDA"),
          Map.entry("mgda-normalized", "MGDA, unit gradients"),
          Map.entry("pcgrad", "PCGrad"),
          Map.entry("cagrad", "CAGrad"),
          Map.entry("nash", "Nash-MTL"),
          Map.entry("imtl-g", "IMTL-G"),
          Map.entry("upgrad", "UPGrad"));

  private static final Key<List<String>> RULES =
      Key.choices(
          "rules",
          List.of(
              EQUAL,
              "inverse-initial",
              "inverse-prior",
              "geometric-mean",
              "unit-gradients",
              "mgda",
              "mgda-normalized",
              "pcgrad",
              "cagrad",
              "nash",
              "imtl-g",
              "upgrad"),
          ImageTasks::rules,
          "the rules that are compared");

  private static final Key<List<Double>> SCALES =
      Key.decimals(
          "scales",
          List.of(1.0, 100.0, 0.01),
          Range.any().above(0),
          "what the reconstruction's loss is multiplied by");

  /** One run of a network of several tasks, {@code learn-tasks}. */
  static final SingleRun RUN =
      SingleRun.of(
          ImageTasks.KIND, "one training run of a network of three tasks", ACCURACY, PARITY, ERROR);

  @Override
  public String name() {
    return "task-weighting";
  }

  @Override
  public String summary() {
    return "rules for several losses, at three scalings of one of them";
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(ImageTasks.KIND)
        .without(
            ImageTasks.WEIGHTING,
            ImageTasks.TRUNK,
            ImageTasks.SCALE,
            ImageTasks.KNOWN,
            ImageTasks.KNOWN_BATCH,
            ImageTasks.WRONG)
        .after(RateSearch.keys())
        .after(RULES, SCALES, AlteredLoss.STEPS, AlteredLoss.RATE)
        .keys();
  }

  @Override
  public List<Experiment> parts() {
    return List.of(RUN, AlteredLoss.RUN);
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK ->
              List.of(
                  "rules=equal,geometric-mean,unit-gradients,mgda,nash,upgrad",
                  "scales=1,100",
                  "epochs=8",
                  "lr.grid=0.003",
                  "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public Design design(Config config) {
    List<Metric> metrics =
        new ArrayList<>(List.of(DELTA, ACCURACY, PARITY, ERROR, MOVE, RISING, AlteredLoss.APART));
    metrics.addAll(TaskMetrics.conflicts());
    metrics.addAll(TaskMetrics.cosines());
    return Design.of(
            "Which of the rules for several losses learn all tasks well, however one of them is scaled?",
            metrics.toArray(Metric[]::new))
        .against(new Baseline(METHOD, Map.of(RULE, SINGLE)))
        .over(
            Axis.variant(RULE, "rule").with(WORDS),
            new Axis(SCALE, "reconstruction times", Axis.Role.CONDITION, Axis.Kind.LOG, Map.of()),
            Axis.condition(AlteredLoss.AXIS, "reconstruction")
                .with(
                    Map.of(
                        AlteredLoss.TIMES,
                        "reconstruction times 1000",
                        AlteredLoss.PLUS,
                        "reconstruction plus 1")),
            Axis.chosen(RateSearch.AXIS, "learning rate"))
        .drawn(
            FigureSpec.of(FigureSpec.LINES, DELTA.name(), SCALE),
            FigureSpec.of(FigureSpec.LINES, ERROR.name(), SCALE),
            FigureSpec.of(FigureSpec.LINES, ACCURACY.name(), SCALE))
        .claiming(claims(config.get(RULES), config.get(SCALES).size() > 1));
  }

  private static List<Claim> claims(List<String> rules, boolean scaled) {
    List<Claim> claims = new ArrayList<>();
    for (String rule : those(rules, "geometric-mean", "unit-gradients", "nash")) {
      claims.add(sameSteps(rule, AlteredLoss.TIMES, true));
    }
    for (String rule : those(rules, EQUAL, "mgda", "pcgrad", "cagrad")) {
      claims.add(sameSteps(rule, AlteredLoss.TIMES, false));
    }
    for (String rule : those(rules, "unit-gradients", "geometric-mean")) {
      claims.add(sameSteps(rule, AlteredLoss.PLUS, rule.equals("unit-gradients")));
    }
    if (scaled) {
      for (String rule : those(rules, UNMOVED)) {
        claims.add(
            Claim.within(
                rule + "-does-not-move",
                "With %s no test metric moves by a deviation between seeds over the scalings"
                    .formatted(words(rule)),
                "kexue.fm/archives/8870",
                MOVE,
                where(rule),
                Interval.upTo(1)));
      }
      for (String rule : those(rules, EQUAL)) {
        claims.add(
            Claim.within(
                rule + "-moves",
                "With equal weights a test metric moves by more",
                "kexue.fm/archives/8870",
                MOVE,
                where(rule),
                Interval.from(1)));
      }
    }
    for (String rule : those(rules, "mgda", "upgrad", "nash")) {
      claims.add(
          Claim.within(
              rule + "-raises-no-loss",
              "With %s no step raises a loss to first order, but for rounding"
                  .formatted(words(rule)),
              "kexue.fm/archives/8896",
              RISING,
              where(rule),
              TaskMetrics.NONE));
    }
    for (String rule : rules) {
      if (!rule.equals(EQUAL)) {
        claims.add(
            Claim.better(
                rule + "-over-equal",
                "With %s tasks are learned better than with equal weights at their own best rate"
                    .formatted(words(rule)),
                "this toolkit's question",
                DELTA,
                where(rule),
                where(SEARCHED)));
      }
    }
    return claims;
  }

  private static List<String> those(List<String> compared, String... rules) {
    return Arrays.stream(rules).filter(compared::contains).toList();
  }

  private static String words(String rule) {
    return WORDS.getOrDefault(rule, rule);
  }

  private static Claim sameSteps(String rule, String altered, boolean same) {
    return Claim.within(
        "%s-%s-%s".formatted(rule, altered, same ? "same" : "other"),
        "With %s steps are %s when the reconstruction's loss is %s"
            .formatted(
                words(rule),
                same ? "the same" : "others",
                altered.equals(AlteredLoss.TIMES) ? "multiplied by 1000" : "increased by 1"),
        "kexue.fm/archives/8870",
        AlteredLoss.APART,
        where(rule).with(AlteredLoss.AXIS, altered),
        same ? Interval.upTo(AlteredLoss.SAME) : Interval.from(AlteredLoss.SAME));
  }

  private static Where where(String rule) {
    return Where.of(METHOD).with(RULE, rule);
  }

  private static Map<String, String> setting(String rule, double scale) {
    return Map.of(RULE, rule, SCALE, String.valueOf(scale));
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, ImageTasks.KIND);
    RateSearch search = new RateSearch(name(), config, directory, ImageTasks.KIND);
    for (double scale : config.get(SCALES)) {
      study.add(
          METHOD,
          setting(SINGLE, scale),
          run -> run.with(ImageTasks.SCALE, scale).with(ImageTasks.TRUNK, "separate"));
      for (String rule : config.get(RULES)) {
        study.add(
            METHOD,
            setting(rule, scale),
            run -> run.with(ImageTasks.SCALE, scale).with(ImageTasks.WEIGHTING, rule));
      }
      search.add(METHOD, setting(SEARCHED, scale), run -> run.with(ImageTasks.SCALE, scale));
    }
    Runs trained = search.run(study);
    List<TrialResult> all = new ArrayList<>(derived(config, trained.results()));
    all.addAll(altered(config, directory));
    Runs runs = Runs.of(all);
    return new Runs(runs.results(), runs.outcome(), runs.notes(), trained.edges());
  }

  private List<TrialResult> altered(Config config, RunDirectory directory) {
    List<SweepTrial> trials = new ArrayList<>();
    for (String rule : config.get(RULES)) {
      for (long seed : Keys.seedsOf(config)) {
        SweepTrial trial =
            AlteredLoss.RUN.trial(
                "altered-" + rule + "-seed" + seed,
                new Trial(name(), METHOD, Map.of(RULE, rule), seed, Trial.FINAL),
                config);
        trials.add(
            new SweepTrial(
                trial.id(),
                trial.trial(),
                trial.config().with(ImageTasks.WEIGHTING, rule),
                trial.body()));
      }
    }
    return new Sweep(directory, Keys.jobsOf(config)).run("altered losses", trials);
  }

  /** Adds what follows from several runs: the change to single tasks, the move over scalings. */
  private static List<TrialResult> derived(Config config, List<TrialResult> results) {
    List<TrialResult> ended = TaskMetrics.ended(results);
    return TaskMetrics.with(
        results,
        run -> {
          Map<String, Double> more = new HashMap<>();
          double scale = Double.parseDouble(run.trial().setting().get(SCALE));
          TaskMetrics.same(ended, run, setting(SINGLE, scale))
              .ifPresent(single -> more.put(DELTA.name(), delta(run, single)));
          if (scale == config.get(SCALES).get(0)) {
            move(config, ended, run).ifPresent(move -> more.put(MOVE.name(), move));
          }
          return more;
        });
  }

  private static double delta(TrialResult run, TrialResult single) {
    double sum = 0;
    for (Metric metric : TESTED) {
      double base = TaskMetrics.value(single, metric);
      double sign = metric.better() == Better.LOWER ? -1 : 1;
      sum += sign * (TaskMetrics.value(run, metric) - base) / base;
    }
    return 100 * sum / TESTED.size();
  }

  /**
   * Over the test metrics the largest of: the range of a seed's values over the scalings, in
   * standard deviations between seeds, pooled over the scalings.
   */
  private static Optional<Double> move(Config config, List<TrialResult> ended, TrialResult run) {
    String rule = run.trial().setting().get(RULE);
    List<Map<String, String>> settings =
        config.get(SCALES).stream().map(scale -> setting(rule, scale)).toList();
    List<TrialResult> own =
        settings.stream().flatMap(s -> TaskMetrics.same(ended, run, s).stream()).toList();
    if (own.size() < settings.size() || own.size() < 2) {
      return Optional.empty();
    }
    double largest = 0;
    for (Metric metric : TESTED) {
      double[] values = own.stream().mapToDouble(r -> TaskMetrics.value(r, metric)).toArray();
      double range =
          Arrays.stream(values).max().orElseThrow() - Arrays.stream(values).min().orElseThrow();
      double variance =
          settings.stream()
              .mapToDouble(s -> TaskMetrics.deviation(ended, s, metric))
              .map(deviation -> deviation * deviation)
              .average()
              .orElseThrow();
      if (range > 0) {
        largest = Math.max(largest, range / Math.sqrt(variance));
      }
    }
    return Double.isFinite(largest) ? Optional.of(largest) : Optional.empty();
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new TaskWeightingStudy(), args);
  }
}
