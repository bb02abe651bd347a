package org.normfree.experiments.study;

import static org.normfree.experiments.study.Metrics.TEST_LOSS;

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
import org.normfree.experiments.config.DnaKeys;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.problem.DnaPretraining;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Interval;
import org.normfree.experiments.statistics.Published;

/**
 * {@code dna-pretraining}: models of DNA with several methods; how well they guess bases beside
 * models of plain counts, and how well they classify sequences after that and from scratch, beside
 * linear models. Source: arXiv 2503.10622, table 6, at a size for a CPU.
 */
public final class DnaPretrainingStudy implements Experiment {
  private static final Key<List<String>> METHODS = Studies.methods("pre-ln", "dyt");

  private static final Key<List<String>> MODELS =
      Key.choices(
          "models",
          List.of("hyena", "caduceus-ps"),
          () -> List.of("hyena", "mamba", "caduceus-ps", "caduceus-ph"),
          "the architectures, each with every method");

  private static final Metric PERPLEXITY =
      Metric.loss("test_perplexity", "test perplexity of a base", "");
  private static final Metric MARKOV =
      Metric.loss("test_markov_perplexity", "perplexity of plain counts", "");
  private static final Metric OVER_COUNTING =
      new Metric(
          "test_over_counting",
          "test loss less that of plain counts",
          "nats",
          Better.LOWER,
          Scale.LINEAR,
          null,
          null);
  private static final Metric TUNED =
      Metric.percent("test_tuned_accuracy", "accuracy after pretraining");
  private static final Metric TUNED_MATTHEWS =
      Metrics.matthews("test_tuned_matthews", "Matthews' coefficient after pretraining");
  private static final Metric SCRATCH =
      Metric.percent("test_scratch_accuracy", "accuracy from scratch");
  private static final Metric TUNED_GAIN = Metrics.points("test_tuned_gain", "gain of pretraining");
  private static final Metric STRINGS =
      Metric.percent("test_string_accuracy", "accuracy of a linear model of 4-mers");
  private static final Metric PLACES =
      Metric.percent("test_place_accuracy", "accuracy of a linear model of places");
  private static final Metric OVER_STRINGS =
      Metrics.points("test_over_strings", "accuracy over that of 4-mers");
  private static final Metric BEST =
      Metric.percent("test_best_accuracy", "accuracy of the rule the sequences were made by");
  private static final Metric STRANDS =
      Metric.number("test_strand_difference", "difference between strands in DOUBLE", "");

  /** By how much accuracies may differ and still be called about equal, in points. */
  private static final double MARGIN = 2;

  /** By how much a loss must not exceed that of plain counts, in nats. */
  private static final double NO_WORSE = 0.02;

  private static final double EXACT = 1e-12;

  private static final String TABLE = Studies.DYT + ", table 6";

  /** One run, {@code pretrain-dna}. */
  static final SingleRun RUN =
      SingleRun.of(
          DnaPretraining.KIND,
          "one training run of a model of DNA, and what it is good for",
          PERPLEXITY,
          MARKOV,
          OVER_COUNTING,
          TUNED,
          TUNED_MATTHEWS,
          SCRATCH,
          STRINGS,
          PLACES,
          BEST,
          STRANDS);

  @Override
  public String name() {
    return "dna-pretraining";
  }

