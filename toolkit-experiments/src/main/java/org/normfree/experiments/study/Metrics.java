package org.normfree.experiments.study;

import org.normfree.core.record.Better;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Scale;
import org.normfree.experiments.api.Design;
import org.normfree.experiments.run.TestItems;

/** The metrics that studies share. */
final class Metrics {
  static final Metric TEST_ACCURACY = Metric.percent("test_accuracy", "test accuracy");
  static final Metric TEST_LOSS = Metric.loss("test_loss", "test loss", "nats");
  static final Metric VALIDATION_ACCURACY =
      Metric.percent("validation_accuracy", "validation accuracy");
  static final Metric VALIDATION_LOSS = Metric.loss("validation_loss", "validation loss", "nats");
  static final Metric EXACT_MATCH =
      Metric.percent("test_exact_match", "test sentences translated to the letter");
  static final Metric BLEU =
      new Metric(TestItems.BLEU, "test BLEU", "", Better.HIGHER, Scale.LOGIT, 0.0, 100.0);
  static final Metric TRAINED_SHARE = Metric.percent(Design.TRAINED_SHARE, "runs that train");

  private Metrics() {}

  /** A difference of accuracies, of which more is better. */
  static Metric points(String name, String title) {
    return new Metric(name, title, "points", Better.HIGHER, Scale.LINEAR, null, null);
  }

  /** A size of an error on a linear scale, of which less is better. */
  static Metric error(String name, String title, String unit) {
    return new Metric(name, title, unit, Better.LOWER, Scale.LINEAR, 0.0, null);
  }

  /** Matthews' coefficient, of which more is better. */
  static Metric matthews(String name, String title) {
    return new Metric(name, title, "", Better.HIGHER, Scale.LINEAR, -1.0, 1.0);
  }
}
