package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.normfree.core.probe.AnswerEntropy;
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
import org.normfree.experiments.problem.SelfDistilling;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Interval;

/**
 * {@code self-distillation}: what a Vision Transformer with several methods learns of images
 * without labels, and whether it collapses where it is meant to: without centring, and with a
 * teacher that is not sharpened. Source: arXiv 2104.14294, section 5.3, and arXiv 2503.10622, table
 * 2.
 */
public final class SelfDistillationStudy implements Experiment {
  private static final Key<List<String>> METHODS = Studies.methods("pre-ln", "dyt", "derf");

  private static final Key<Boolean> CONTROLS =
      Key.flag("controls", true, "add runs of the first two methods that are meant to collapse");

  private static final String CONTROL = "control";
  private static final String NO_CENTRING = "no-centring";
  private static final String NO_SHARPENING = "no-sharpening";

  /** The student's temperature: with it the teacher does not sharpen at all. */
  private static final double UNSHARPENED = 0.1;

  /** By how much accuracies may differ and still be called about equal, in points. */
  private static final double MARGIN = 2;

  private static final double COLLAPSED = 100 * AnswerEntropy.LEAST_SHARE;
  private static final String DINO = "arXiv 2104.14294, section 5.3";

  private static final Metric TEST_KNN = Metric.percent(SelfDistilling.KNN, "test k-NN accuracy");
  private static final Metric UNTRAINED =
      Metric.percent(SelfDistilling.UNTRAINED_KNN, "k-NN accuracy untrained");
  private static final Metric PIXELS =
      Metric.percent(SelfDistilling.PIXEL_KNN, "k-NN accuracy of pixels");
  private static final Metric GAIN =
      Metric.number(SelfDistilling.KNN_GAIN, "k-NN accuracy over untrained", "points");
  private static final Metric INFORMATION =
      share(SelfDistilling.INFORMATION, "what answers say of images", Better.HIGHER);
  private static final Metric EACH =
      share(SelfDistilling.ANSWER_ENTROPY, "entropy of an answer", Better.NEITHER);
  private static final Metric OF_MEAN =
      share(SelfDistilling.MEAN_ANSWER_ENTROPY, "entropy of the mean answer", Better.NEITHER);

  /** One run, {@code distill}. */
  static final SingleRun RUN =
      SingleRun.of(
          SelfDistilling.KIND,
          "one training run of self-distillation",
          TEST_KNN,
          UNTRAINED,
          PIXELS,
          INFORMATION,
          EACH,
          OF_MEAN);

  /** Of the largest entropy that there can be. */
  private static Metric share(String name, String title, Better better) {
    return new Metric(name, title, "% of ln K", better, Scale.LOGIT, 0.0, 100.0);
  }

  @Override
  public String name() {
    return "self-distillation";
  }

  @Override
  public String summary() {
    return "features without labels by several methods, and how they collapse (table 2)";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK ->
              List.of(
                  "methods=pre-ln,dyt",
                  "epochs=8",
                  "warmup=1",
                  "width=32",
                  "heads=2",
                  "depth=2",
                  "eval.every=4",
                  "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(SelfDistilling.KIND).after(METHODS, CONTROLS).keys();
  }

  @Override
  public List<Experiment> parts() {
    return List.of(RUN);
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "What do Vision Transformers with each method learn of images without labels, and when do they collapse?",
            TEST_KNN,
            UNTRAINED,
            PIXELS,
            GAIN,
            INFORMATION,
            EACH,
            OF_MEAN)
        .against(Baseline.of("pre-ln"))
        .over(
            Axis.variant(CONTROL, "meant to collapse")
                .with(
                    Map.of(
                        NO_CENTRING, "without centring", NO_SHARPENING, "teacher not sharpened")))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, TEST_KNN.name(), "method"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step"))
        .claiming(claims(config));
  }

  private static List<Claim> claims(Config config) {
    List<String> methods = config.get(METHODS);
    List<Claim> claims = new ArrayList<>();
    if (methods.containsAll(List.of("dyt", "pre-ln"))) {
      claims.add(
          Claim.same(
              "dyt-about-ln",
              "DyT is about as good as LayerNorm in self-distillation",
              Studies.DYT + ", table 2, DINO ViT-B/16 fine-tuned: 83.4 against 83.2",
              TEST_KNN,
              Where.of("dyt"),
              Where.of("pre-ln"),
              MARGIN));
    }
    for (String method : controlled(methods)) {
      claims.add(
          Claim.within(
              method + "-learns",
              "Self-distillation makes the features of %s better than an untrained network's"
                  .formatted(method),
              "arXiv 2104.14294, in direction",
              GAIN,
              Where.of(method),
              Interval.from(0)));
      claims.add(
          Claim.within(
              method + "-does-not-collapse",
              "Centring and sharpening together keep %s from collapsing".formatted(method),
              DINO,
              INFORMATION,
              Where.of(method),
              Interval.from(COLLAPSED)));
      if (config.get(CONTROLS)) {
        claims.add(collapses(method, NO_CENTRING, "Without centring"));
        claims.add(collapses(method, NO_SHARPENING, "With a teacher that is not sharpened"));
      }
    }
    return claims;
  }

  private static Claim collapses(String method, String control, String words) {
    return Claim.within(
        method + "-" + control + "-collapses",
        "%s %s collapses".formatted(words, method),
        DINO,
        INFORMATION,
        Where.of(method).with(CONTROL, control),
        Interval.upTo(COLLAPSED));
  }

  /** Those that are run with the controls too. */
  private static List<String> controlled(List<String> methods) {
    return methods.subList(0, Math.min(2, methods.size()));
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    Study study = new Study(name(), config, directory, SelfDistilling.KIND);
    config.get(METHODS).forEach(study::add);
    if (config.get(CONTROLS)) {
      for (String method : controlled(config.get(METHODS))) {
        control(study, method, NO_CENTRING, run -> run.with(SelfDistilling.CENTRE_MOMENTUM, 1.0));
        control(
            study,
            method,
            NO_SHARPENING,
            run ->
                run.with(SelfDistilling.TEACHER_TEMPERATURE, UNSHARPENED)
                    .with(SelfDistilling.TEACHER_TEMPERATURE_START, UNSHARPENED));
      }
    }
    return Runs.of(study.run(name()));
  }

  private static void control(
      Study study, String method, String control, UnaryOperator<Config> own) {
    study.add(method, Map.of(CONTROL, control), own);
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new SelfDistillationStudy(), args);
  }
}
