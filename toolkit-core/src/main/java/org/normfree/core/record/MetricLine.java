package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Map;

/**
 * One line of {@code metrics.jsonl}. Nothing in it depends on time, so two runs of one
 * configuration write the same bytes.
 *
 * @param kind {@code "metric"} (a value of a data split) or {@code "probe"} (a value of a layer)
 * @param step optimizer steps done when the line was written
 * @param epoch epochs completed
 * @param scope the split ({@code train}, {@code validation}, {@code test}) or the layer's name
 * @param values names and values, for example {@code loss}, {@code accuracy}, {@code alpha}, {@code
 *     inverseStd}, {@code learningRate}
 */
@JsonPropertyOrder({"kind", "step", "epoch", "scope", "values"})
public record MetricLine(
    String kind, long step, int epoch, String scope, Map<String, Double> values) {
  /** The kind of a line about a data split. */
  public static final String METRIC = "metric";

  /** The kind of a line about a layer. */
  public static final String PROBE = "probe";

  /** Begins the scope of a line about a whole network of one depth among several in a run. */
  public static final String DEPTH = "depth ";
}
