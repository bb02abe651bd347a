package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_ACCURACY;
import static org.normfree.experiments.study.Metrics.TEST_LOSS;
import static org.normfree.experiments.study.Metrics.VALIDATION_LOSS;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.normfree.core.method.Methods;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.experiments.api.Claim;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.api.Experiment;
import org.normfree.experiments.api.Preset;
import org.normfree.experiments.api.Readings;
import org.normfree.experiments.api.Runs;
import org.normfree.experiments.api.Where;
import org.normfree.experiments.cli.Toolkit;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.config.TextKeys;
import org.normfree.experiments.problem.LanguageModeling;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Estimate;
import org.normfree.experiments.statistics.Estimates;
import org.normfree.experiments.statistics.Gauge;
import org.normfree.experiments.statistics.Interval;

/**
 * {@code optimizer-interaction}: whether what stands in a norm's place costs more with Muon than
 * with AdamW: language models with RMSNorm, DyT, Derf and BHyT by both optimizers, each at its own
 * best learning rate, the squashes from several α₀. Source: arXiv 2604.01563, at a size for a CPU.
 */
public final class OptimizerInteraction implements Experiment {
  private static final String OPTIMIZER = "optimizer";
  private static final String ALPHA0 = "alpha0";
  private static final String ADAMW = "adamw";
  private static final String MUON = "muon";
  private static final String RMS_NORM = "rms-norm";
  private static final String SOURCE = "arXiv 2604.01563, 1B parameters, 1,000 steps";

  /** α₀ of the source's comparison. */
  private static final double USUAL = 0.5;

  /** α₀ with which the source recovers most of Derf's loss. */
  private static final double SMALL = 0.3;

  /** By how much a gap may differ between optimizers and still be called the same, in nats. */
  private static final double MARGIN = 0.15;

  private static final Metric INTERACTION =
      Metric.number("interaction", "difference of the differences in test loss", "nats");

  private static final Key<List<String>> METHODS = Studies.methods(RMS_NORM, "bhyt");

  private static final Key<List<String>> SQUASHES =
      Key.choices(
          "squashes",
          List.of("dyt", "derf"),
          Methods::names,
          "methods beside them that start from an alpha, each from all of alphas");

  private static final Key<List<Double>> ALPHAS =
      Key.decimals(
          "alphas",
          List.of(SMALL, USUAL, 1.0),
          Range.any().above(0),
          "initial alphas that squashes are tried with");

  @Override
  public String name() {
    return "optimizer-interaction";
  }

