package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * A claim, stated before the runs, and what the runs say about it.
 *
 * @param id a name that no other claim of the study has, in small letters with hyphens
 * @param text what is claimed, one sentence
 * @param source who claims it, for example {@code arXiv 2503.10622, table 7}
 * @param criterion when it counts as confirmed, in words, with its margin
 * @param estimate what the criterion is about, as the runs have it; null if they do not say
 * @param interval its 95 % interval; null below three runs or readings
 * @param n how many runs, or pairs of runs, it rests on
 * @param verdict the interval against the criterion
 * @param needed what would decide; null unless inconclusive
 */
@JsonPropertyOrder({
  "id",
  "text",
  "source",
  "criterion",
  "estimate",
  "interval",
  "n",
  "verdict",
  "needed"
})
public record ClaimResult(
    String id,
    String text,
    String source,
    String criterion,
    Double estimate,
    List<Double> interval,
    int n,
    Verdict verdict,
    @JsonInclude(JsonInclude.Include.NON_NULL) Needed needed) {
  /**
   * What an inconclusive claim lacks.
   *
   * @param n how many runs would decide at the spread seen; null if it cannot be told, or the
   *     estimate lies on the border itself
   * @param detectable how far from the border an estimate would have to be to be told apart from it
   *     with the runs there are; null below three
   * @param why why no number of runs would decide, and what would; null if runs would
   */
  @JsonPropertyOrder({"n", "detectable", "why"})
  public record Needed(
      Integer n, Double detectable, @JsonInclude(JsonInclude.Include.NON_NULL) String why) {
    /** What more runs would decide. */
    public Needed(Integer n, Double detectable) {
      this(n, detectable, null);
    }
  }
}