  @Override
  public String summary() {
    return "Hyena and Caduceus by several methods: bases, promoters (table 6)";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK ->
              List.of("epochs=2", "tune.epochs=2", "planted=800", "eval.every=2", "seeds=3");
          case STANDARD -> List.of();
        });
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(DnaPretraining.KIND)
        .without(DnaKeys.MODEL)
        .withDefault(Keys.SEEDS, 5)
        .withDefault(DnaKeys.PLANTED, 3000)
        .after(METHODS, MODELS)
        .keys();
  }

  @Override
  public List<Experiment> parts() {
    return List.of(RUN);
  }

  @Override
  public Design design(Config config) {
    Published hyena = Published.table(6, "HyenaDNA");
    Published caduceus = Published.table(6, "Caduceus");
    return Design.of(
            "Do models of DNA learn as well with DyT as with norms, and more than counting tells?",
            TUNED,
            TUNED_MATTHEWS,
            SCRATCH,
            TUNED_GAIN,
            OVER_STRINGS,
            STRINGS,
            PLACES,
            BEST,
            PERPLEXITY,
            MARKOV,
            OVER_COUNTING,
            TEST_LOSS,
            STRANDS)
        .against(Baseline.of("pre-ln"))
        .over(
            Axis.condition(DnaKeys.MODEL.name(), "model")
                .with(
                    Map.of(
                        "hyena",
                        "Hyena",
                        "mamba",
                        "Mamba",
                        "caduceus-ps",
                        "Caduceus-PS",
                        "caduceus-ph",
                        "Caduceus-Ph")))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, TUNED.name(), "method"),
            FigureSpec.of(FigureSpec.INTERVALS, PERPLEXITY.name(), "method"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step"))
        .beside(
            (metric, row) -> {
              if (!metric.equals(TUNED.name())) {
                return Optional.empty();
              }
              String model = row.setting().getOrDefault(DnaKeys.MODEL.name(), "");
              return model.equals("hyena")
                  ? hyena.find(row.method())
                  : model.startsWith("caduceus") ? caduceus.find(row.method()) : Optional.empty();
            })
        .claiming(claims(config.get(METHODS), config.get(MODELS)));
  }

  private static List<Claim> claims(List<String> methods, List<String> models) {
    List<Claim> claims = new ArrayList<>();
    for (String model : models) {
      // what the published models have; table 6 speaks of LN in either
      boolean root = model.startsWith("caduceus") && methods.contains("rms-norm");
      String baseline = root ? "rms-norm" : "pre-ln";
      if (methods.contains(baseline)) {
        claims.addAll(alone(model, baseline));
      }
      if (methods.containsAll(List.of("dyt", baseline))) {
        claims.add(
            Claim.same(
                model + "-dyt-about-" + baseline,
                "Classifying with %s, DyT is about as good as %s".formatted(model, baseline),
                TABLE + ": 85.2 and 85.2, 86.9 and 86.9",
                TUNED,
                at("dyt", model),
                at(baseline, model),
                MARGIN));
      }
      if (model.equals("caduceus-ps")) {
        for (String method : methods) {
          claims.add(
              Claim.within(
                  method + "-strands-agree",
                  "With %s what Caduceus-PS guesses does not depend on the strand"
                      .formatted(method),
                  "arXiv 2403.03234, by construction",
                  STRANDS,
                  at(method, model),
                  Interval.upTo(EXACT)));
        }
      }
    }
    return claims;
  }

  /** What a model must reach whatever it is compared with. */
  private static List<Claim> alone(String model, String method) {
    return List.of(
        Claim.within(
            model + "-as-good-as-counting",
            "%s with %s guesses bases as well as plain counts".formatted(model, method),
            "a floor of ours",
            OVER_COUNTING,
            at(method, model),
            Interval.upTo(NO_WORSE)),
        Claim.within(
            model + "-over-strings",
            "%s with %s classifies better than a linear model of 4-mers".formatted(model, method),
            "a floor of ours",
            OVER_STRINGS,
            at(method, model),
            Interval.from(0)),
        Claim.within(
            model + "-pretraining-helps",
            "Pretraining %s with %s helps it to classify".formatted(model, method),
            "arXiv 2306.15794, in direction, of the human genome",
            TUNED_GAIN,
            at(method, model),
            Interval.from(0)));
  }

  private static Where at(String method, String model) {
    return Where.of(method).with(DnaKeys.MODEL.name(), model);
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, DnaPretraining.KIND);
    for (String model : config.get(MODELS)) {
      for (String method : config.get(METHODS)) {
        study.add(
            method,
            Map.of(DnaKeys.MODEL.name(), model),
            run -> own(run.with(DnaKeys.MODEL, model)));
      }
    }
    return Runs.of(study.run(name()));
  }

  /** A model is not asked for what another one has. */
  private static Config own(Config run) {
    String model = run.get(DnaKeys.MODEL);
    List<Key<?>> others = new ArrayList<>();
    if (!model.equals("caduceus-ps")) {
      others.add(DnaKeys.FUSED_FAULT);
    }
    if (!model.startsWith("caduceus")) {
      others.add(DnaKeys.PUBLISHED_PATCH);
    }
    return Studies.without(run, others);
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new DnaPretrainingStudy(), args);
  }
}
