package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * One row of {@code summary.json}: a metric of one method and setting over seeds.
 *
 * @param method the method's registry name
 * @param setting what else sets the row apart; empty if nothing does
 * @param metric the metric's name, for example {@code test_accuracy}, in the unit its {@link
 *     Metric} names (accuracies in percent)
 * @param mean the mean over runs on the metric's {@link Scale}, taken back; a run that diverged
 *     counts with the metric's value at chance where there is one, and not at all elsewhere; null
 *     if there is no value
 * @param ci95 lower and upper end of the 95 % confidence interval of the mean (Student's t on the
 *     metric's scale); null below three runs
 * @param n how many runs the mean is taken over
 * @param seeds the seeds of all runs, diverged ones too
 * @param values the value of each of {@code seeds} as it counts in the mean; null where it does not
 * @param diverged how many runs diverged (or failed)
 * @param trained how many runs trained, where some did not; null if all did or none can be told
 * @param difference to the baseline; null if there is none or it is this row
 * @param published the published number this row stands beside, if there is one
 * @param source where the published number stands, for example {@code "arXiv 2503.10622, table 7"}
 * @param edge whether a value found by a search lies at the end of what was searched
 */
@JsonPropertyOrder({
  "method",
  "setting",
  "metric",
  "mean",
  "ci95",
  "n",
  "seeds",
  "values",
  "diverged",
  "trained",
  "difference",
  "published",
  "source",
  "edge"
})
public record SummaryRow(
    String method,
    Map<String, String> setting,
    String metric,
    Double mean,
    List<Double> ci95,
    int n,
    List<Long> seeds,
    List<Double> values,
    int diverged,
    @JsonInclude(JsonInclude.Include.NON_NULL) Trained trained,
    @JsonInclude(JsonInclude.Include.NON_NULL) Difference difference,
    @JsonInclude(JsonInclude.Include.NON_NULL) Double published,
    @JsonInclude(JsonInclude.Include.NON_NULL) String source,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean edge) {
  /** Copies the lists; what an older file lacks is empty. */
  public SummaryRow {
    setting = setting == null ? Map.of() : Map.copyOf(setting);
    seeds = seeds == null ? List.of() : List.copyOf(seeds);
    // not List.copyOf: a run without a value has null here
    values =
        values == null
            ? List.of()
            : Collections.unmodifiableList(Arrays.asList(values.toArray(Double[]::new)));
  }

  /** A row without single values and comparisons. */
  public SummaryRow(
      String method,
      Map<String, String> setting,
      String metric,
      Double mean,
      List<Double> ci95,
      int n,
      List<Long> seeds,
      int diverged,
      Double published,
      String source) {
    this(
        method, setting, metric, mean, ci95, n, seeds, List.of(), diverged, null, null, published,
        source, false);
  }
}
