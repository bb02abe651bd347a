package org.normfree.experiments.study;

import static org.normfree.experiments.study.TaskMetrics.ACCURACY;
import static org.normfree.experiments.study.TaskMetrics.ERROR;
import static org.normfree.experiments.study.TaskMetrics.PARITY;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.Better;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Scale;
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
import org.normfree.experiments.problem.ImageTasks;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Interval;
import org.normfree.experiments.sweep.TrialResult;

/**
 * {@code primary-task}: whether other losses help a main one, and cannot harm it where they only
 * count as far as they help: a class learned from few labels beside the parity, wrongly told of
 * many images, and the pixels of all. The main loss alone, the sum, the projection of {@link
 * org.normfree.core.optim.weighting.PrimarySecondary}, and a gate by the sign of the cosine.
 * Sources: kexue.fm/archives/8907; arXiv 1812.02224.
 */
public final class PrimaryTask implements Experiment {
  private static final String RULE = "rule";
  private static final String ALONE = "primary-alone";
  private static final String SUM = "equal";
  private static final String PROJECTION = "primary-secondary";
  private static final String GATE = "cosine-gate";

  private static final Map<String, String> WORDS =
      Map.of(ALONE, "main loss alone", SUM, "sum", PROJECTION, "projection", GATE, "cosine gate");

  /** Nothing stands where a norm would. */
  private static final String METHOD = "identity-no-alpha";

  private static final Metric GAIN =
      new Metric(
          "gain_over_alone",
          "gain of accuracy over the main loss alone, in deviations between its seeds",
          "",
          Better.HIGHER,
          Scale.LINEAR,
          null,
          null);

  private static final Metric NOT_FALLING = TaskMetrics.notFalling(TaskMetrics.CLASS, "the class");

  private static final Key<List<String>> RULES =
      Key.choices(
          "rules",
          List.of(ALONE, SUM, PROJECTION, GATE),
          ImageTasks::rules,
          "what the losses count in the runs that are compared; the class is the main one");

  @Override
  public String name() {
    return "primary-task";
  }

  @Override
  public String summary() {
    return "a main loss and others that may only help it";
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(ImageTasks.KIND)
        .without(ImageTasks.WEIGHTING, ImageTasks.TRUNK)
        .withDefault(ImageTasks.KNOWN, 100)
        .withDefault(ImageTasks.WRONG, 0.4)
        .withDefault(Keys.SEEDS, 5)
        .after(RULES)
        .keys();
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK -> List.of("epochs=10", "seeds=3");
          case STANDARD -> List.of("seeds=10");
        });
  }

  @Override
  public Design design(Config config) {
    List<Metric> metrics = new ArrayList<>(List.of(ACCURACY, GAIN, NOT_FALLING, PARITY, ERROR));
    metrics.addAll(TaskMetrics.conflicts());
    metrics.addAll(TaskMetrics.cosines());
    return Design.of(
            "Do other losses help a main one, and do rules that protect it keep it from harm?",
            metrics.toArray(Metric[]::new))
        .against(new Baseline(METHOD, Map.of(RULE, ALONE)))
        .over(Axis.variant(RULE, "rule").with(WORDS))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, ACCURACY.name(), "method"),
            FigureSpec.of(FigureSpec.CURVES, TaskMetrics.CLASS, "step"))
        .claiming(claims(config.get(RULES)));
  }

  private static List<Claim> claims(List<String> rules) {
    List<Claim> claims = new ArrayList<>();
    for (String rule : List.of(PROJECTION, GATE)) {
      if (rules.contains(rule)) {
        claims.add(
            Claim.within(
                rule + "-main-falls",
                "With the %s the main training loss falls to first order at every step"
                    .formatted(WORDS.get(rule)),
                rule.equals(GATE) ? "arXiv 1812.02224" : "kexue.fm/archives/8907",
                NOT_FALLING,
                where(rule),
                TaskMetrics.NONE));
      }
    }
    if (rules.containsAll(List.of(PROJECTION, ALONE))) {
      claims.add(
          Claim.within(
              "projection-no-worse-than-alone",
              "With the projection the main task is no worse than alone by a deviation between seeds",
              "kexue.fm/archives/8907",
              GAIN,
              where(PROJECTION),
              Interval.from(-1)));
    }
    return claims;
  }

  private static Where where(String rule) {
    return Where.of(METHOD).with(RULE, rule);
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, ImageTasks.KIND);
    for (String rule : config.get(RULES)) {
      study.add(METHOD, Map.of(RULE, rule), run -> run.with(ImageTasks.WEIGHTING, rule));
    }
    return Runs.of(derived(study.run(name())));
  }

  /** Adds the gain over the main loss alone. */
  private static List<TrialResult> derived(List<TrialResult> results) {
    List<TrialResult> ended = TaskMetrics.ended(results);
    Map<String, String> alone = Map.of(RULE, ALONE);
    double deviation = TaskMetrics.deviation(ended, alone, ACCURACY);
    return TaskMetrics.with(
        results,
        run ->
            TaskMetrics.same(ended, run, alone)
                .filter(other -> deviation > 0)
                .map(other -> TaskMetrics.value(run, ACCURACY) - TaskMetrics.value(other, ACCURACY))
                .map(gain -> Map.of(GAIN.name(), gain / deviation))
                .orElse(Map.of()));
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new PrimaryTask(), args);
  }
}
