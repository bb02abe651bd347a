package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * A figure that a study asks for: data, not code, so that plots draw it without knowing the study.
 *
 * @param kind which kind of figure, a name in the registry of {@code toolkit-plots}
 * @param metric what is shown: a metric of the rows, or the name of a value in {@code
 *     metrics.jsonl} for kinds that draw the course of a run
 * @param over what it is drawn over: the name of an axis, {@code method}, {@code step} or {@code
 *     layer}; empty where the kind leaves no choice
 * @param split axes with a panel, or a row of panels, for each of their values
 */
@JsonPropertyOrder({"kind", "metric", "over", "split"})
public record FigureSpec(String kind, String metric, String over, List<String> split) {
  /** Means with intervals, a row a method or variant, beside differences to the baseline. */
  public static final String INTERVALS = "intervals";

  /** A metric over a numeric axis, a line a method, a panel for each value of the split axes. */
  public static final String LINES = "lines";

  /** A value of {@code metrics.jsonl} over steps, a line a method or variant. */
  public static final String CURVES = "curves";

  /** How far outputs moved over the first steps, a line a depth. */
  public static final String PATHS = "paths";

  /** What probes saw of layers, over steps or over layers. */
  public static final String PROBES = "probes";

  /** α and 1/std of layers over training. */
  public static final String TRACKING = "tracking";

  /** Input against output of LayerNorm layers. */
  public static final String MAPS = "maps";

  /** Images that runs made, a grid for each method and setting; the metric is the grid's name. */
  public static final String IMAGES = "images";

  /** Copies the axes. */
  public FigureSpec {
    split = split == null ? List.of() : List.copyOf(split);
  }

  /**
   * @return a figure with a panel or row for each value of some axes
   */
  public static FigureSpec of(String kind, String metric, String over, String... split) {
    return new FigureSpec(kind, metric, over, List.of(split));
  }
}
