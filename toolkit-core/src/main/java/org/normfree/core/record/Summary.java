package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;

/**
 * The file {@code summary.json} of an experiment. It describes itself: whoever draws or prints it
 * needs to know neither the experiment nor its metrics by name.
 *
 * @param experiment the experiment's name
 * @param question what it asks, one sentence
 * @param preset the preset it was run with; null if settings were given by hand
 * @param smokeTest why its numbers are too small to say anything about its claims; null if they are
 *     not
 * @param metrics its metrics, the primary one first
 * @param baseline what rows are compared with; null if nothing is
 * @param axes the keys of its rows' settings
 * @param figures the figures it asks for
 * @param claims what was claimed beforehand, and what the runs say
 * @param rows a row a metric, method and setting
 */
@JsonPropertyOrder({
  "experiment",
  "question",
  "preset",
  "smokeTest",
  "metrics",
  "baseline",
  "axes",
  "figures",
  "claims",
  "rows"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Summary(
    String experiment,
    String question,
    String preset,
    String smokeTest,
    List<Metric> metrics,
    Baseline baseline,
    List<Axis> axes,
    List<FigureSpec> figures,
    List<ClaimResult> claims,
    List<SummaryRow> rows) {
  /** Copies the lists; what an older file lacks is empty. */
  public Summary {
    question = question == null ? "" : question;
    metrics = metrics == null ? List.of() : List.copyOf(metrics);
    axes = axes == null ? List.of() : List.copyOf(axes);
    figures = figures == null ? List.of() : List.copyOf(figures);
    claims = claims == null ? List.of() : List.copyOf(claims);
    rows = rows == null ? null : List.copyOf(rows);
  }

  /**
   * A table that describes nothing else.
   *
   * @param experiment the experiment's name
   * @param rows its rows
   */
  public Summary(String experiment, List<SummaryRow> rows) {
    this(experiment, "", null, null, List.of(), null, List.of(), List.of(), List.of(), rows);
  }

  /**
   * @param name a metric's name
   * @return what is said about it; of one that is not described, its name and no more
   */
  public Metric metric(String name) {
    return metrics.stream()
        .filter(metric -> metric.name().equals(name))
        .findFirst()
        .orElseGet(() -> Metric.number(name, name.replace('_', ' '), ""));
  }

  /**
   * Whether runs are those of the declared baseline, at any condition.
   *
   * @param method their method
   * @param setting what sets them apart
   * @return whether they have the baseline's method and variants; of several the one with the
   *     fewest settings is meant
   */
  public boolean isBaseline(String method, Map<String, String> setting) {
    return baseline != null
        && method.equals(baseline.method())
        && setting.entrySet().containsAll(baseline.setting().entrySet());
  }

  /**
   * @param name an axis' name
   * @return what is said about it; of one that is not described, its name and no more
   */
  public Axis axis(String name) {
    return axes.stream()
        .filter(axis -> axis.name().equals(name))
        .findFirst()
        .orElseGet(() -> Axis.variant(name, name));
  }
}
