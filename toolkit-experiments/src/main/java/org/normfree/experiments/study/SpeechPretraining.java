package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.normfree.core.model.speech.Wav2Vec2;
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
import org.normfree.experiments.config.SpeechKeys;
import org.normfree.experiments.problem.MaskedSpeech;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.statistics.Interval;

/**
 * {@code speech-pretraining}: wav2vec 2.0 with every method; contrastive loss and accuracy beside
 * chance, perplexities of the codes, linear probes of words and speakers beside an untrained
 * network's, and word errors after fine-tuning beside those from scratch. A rate is chosen by the
 * validation loss of a run with the first seed, where more than one is given. Source: arXiv
 * 2503.10622, table 5.
 */
public final class SpeechPretraining implements Experiment {
  private static final Key<List<String>> METHODS =
      Studies.methods("pre-ln", "dyt", "derf", "rms-norm");

  private static final Metric BITS =
      Metric.loss("test_" + Wav2Vec2.BITS, "test contrastive loss", "bits");
  private static final Metric ACCURACY =
      Metric.percent("test_accuracy", "test contrastive accuracy");
  private static final Metric PERPLEXITY =
      Metric.size("test_" + Wav2Vec2.PERPLEXITY, "perplexity of code probabilities", "");
  private static final Metric CODE_PERPLEXITY =
      Metric.size("test_" + Wav2Vec2.CODE_PERPLEXITY, "perplexity of codes", "");
  private static final Metric SAME =
      Metric.number("test_" + Wav2Vec2.SAME, "share of negatives that equal the target", "");
  private static final Metric WORDS =
      Metric.percent(MaskedSpeech.WORD_PROBE, "probe of words, new takes");
  private static final Metric UNTRAINED_WORDS =
      Metric.percent(
          MaskedSpeech.UNTRAINED + MaskedSpeech.WORD_PROBE, "the same, network untrained");
  private static final Metric WORDS_GAIN =
      Metric.number(
          MaskedSpeech.WORD_PROBE + MaskedSpeech.GAIN,
          "probe of words, new takes, over untrained",
          "points");
  private static final Metric NEW_SPEAKERS =
      Metric.percent(MaskedSpeech.NEW_SPEAKER_PROBE, "probe of words, new speakers");
  private static final Metric UNTRAINED_NEW_SPEAKERS =
      Metric.percent(
          MaskedSpeech.UNTRAINED + MaskedSpeech.NEW_SPEAKER_PROBE,
          "words, new speakers, network untrained");
  private static final Metric NEW_SPEAKERS_GAIN =
      Metric.number(
          MaskedSpeech.NEW_SPEAKER_PROBE + MaskedSpeech.GAIN,
          "probe of words, new speakers, over untrained",
          "points");
  private static final Metric SPEAKERS =
      Metric.percent(MaskedSpeech.SPEAKER_PROBE, "probe of speakers");
  private static final Metric UNTRAINED_SPEAKERS =
      Metric.percent(
          MaskedSpeech.UNTRAINED + MaskedSpeech.SPEAKER_PROBE, "speakers, network untrained");
  private static final Metric ERRORS =
      errors(MaskedSpeech.WORD_ERROR_RATE, "word error rate, fine-tuned");
  private static final Metric SCRATCH_ERRORS =
      errors(MaskedSpeech.UNTRAINED + MaskedSpeech.WORD_ERROR_RATE, "word error rate from scratch");
  private static final Metric FEWER_ERRORS =
      Metric.number(MaskedSpeech.FEWER_ERRORS, "word error rate over that from scratch", "points");

  private static final Metric[] ALL = {
    BITS,
    ACCURACY,
    PERPLEXITY,
    CODE_PERPLEXITY,
    SAME,
    WORDS,
    UNTRAINED_WORDS,
    WORDS_GAIN,
    NEW_SPEAKERS,
    UNTRAINED_NEW_SPEAKERS,
    NEW_SPEAKERS_GAIN,
    SPEAKERS,
    UNTRAINED_SPEAKERS,
    ERRORS,
    SCRATCH_ERRORS,
    FEWER_ERRORS
  };

  /** By how much losses may differ and still be called about equal, in bits. */
  private static final double MARGIN = 0.1;

  /** How far above chance an accuracy has to be to count as learned. */
  private static final double TIMES_CHANCE = 3;

  /** What a gain must be above, in points: where nothing is learned, both sides are equal. */
  private static final double LEAST_GAIN = 1;