  @Override
  public String summary() {
    return "RMSNorm, DyT, Derf and BHyT in language models by AdamW and by Muon";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK ->
              List.of(
                  "characters=20000",
                  "width=32",
                  "depth=2",
                  "alphas=0.3,0.5",
                  "lr.grid=0.01",
                  "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(LanguageModeling.KIND)
        .without(Keys.LEARNING_RATE, Keys.OPTIMIZER, Keys.STEP_ADAPTATION)
        .without(Keys.ALPHA0, Keys.ALPHA0_ATTENTION, Keys.ALPHA0_TABLE)
        .withDefault(TextKeys.TOKENIZER, "character")
        .withDefault(TextKeys.VOCABULARY, 0)
        .withDefault(TextKeys.CHARACTERS, 150_000)
        .withDefault(TextKeys.BATCH_TOKENS, 512)
        .withDefault(Keys.WIDTH, 48)
        .withDefault(Keys.DEPTH, 3)
        .withDefault(Keys.EPOCHS, 1)
        .after(RateSearch.keys(3e-3, 1e-2, 3e-2))
        .after(METHODS, SQUASHES, ALPHAS)
        .keys();
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "Does what stands in a norm's place cost more with Muon than with AdamW?",
            TEST_LOSS,
            VALIDATION_LOSS,
            TEST_ACCURACY)
        .against(Baseline.of(RMS_NORM))
        .over(
            Axis.condition(OPTIMIZER, "optimizer").with(Map.of(ADAMW, "AdamW", MUON, "Muon")),
            Axis.variant(ALPHA0, "α₀"),
            Axis.chosen(RateSearch.AXIS, "learning rate"))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, TEST_LOSS.name(), "method", OPTIMIZER),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step", OPTIMIZER))
        .claiming(claims(config));
  }

  private static List<Claim> claims(Config config) {
    List<String> squashes = config.get(SQUASHES);
    List<Double> alphas = config.get(ALPHAS);
    List<Claim> claims = new ArrayList<>();
    if (alphas.containsAll(List.of(SMALL, USUAL)) && squashes.contains("derf")) {
      claims.add(
          Claim.better(
              "smaller-alpha0-helps-derf-with-muon",
              "With Muon Derf is better from α₀ = 0.3 than from 0.5",
              SOURCE + ": 0.3 recovers about 80 % of what Derf loses",
              TEST_LOSS,
              at("derf", SMALL, MUON),
              at("derf", USUAL, MUON)));
    }
    if (!config.get(METHODS).contains(RMS_NORM)) {
      return claims;
    }
    if (alphas.contains(USUAL) && squashes.contains("derf")) {
      claims.add(behind(ADAMW, "AdamW", "+0.31"));
      claims.add(behind(MUON, "Muon", "+0.97"));
      claims.add(
          interaction(
              "derf-loses-more-with-muon",
              "Derf falls farther behind RMSNorm with Muon than with AdamW",
              SOURCE + ": +0.97 against +0.31, 0.66 nats more",
              "above 0 nats",
              Interval.from(0),
              Where.of("derf").with(ALPHA0, USUAL)));
    }
    if (alphas.contains(USUAL) && squashes.contains("dyt")) {
      claims.add(
          interaction(
              "dyt-no-interaction",
              "DyT is as far from RMSNorm with Muon as with AdamW",
              SOURCE + ": −0.10 nats",
              "within ±" + MARGIN + " nats",
              new Interval(-MARGIN, MARGIN),
              Where.of("dyt").with(ALPHA0, USUAL)));
    }
    if (config.get(METHODS).contains("bhyt")) {
      claims.add(
          interaction(
              "bhyt-no-interaction",
              "BHyT, whose input is measured, is as far from RMSNorm with Muon as with AdamW",
              "this toolkit's question",
              "within ±" + MARGIN + " nats",
              new Interval(-MARGIN, MARGIN),
              Where.of("bhyt")));
    }
    return claims;
  }

  private static Where at(String squash, double alpha0, String optimizer) {
    return Where.of(squash).with(ALPHA0, alpha0).with(OPTIMIZER, optimizer);
  }

  private static Claim behind(String optimizer, String title, String published) {
    return new Claim(
        "derf-behind-rms-norm-" + optimizer,
        "With %s Derf is behind RMSNorm".formatted(title),
        SOURCE + ": " + published + " nats",
        "95 % interval of the paired difference in test loss above 0",
        Interval.from(0),
        readings ->
            readings.difference(
                TEST_LOSS,
                at("derf", USUAL, optimizer),
                Where.of(RMS_NORM).with(OPTIMIZER, optimizer)));
  }

  private static Claim interaction(
      String id, String text, String source, String where, Interval region, Where group) {
    return new Claim(
        id,
        text,
        source,
        "95 %% interval of the difference between optimizers of the paired difference in test loss %s"
            .formatted(where),
        region,
        readings -> interaction(readings, group));
  }

  /** How much larger a group's distance to RMSNorm is with Muon than with AdamW, seed by seed. */
  private static Optional<Estimate> interaction(Readings readings, Where group) {
    Map<Long, Double> more = new TreeMap<>(gaps(readings, group, MUON));
    Map<Long, Double> less = gaps(readings, group, ADAMW);
    more.keySet().retainAll(less.keySet());
    more.replaceAll((seed, gap) -> gap - less.get(seed));
    return Estimates.mean(Gauge.of(INTERACTION), List.copyOf(more.values()));
  }

  private static Map<Long, Double> gaps(Readings readings, Where group, String optimizer) {
    Map<Long, Double> gaps =
        new TreeMap<>(readings.bySeed(TEST_LOSS, group.with(OPTIMIZER, optimizer)));
    Map<Long, Double> norm =
        readings.bySeed(TEST_LOSS, Where.of(RMS_NORM).with(OPTIMIZER, optimizer));
    gaps.keySet().retainAll(norm.keySet());
    gaps.replaceAll((seed, loss) -> loss - norm.get(seed));
    return gaps;
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    RateSearch search =
        new RateSearch(name(), config, directory, LanguageModeling.KIND).by(VALIDATION_LOSS.name());
    for (String optimizer : List.of(ADAMW, MUON)) {
      for (String method : config.get(METHODS)) {
        search.add(
            method, Map.of(OPTIMIZER, optimizer), run -> run.with(Keys.OPTIMIZER, optimizer));
      }
      for (String squash : config.get(SQUASHES)) {
        for (double alpha0 : config.get(ALPHAS)) {
          search.add(
              squash,
              Map.of(OPTIMIZER, optimizer, ALPHA0, String.valueOf(alpha0)),
              run -> run.with(Keys.OPTIMIZER, optimizer).with(Keys.ALPHA0, alpha0));
        }
      }
    }
    return search.run();
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new OptimizerInteraction(), args);
  }
}
