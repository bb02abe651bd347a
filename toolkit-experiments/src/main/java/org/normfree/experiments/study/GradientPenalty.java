package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.record.Axis;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
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
import org.normfree.experiments.problem.BoundedPerceptron;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Interval;

/**
 * {@code gradient-penalty}: whether small parameter gradients make for small input gradients:
 * whether the inequality between them holds at every example of a perceptron in double precision,
 * how much room it leaves, and how closely the two follow each other along training at several
 * rates. Sources: arXiv 2111.15090; kexue.fm/archives/8796.
 */
public final class GradientPenalty implements Experiment {
  private static final String RATE = "lr";
  private static final String SOURCE = "kexue.fm/archives/8796";

  private static final Metric VIOLATIONS =
      Metrics.error("violations", "examples at which the inequality fails", "");
  private static final Metric CORRELATION =
      Metric.correlation("log_correlation", "correlation of log input and log parameter gradients");
  private static final Metric MEDIAN =
      Metric.size("bound_median", "right over left side, median over examples", "");
  private static final Metric LEAST =
      Metric.size("bound_least", "right over left side, least over examples", "");
  private static final Metric LAYER_MEDIAN =
      Metric.size("layer_median", "a layer's right over left side, median over examples", "");
  private static final Metric INPUT =
      Metric.size("input_square", "squared input gradient, mean over examples", "");
  private static final Metric PARAMETER =
      Metric.size("parameter_square", "squared parameter gradient, mean over examples", "");
  private static final Metric EXCESS =
      Metric.size("mean_excess", "mean left side over the mean gradient's square", "");
  private static final Metric LOSS = Metric.loss("training_loss", "training loss", "nats");
  private static final Metric EPOCHS = Metric.number("epochs", "epochs until then", "");
  private static final Metric REACHED =
      Metric.number("levels_reached", "training losses of the list that were reached", "");

  private static final Metric[] METRICS = {
    VIOLATIONS,
    CORRELATION,
    MEDIAN,
    LEAST,
    LAYER_MEDIAN,
    INPUT,
    PARAMETER,
    EXCESS,
    LOSS,
    EPOCHS,
    REACHED,
    TEST_ACCURACY
  };

  private static final Key<List<Double>> RATES =
      Key.decimals(
          "rates", List.of(0.02, 0.1, 0.5), Range.any().above(0), "learning rates, constant");

  /** One run, {@code bound}. */
  static final SingleRun RUN =
      SingleRun.of(
          BoundedPerceptron.KIND, "input and parameter gradients of one perceptron", METRICS);

  @Override
  public String name() {
    return "gradient-penalty";
  }

  @Override
  public String summary() {
    return "do small parameter gradients make for small input gradients?";
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(BoundedPerceptron.KIND)
        .without(Keys.LEARNING_RATE, Keys.MIN_LEARNING_RATE)
        .after(RATES)
        .keys();
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK -> List.of("rates=0.1,0.5", "examples=64", "epochs=30", "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Experiment> parts() {
    return List.of(RUN);
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "Do small parameter gradients make for small input gradients, example by example?",
            METRICS)
        .over(
            Axis.condition(BoundedPerceptron.AT, "training loss").with(points(config)),
            new Axis(RATE, "learning rate", Axis.Role.CONDITION, Axis.Kind.LOG, Map.of()),
            new Axis(
                BoundedPerceptron.LAYER, "layer", Axis.Role.CONDITION, Axis.Kind.LINEAR, Map.of()))
        .drawn(
            FigureSpec.of(FigureSpec.LINES, INPUT.name(), RATE, BoundedPerceptron.AT),
            FigureSpec.of(FigureSpec.LINES, MEDIAN.name(), RATE, BoundedPerceptron.AT),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step", RATE))
        .claiming(claims(config));
  }

  private static Map<String, String> points(Config config) {
    Map<String, String> points = new LinkedHashMap<>();
    points.put(BoundedPerceptron.START, "before training");
    config
        .get(BoundedPerceptron.LEVELS)
        .forEach(level -> points.put(String.valueOf(level), "training loss %s".formatted(level)));
    return points;
  }

  private static List<Claim> claims(Config config) {
    double last = Collections.min(config.get(BoundedPerceptron.LEVELS));
    Where all = Where.of(BoundedPerceptron.METHOD);
    Where trained = all.with(BoundedPerceptron.AT, last);
    return List.of(
        Claim.within(
            "holds-at-every-example",
            "At no example, layer and time does the inequality fail, up to a relative error of 1e-9",
            "arXiv 2111.15090; " + SOURCE,
            VIOLATIONS,
            all,
            Interval.upTo(0)),
        Claim.within(
            "gradients-go-together",
            "At a training loss of %s input and parameter gradients follow each other over examples"
                .formatted(last),
            SOURCE + ", in direction",
            CORRELATION,
            trained,
            Interval.from(0.9)),
        Claim.within(
            "not-for-the-mean",
            "At a training loss of %s it does not hold for the gradient of the mean loss"
                .formatted(last),
            "this toolkit's question",
            EXCESS,
            trained,
            Interval.from(1)));
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, BoundedPerceptron.KIND);
    for (double rate : config.get(RATES)) {
      study.add(
          BoundedPerceptron.METHOD,
          Map.of(RATE, String.valueOf(rate)),
          run -> run.with(Keys.LEARNING_RATE, rate).with(Keys.MIN_LEARNING_RATE, rate));
    }
    return Runs.of(study.run(name()));
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new GradientPenalty(), args);
  }
}
