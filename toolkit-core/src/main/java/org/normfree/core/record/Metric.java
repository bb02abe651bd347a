package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * What a summary says about one of its metrics, so that whoever reads it needs to know no metric by
 * name. The first metric of a summary is the study's primary one.
 *
 * @param name the name in rows, for example {@code test_accuracy}
 * @param title in words, for example {@code test accuracy}
 * @param unit {@code %}, {@code nats}, {@code s}; empty if it has none
 * @param better which values are the better ones
 * @param scale the scale of means and intervals
 * @param lower the smallest possible value; null if there is none
 * @param upper the largest possible value; null if there is none
 */
@JsonPropertyOrder({"name", "title", "unit", "better", "scale", "lower", "upper"})
public record Metric(
    String name,
    String title,
    String unit,
    Better better,
    Scale scale,
    @JsonInclude(JsonInclude.Include.NON_NULL) Double lower,
    @JsonInclude(JsonInclude.Include.NON_NULL) Double upper) {

  /**
   * @return a share in percent: an accuracy, a rate of success; more is better
   */
  public static Metric percent(String name, String title) {
    return new Metric(name, title, "%", Better.HIGHER, Scale.LOGIT, 0.0, 100.0);
  }

  /**
   * @return a quantity above 0 on a log scale of which less is better: a loss, a perplexity
   */
  public static Metric loss(String name, String title, String unit) {
    return new Metric(name, title, unit, Better.LOWER, Scale.LOG, 0.0, null);
  }

  /**
   * @return a quantity above 0 on a log scale that only describes: a size, a norm, a time
   */
  public static Metric size(String name, String title, String unit) {
    return new Metric(name, title, unit, Better.NEITHER, Scale.LOG, 0.0, null);
  }

  /**
   * @return a correlation coefficient
   */
  public static Metric correlation(String name, String title) {
    return new Metric(name, title, "", Better.NEITHER, Scale.FISHER, -1.0, 1.0);
  }

  /**
   * @return any other number
   */
  public static Metric number(String name, String title, String unit) {
    return new Metric(name, title, unit, Better.NEITHER, Scale.LINEAR, null, null);
  }

  /**
   * @return the title with the unit in brackets, for an axis
   */
  public String label() {
    return unit.isEmpty() ? title : "%s (%s)".formatted(title, unit);
  }
}
