package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;

/**
 * One row of {@code summary.json}: a metric of one method and setting over seeds.
 *
 * @param method the method's registry name
 * @param setting what else sets the row apart; empty if nothing does
 * @param metric the metric's name, for example {@code test_accuracy}, in the unit its name implies
 *     (accuracies in percent)
 * @param mean the mean over the runs that did not diverge; null if there is none
 * @param ci95 lower and upper end of the 95 % confidence interval of the mean (Student's t); null
 *     below two runs
 * @param n how many runs the mean is taken over
 * @param seeds the seeds of all runs, diverged ones too
 * @param diverged how many runs diverged (or failed)
 * @param published the published number this row stands beside, if there is one
 * @param source where the published number stands, for example {@code "arXiv 2503.10622, table 7"}
 */
@JsonPropertyOrder({
  "method",
  "setting",
  "metric",
  "mean",
  "ci95",
  "n",
  "seeds",
  "diverged",
  "published",
  "source"
})
public record SummaryRow(
    String method,
    Map<String, String> setting,
    String metric,
    Double mean,
    List<Double> ci95,
    int n,
    List<Long> seeds,
    int diverged,
    @JsonInclude(JsonInclude.Include.NON_NULL) Double published,
    @JsonInclude(JsonInclude.Include.NON_NULL) String source) {}