  private static final String WAV2VEC = "arXiv 2006.11477, in substance";

  /** One run, {@code listen}. */
  static final SingleRun RUN =
      SingleRun.of(
          MaskedSpeech.KIND,
          "one pretraining run of wav2vec 2.0, and what the network is good for",
          ALL);

  /** It can be above 100, and 0. */
  private static Metric errors(String name, String title) {
    return new Metric(name, title, "%", Better.LOWER, Scale.LINEAR, 0.0, null);
  }

  @Override
  public String name() {
    return "speech-pretraining";
  }

  @Override
  public String summary() {
    return "wav2vec 2.0 by several methods: loss, codes, probes, word errors (table 5)";
  }

  @Override
  public Optional<List<String>> preset(Preset preset) {
    return Optional.of(
        switch (preset) {
          case QUICK ->
              List.of(
                  "methods=pre-ln,dyt",
                  "epochs=16",
                  "warmup=1",
                  "crop.seconds=1",
                  "channels=16",
                  "width=32",
                  "depth=2",
                  "heads=2",
                  "eval.every=5",
                  "tune.steps=200",
                  "tune.share=1",
                  "probe.epochs=20",
                  "seeds=3");
          case STANDARD -> List.of("seeds=5");
        });
  }

  @Override
  public List<Key<?>> keys() {
    return Study.keys(MaskedSpeech.KIND)
        .without(Keys.LEARNING_RATE, SpeechKeys.JUDGE)
        .after(RateSearch.keysWithin(2e-3))
        .after(METHODS)
        .keys();
  }

  @Override
  public List<Experiment> parts() {
    return List.of(RUN);
  }

  @Override
  public Design design(Config config) {
    return Design.of(
            "How well does wav2vec 2.0 learn from speech without labels with each method?", ALL)
        .against(Baseline.of("pre-ln"))
        .over(Axis.chosen(RateSearch.AXIS, "learning rate"))
        .drawn(
            FigureSpec.of(FigureSpec.INTERVALS, BITS.name(), "method"),
            FigureSpec.of(FigureSpec.INTERVALS, WORDS.name(), "method"),
            FigureSpec.of(FigureSpec.INTERVALS, ERRORS.name(), "method"),
            FigureSpec.of(FigureSpec.CURVES, "loss", "step"))
        .claiming(claims(config));
  }

  private static List<Claim> claims(Config config) {
    List<String> methods = config.get(METHODS);
    double learned = TIMES_CHANCE * 100 / (config.get(SpeechKeys.NEGATIVES) + 1);
    List<Claim> claims = new ArrayList<>();
    for (String method : List.of("pre-ln", "dyt")) {
      if (methods.contains(method)) {
        Where with = Where.of(method);
        claims.add(
            Claim.within(
                method + "-learns",
                "With %s the own target is found three times as often as by chance"
                    .formatted(method),
                "a floor of ours",
                ACCURACY,
                with,
                Interval.from(learned)));
        claims.add(
            Claim.within(
                method + "-probe-over-untrained",
                "With %s a probe tells more words from the trained network than from an untrained one"
                    .formatted(method),
                WAV2VEC,
                WORDS_GAIN,
                with,
                Interval.from(LEAST_GAIN)));
        claims.add(
            Claim.within(
                method + "-tuned-over-scratch",
                "With %s words are recognized with fewer errors after pretraining than from scratch"
                    .formatted(method),
                WAV2VEC,
                FEWER_ERRORS,
                with,
                Interval.upTo(-LEAST_GAIN)));
      }
    }
    if (methods.containsAll(List.of("dyt", "pre-ln"))) {
      claims.add(
          Claim.same(
              "dyt-about-ln",
              "The loss of DyT is about that of LayerNorm",
              Studies.DYT + ", table 5: 1.95 and 1.95 for Base, 1.91 and 1.92 for Large",
              BITS,
              Where.of("dyt"),
              Where.of("pre-ln"),
              MARGIN));
    }
    return claims;
  }

  @Override
  public Runs run(Config config, RunDirectory directory) {
    RateSearch search =
        new RateSearch(name(), config, directory, MaskedSpeech.KIND)
            .by("validation_loss")
            .searchingWith(run -> run.with(SpeechKeys.JUDGE, false));
    for (String method : config.get(METHODS)) {
      search.add(method, Map.of(), run -> run);
    }
    return search.run();
  }

  /** Runs it from an IDE. */
  public static void main(String[] args) {
    Toolkit.main(new SpeechPretraining(), args);
  }
}
