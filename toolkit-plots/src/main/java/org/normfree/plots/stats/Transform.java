package org.normfree.plots.stats;

import java.util.function.DoubleUnaryOperator;
import org.normfree.core.record.Metric;

/**
 * The scale of a metric as a function and its inverse: means and intervals are taken of what it
 * gives, and taken back.
 *
 * @param there from a value to the scale
 * @param back from the scale to a value
 */
record Transform(DoubleUnaryOperator there, DoubleUnaryOperator back) {
  /**
   * @param metric a metric with its scale and its ends
   * @return the function of that scale
   */
  static Transform of(Metric metric) {
    double lower = metric.lower() == null ? Double.NEGATIVE_INFINITY : metric.lower();
    double upper = metric.upper() == null ? Double.POSITIVE_INFINITY : metric.upper();
    return switch (metric.scale()) {
      case LINEAR -> within(lower, upper);
      case LOG -> new Transform(Math::log, Math::exp);
      case LOGIT ->
          new Transform(
              value -> Math.log((value - lower) / (upper - value)),
              z -> lower + (upper - lower) / (1 + Math.exp(-z)));
      case FISHER -> new Transform(value -> 0.5 * Math.log((1 + value) / (1 - value)), Math::tanh);
    };
  }

  /**
   * @param metric a metric
   * @return values as they are, but for intervals that would leave what is possible
   */
  static Transform withinTheRangeOf(Metric metric) {
    return within(
        metric.lower() == null ? Double.NEGATIVE_INFINITY : metric.lower(),
        metric.upper() == null ? Double.POSITIVE_INFINITY : metric.upper());
  }

  private static Transform within(double lower, double upper) {
    return new Transform(
        DoubleUnaryOperator.identity(), value -> Math.max(lower, Math.min(upper, value)));
  }

  /**
   * @return whether a value lies within the scale, its ends excluded
   */
  boolean takes(double value) {
    return Double.isFinite(there.applyAsDouble(value));
  }
}
