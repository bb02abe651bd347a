package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
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
import org.normfree.experiments.problem.MaskedImages;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Interval;
import org.normfree.experiments.statistics.Published;

/**
 * {@code masked-autoencoder}: masked autoencoders with every method after the same learning-rate
 * search; loss beside that of the mean image, a linear probe beside an untrained encoder's, and
 * fine-tuning on few labels beside training from scratch. A rate is chosen by the validation loss
 * of a run with the first seed. Source: arXiv 2503.10622, tables 2 and 9.
 */
public final class MaskedAutoencoding implements Experiment {
  private static final Key<List<String>> METHODS =
      Studies.methods("pre-ln", "dyt", "derf", "rms-norm", "fixup", "skipinit", "sigma-reparam");

  private static final Metric OVER_MEAN_IMAGE =
      Metric.loss("test_loss_over_mean_image", "test loss over that of the mean image", "");
  private static final Metric OVER_ZERO =
      Metric.loss("test_loss_over_zero", "test loss over that of predicting 0", "");
  private static final Metric PROBE =
      Metric.percent("test_probe_accuracy", "accuracy of a linear probe");
  private static final Metric UNTRAINED_PROBE =
      Metric.percent("test_untrained_probe_accuracy", "accuracy of a probe, encoder untrained");
  private static final Metric PROBE_GAIN =
      Metrics.points("test_probe_gain", "gain of the probe over that of the untrained encoder");
  private static final Metric TUNED =
      Metric.percent("test_tuned_accuracy", "accuracy, fine-tuned on few labels");
  private static final Metric SCRATCH =
      Metric.percent("test_scratch_accuracy", "accuracy, few labels from scratch");
  private static final Metric TUNED_GAIN =
      Metrics.points("test_tuned_gain", "gain of fine-tuning over training from scratch");
  private static final Metric CONVERTED =
      Metric.percent("test_converted_accuracy", "accuracy, fine-tuned after conversion to DyT");

  /** By how much accuracies may differ and still be called about equal, in points. */
  private static final double MARGIN = 2;

  private static final String MAE = "arXiv 2111.06377";

  /** One run, {@code reconstruct}. */
  static final SingleRun RUN =
      SingleRun.of(
          MaskedImages.KIND,
          "one training run of a masked autoencoder, and what its encoder is good for",
          OVER_MEAN_IMAGE,
          OVER_ZERO,
          PROBE,
          UNTRAINED_PROBE,
          TUNED,
          SCRATCH,
          CONVERTED);

  @Override
  public String name() {
    return "masked-autoencoder";
  }

  @Override
  public String summary() {
    return "masked autoencoders by several methods: loss, probe, few labels (tables 2 and 9)";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK ->
              List.of(
                  "methods=pre-ln,dyt",
                  "lr.grid=0.003",
                  "epochs=30",
                  "warmup=3",
                  "tune.epochs=30",
                  "probe.epochs=20",
                  "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(MaskedImages.KIND)
        .without(Keys.LEARNING_RATE, MaskedImages.JUDGE, MaskedImages.TUNE_AS)
        .after(RateSearch.keysWithin(1.5e-3, 5e-3))
        .after(METHODS)
        .keys();
  }

  @Override
  public List<Experiment> parts() {
    return List.of(RUN);
  }

  @Override
  public Design design(Config config) {
    Published published = Published.table(9, "MAE ViT-B");
    return Design.of(
            "How good are masked autoencoders with each method, and what are their encoders good for?",
            TUNED,
            SCRATCH,
            TUNED_GAIN,
            PROBE,
            UNTRAINED_PROBE,
            PROBE_GAIN,
            OVER_MEAN_IMAGE,
            OVER_ZERO,
            CONVERTED)
        .against(Baseline.of("pre-ln"))
        .over(Axis.chosen(RateSearch.AXIS, "learning rate"))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, TUNED.name(), "method"),
            FigureSpec.of(FigureSpec.INTERVALS, OVER_MEAN_IMAGE.name(), "method"),
            FigureSpec.of(FigureSpec.IMAGES, "reconstructions", "method"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step"))
        .beside(
            (metric, row) ->
                metric.equals(TUNED.name()) ? published.find(row.method()) : Optional.empty())
        .claiming(claims(config.get(METHODS)));
  }

  /** Those whose methods are compared. */
  private static List<Claim> claims(List<String> methods) {
    String nine = Studies.DYT + ", table 9, MAE ViT-B";
    List<Claim> claims = new ArrayList<>();
    for (String method : List.of("pre-ln", "dyt")) {
      if (methods.contains(method)) {
        claims.add(
            Claim.within(
                method + "-beats-the-mean-image",
                "With %s the hidden patches are guessed better than by the mean image"
                    .formatted(method),
                "a floor of ours",
                OVER_MEAN_IMAGE,
                Where.of(method),
                Interval.upTo(1)));
        claims.add(
            Claim.within(
                method + "-probe-over-untrained",
                "With %s a probe tells more of the trained encoder than of an untrained one"
                    .formatted(method),
                MAE + ", in substance",
                PROBE_GAIN,
                Where.of(method),
                Interval.from(0)));
        claims.add(
            Claim.within(
                method + "-tuned-over-scratch",
                "With %s fine-tuning on few labels is better than training from scratch"
                    .formatted(method),
                MAE + ", table 3, with all labels",
                TUNED_GAIN,
                Where.of(method),
                Interval.from(0)));
      }
    }
    if (methods.contains("pre-ln")) {
      for (String other : List.of("dyt", "sigma-reparam")) {
        if (methods.contains(other)) {
          claims.add(
              Claim.same(
                  other + "-about-ln",
                  "Fine-tuned, %s is about as good as LayerNorm".formatted(other),
                  nine,
                  TUNED,
                  Where.of(other),
                  Where.of("pre-ln"),
                  MARGIN));
        }
      }
      for (String other : List.of("fixup", "skipinit")) {
        if (methods.contains(other)) {
          claims.add(
              Claim.better(
                  "ln-over-" + other,
                  "Fine-tuned, LayerNorm is better than " + other,
                  nine,
                  TUNED,
                  Where.of("pre-ln"),
                  Where.of(other)));
        }
      }
    }
    return claims;
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    RateSearch search =
        new RateSearch(name(), config, directory, MaskedImages.KIND)
            .by("validation_loss")
            .searchingWith(run -> run.with(MaskedImages.JUDGE, false));
    for (String method : config.get(METHODS)) {
      String tuned = method.equals("pre-ln") ? "dyt" : "none";
      search.add(method, Map.of(), run -> run.with(MaskedImages.TUNE_AS, tuned));
    }
    return search.run();
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new MaskedAutoencoding(), args);
  }
}
