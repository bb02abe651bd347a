package org.normfree.experiments.api;

import java.util.Locale;
import java.util.Optional;
import org.normfree.core.record.Better;
import org.normfree.core.record.ClaimResult;
import org.normfree.core.record.Metric;
import org.normfree.experiments.statistics.Estimate;
import org.normfree.experiments.statistics.Interval;
import org.normfree.experiments.statistics.Judgement;

/**
 * What somebody claims, and when runs confirm it; stated before they are run. It is confirmed if
 * the whole 95 % interval of the estimand lies in the region, contradicted if the whole interval
 * lies outside ({@link Judgement}).
 *
 * @param id a name no other claim of the study has, in small letters with hyphens
 * @param text what is claimed, one sentence
 * @param source who claims it
 * @param criterion the region in words
 * @param region the numbers for which the claim holds
 * @param estimand the number it is about
 */
public record Claim(
    String id, String text, String source, String criterion, Interval region, Estimand estimand) {

  /** That one group is better than another. */
  public static Claim better(
      String id, String text, String source, Metric metric, Where group, Where than) {
    boolean more = metric.better() != Better.LOWER;
    return new Claim(
        id,
        text,
        source,
        "95 %% interval of the paired difference in %s %s 0"
            .formatted(metric.title(), more ? "above" : "below"),
        more ? Interval.from(0) : Interval.upTo(0),
        readings -> readings.difference(metric, group, than));
  }

  /** That a quantity is larger in one group than in another, whether that is good or not. */
  public static Claim larger(
      String id, String text, String source, Metric metric, Where group, Where than) {
    return new Claim(
        id,
        text,
        source,
        "95 %% interval of the paired difference in %s above 0".formatted(metric.title()),
        Interval.from(0),
        readings -> readings.difference(metric, group, than));
  }

  /** That one group is not worse than another by more than a margin. */
  public static Claim noWorse(
      String id,
      String text,
      String source,
      Metric metric,
      Where group,
      Where than,
      double margin) {
    boolean more = metric.better() != Better.LOWER;
    return new Claim(
        id,
        text,
        source,
        "95 %% interval of the paired difference in %s %s %s"
            .formatted(
                metric.title(),
                more ? "above" : "below",
                number(more ? -margin : margin) + unit(metric)),
        more ? Interval.from(-margin) : Interval.upTo(margin),
        readings -> readings.difference(metric, group, than));
  }

  /** That two groups differ by less than a margin: two one-sided tests. */
  public static Claim same(
      String id, String text, String source, Metric metric, Where one, Where other, double margin) {
    return new Claim(
        id,
        text,
        source,
        "95 %% interval of the paired difference in %s within ±%s (two one-sided tests)"
            .formatted(metric.title(), number(margin) + unit(metric)),
        new Interval(-margin, margin),
        readings -> readings.difference(metric, one, other));
  }

  /** That a group's mean lies in a region. */
  public static Claim within(
      String id, String text, String source, Metric metric, Where group, Interval region) {
    return new Claim(
        id,
        text,
        source,
        "95 %% interval of the mean %s %s"
            .formatted(
                metric.title(), words(region, metric.unit().isEmpty() ? "" : " " + metric.unit())),
        region,
        readings -> readings.mean(metric, group));
  }

  /** That the share of a group's runs that train lies in a region, in percent. */
  public static Claim trains(String id, String text, String source, Where group, Interval region) {
    return new Claim(
        id,
        text,
        source,
        "95 %% interval (Clopper–Pearson) of the share that trains %s"
            .formatted(words(region, " %")),
        region,
        readings -> readings.trained(group).map(counts -> counts.share()));
  }

  /** That more of one group's runs train than of another's. */
  public static Claim trainsMore(String id, String text, String source, Where group, Where than) {
    return new Claim(
        id,
        text,
        source,
        "95 % interval (Newcombe) of the difference of the shares that train above 0",
        Interval.from(0),
        readings -> readings.trainedDifference(group, than));
  }

  /**
   * @param readings what the runs recorded
   * @return the verdict on this claim
   */
  public ClaimResult judge(Readings readings) {
    Optional<Estimate> estimate = estimand.of(readings);
    Judgement judgement =
        estimate.map(found -> Judgement.of(found, region)).orElseGet(Judgement::silent);
    return new ClaimResult(
        id,
        text,
        source,
        criterion,
        estimate.map(Estimate::value).orElse(null),
        estimate.flatMap(Estimate::interval).map(Interval::ends).orElse(null),
        estimate.map(Estimate::n).orElse(0),
        judgement.verdict(),
        judgement.needed().orElse(null));
  }

  private static String words(Interval region, String unit) {
    if (region.low() == Double.NEGATIVE_INFINITY) {
      return "below " + number(region.high()) + unit;
    }
    return region.high() == Double.POSITIVE_INFINITY
        ? "above " + number(region.low()) + unit
        : "within %s to %s%s".formatted(number(region.low()), number(region.high()), unit);
  }

  /** The unit of differences, as it stands behind a number. */
  private static String unit(Metric metric) {
    String unit = metric.unit().equals("%") ? "points" : metric.unit();
    return unit.isEmpty() ? "" : " " + unit;
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.format(Locale.ROOT, "%d", (long) value)
        : String.format(Locale.ROOT, "%s", value);
  }
}
