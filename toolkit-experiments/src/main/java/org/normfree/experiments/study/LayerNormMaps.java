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
 * {@code layernorm-map}: input and output of chosen LayerNorm layers of a trained Pre-LN network,
 * and how much better a tanh fits them than a line. Source: arXiv 2503.10622, section 3, figures 2
 * to 4.
 */
public final class LayerNormMaps implements Experiment {
  private static final String METHOD = "pre-ln";

  /** A tanh of four freedoms contains the line, so only a clear gain counts. */
  private static final double MARGIN = 0.01;

  private static final Metric GAIN =
      Metric.number("delta_r2", "adjusted R² of the tanh less that of the line", "");
  private static final Metric TAILS =
      Metric.number("tail_delta_r2", "the same in the tails, the outer 5 % of inputs", "");
  private static final Metric LINE = Metric.number("line_r2", "R² of the line", "");
  private static final Metric TANH = Metric.number("tanh_r2", "R² of the tanh", "");

  @Override
  public String name() {
    return "layernorm-map";
  }

  @Override
  public String summary() {
    return "what LayerNorm layers do to their input, against a tanh (figures 2 to 4)";
  }

  @Override
  public List<Key<?>> keys() {
    return LookedInto.keys().withDefault(Keys.PROBES, List.of("layernorm-map")).keys();
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(Studies.preset(preset, "lr=0.01"));
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "Do trained LayerNorm layers map input to output along an S?",
            GAIN,
            TAILS,
            LINE,
            TANH,
            TEST_ACCURACY)
        .over(Axis.condition("layer", "layer"))
        .drawn(FigureSpec.of(FigureSpec.MAPS, "delta_r2", "layer"))
        .claiming(
            List.of(
                Claim.within(
                    "s-shape",
                    "A tanh fits the map of LayerNorm layers better than a line",
                    Studies.DYT + ", figure 2, no number",
                    GAIN,
                    Where.of(METHOD),
                    Interval.from(MARGIN)),
                Claim.within(
                    "s-shape-in-the-tails",
                    "It does so for the extreme inputs, which are squashed",
                    Studies.DYT + ", section 3, no number",
                    TAILS,
                    Where.of(METHOD),
                    Interval.from(MARGIN))));
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    return Runs.of(new LookedInto(name(), config, directory).runs(METHOD).run(name()));
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new LayerNormMaps(), args);
  }
}
