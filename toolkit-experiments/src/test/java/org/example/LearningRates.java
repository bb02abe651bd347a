package org.example;

import java.util.List;
import java.util.Map;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.experiments.api.Claim;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.api.Where;
import org.normfree.experiments.cli.Toolkit;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.problem.ImageClassification;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.study.Study;

/** {@code learning-rates}: accuracy of a method over the learning rate. */
public final class LearningRates implements Experiment {
  private static final Key<List<Double>> GRID =
      Key.decimals("lr.grid", List.of(1e-3, 3e-3), Range.any().above(0), "learning rates to try");

  private static final Metric ACCURACY = Metric.percent("test_accuracy", "test accuracy");

  @Override
  public String name() {
    return "learning-rates";
  }

  @Override
  public String summary() {
    return "accuracy over the learning rate";
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(ImageClassification.KIND)
        .without(Keys.LEARNING_RATE)
        .after(Keys.METHOD, GRID)
        .keys();
  }

  @Override
  public Design design(Config config) {
    String method = config.get(Keys.METHOD);
    Where small = new Where(method, setting(config.get(GRID).get(0)));
    Where large = new Where(method, setting(config.get(GRID).get(1)));
    return Design.of("Which learning rate is best?", ACCURACY)
        .against(new Baseline(method, small.setting()))
        .over(Axis.variant("lr", "learning rate"))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, "test_accuracy", "method"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step"))
        .claiming(
            List.of(
                Claim.better(
                    "larger-is-better",
                    "The larger learning rate is better",
                    "a guess of ours",
                    ACCURACY,
                    large,
                    small)));
  }

  private static Map<String, String> setting(double rate) {
    return Map.of("lr", String.valueOf(rate));
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory);
    for (double rate : config.get(GRID)) {
      study.add(config.get(Keys.METHOD), setting(rate), run -> run.with(Keys.LEARNING_RATE, rate));
    }
    return Runs.of(study.run(name()));
  }

  public static void main(String[] args) {
    Toolkit.main(new LearningRates(), args);
  }
}
