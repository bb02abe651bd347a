package org.normfree.experiments.statistics;

import java.util.List;
import org.hipparchus.util.FastMath;
import org.normfree.core.record.Better;
import org.normfree.core.record.Metric;
import org.normfree.core.record.Scale;

/**
 * Takes values of a metric to its {@link Scale} and back. For a logit scale the range is drawn in
 * by half of a thousandth at either end, as if there were half an item of a thousand more: {@code
 * logit(e + (1 − 2e)·share)} with e = 1/2000. So 0 % and 100 % of a test set have a place, one that
 * leaves room for what the set did not ask, and come back as they were.
 *
 * @param scale the scale
 * @param lower the smallest possible value; −∞ if there is none
 * @param upper the largest possible value; ∞ if there is none
 */
public record Gauge(Scale scale, double lower, double upper) {
  private static final double EDGE = 1.0 / 2000;

  /**
   * @param metric a metric
   * @return its gauge
   * @throws IllegalArgumentException if its scale is logit and it has not both ends
   */
  public static Gauge of(Metric metric) {
    Gauge gauge =
        new Gauge(
            metric.scale(),
            metric.lower() == null ? Double.NEGATIVE_INFINITY : metric.lower(),
            metric.upper() == null ? Double.POSITIVE_INFINITY : metric.upper());
    if (gauge.scale == Scale.LOGIT && !Double.isFinite(gauge.upper - gauge.lower)) {
      throw new IllegalArgumentException(
          "metric %s is on a logit scale without a lower and an upper end"
              .formatted(metric.name()));
    }
    return gauge;
  }

  /** The worst possible value; NaN if neither end is worse. */
  double worst(Better better) {
    return switch (better) {
      case HIGHER -> lower;
      case LOWER -> upper;
      case NEITHER -> Double.NaN;
    };
  }

  /** Whether a value has a place on the scale: finite, above 0 for logs, within (−1, 1) for r. */
  public boolean takes(double value) {
    return Double.isFinite(value)
        && switch (scale) {
          case LINEAR, LOGIT -> true;
          case LOG -> value > 0;
          case FISHER -> Math.abs(value) < 1;
        };
  }

  /** A value on the scale. */
  public double on(double value) {
    return switch (scale) {
      case LINEAR -> value;
      case LOG -> Math.log(value);
      case LOGIT -> {
        double share = (value - lower) / (upper - lower);
        double inside = EDGE + (1 - 2 * EDGE) * Math.max(0, Math.min(1, share));
        yield Math.log(inside / (1 - inside));
      }
      case FISHER -> FastMath.atanh(value);
    };
  }

  /** A place on the scale as a value. */
  public double back(double place) {
    return switch (scale) {
      case LINEAR -> place;
      case LOG -> Math.exp(place);
      case LOGIT -> {
        double share = (1 / (1 + Math.exp(-place)) - EDGE) / (1 - 2 * EDGE);
        yield lower + (upper - lower) * Math.max(0, Math.min(1, share));
      }
      case FISHER -> Math.tanh(place);
    };
  }

  /** An interval on the scale as one of values; it stays within the metric's ends. */
  Interval back(Interval places) {
    return new Interval(Math.max(lower, back(places.low())), Math.min(upper, back(places.high())));
  }

  /** Values that have a place on the scale, on it. */
  double[] on(List<Double> values) {
    return values.stream()
        .filter(value -> value != null && takes(value))
        .mapToDouble(this::on)
        .toArray();
  }
}
