package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;

import java.util.List;
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
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Interval;

/**
 * {@code alpha-tracking}: α and 1/std of the input of every dynamic activation, after every epoch,
 * with Pearson's r over layers and over time, sign as it comes out. Source: arXiv 2503.10622,
 * section 6.2, figure 8.
 */
public final class AlphaTracking implements Experiment {
  private static final Metric OVER_LAYERS =
      Metric.correlation("pearson_layers", "Pearson's r of α and 1/std over layers, at the end");
  private static final Metric OVER_TIME =
      Metric.correlation("pearson_time", "Pearson's r of α and 1/std over time");

  @Override
  public String name() {
    return "alpha-tracking";
  }

  @Override
  public String summary() {
    return "alpha and 1/std of each layer's input over training (figure 8)";
  }

  @Override
  public List<Key<?>> keys() {
    return LookedInto.keys().withDefault(Keys.PROBES, List.of("alpha")).after(Keys.METHOD).keys();
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(Studies.preset(preset, "lr=0.01"));
  }

  @Override
  public Design design(Config config) {
    Where method = Where.of(config.get(Keys.METHOD));
    return Design.of(
            "Does the trained α follow 1/std of its input?", OVER_TIME, OVER_LAYERS, TEST_ACCURACY)
        .over(Axis.condition("layer", "layer"))
        .drawn(
            FigureSpec.of(FigureSpec.TRACKING, "alpha", "step"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step"))
        .claiming(
            List.of(
                Claim.within(
                    "alpha-tracks-over-time",
                    "During training α follows 1/std of its layer's input",
                    Studies.DYT + ", figure 8, left, no coefficient",
                    OVER_TIME,
                    method,
                    Interval.from(0)),
                Claim.within(
                    "alpha-tracks-over-layers",
                    "After training α is larger in layers with a larger 1/std",
                    Studies.DYT + ", figure 8, right, no coefficient",
                    OVER_LAYERS,
                    method,
                    Interval.from(0))));
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    return Runs.of(
        new LookedInto(name(), config, directory).runs(config.get(Keys.METHOD)).run(name()));
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new AlphaTracking(), args);
  }
}
