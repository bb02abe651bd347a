package org.normfree.experiments.api;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Baseline;
import org.normfree.core.record.FigureSpec;
import org.normfree.core.record.Metric;
import org.normfree.experiments.statistics.Published;

/**
 * What a study asks and how it will be judged, declared before its runs: everything that tables,
 * figures and the report know of it.
 *
 * @param question what it asks, one sentence
 * @param metrics what it reports, the primary metric first
 * @param baseline what rows are compared with
 * @param axes what sets runs of one method apart
 * @param figures the figures it asks for
 * @param claims what is claimed
 * @param trained when a run counts as trained
 * @param published printed numbers beside ours
 */
public record Design(
    String question,
    List<Metric> metrics,
    Optional<Baseline> baseline,
    List<Axis> axes,
    List<FigureSpec> figures,
    List<Claim> claims,
    Optional<Threshold> trained,
    Counterparts published) {
  /**
   * A metric that counts runs which trained, in percent; its rows are made from {@link #trained}.
   */
  public static final String TRAINED_SHARE = "trained_share";

  /** Printed numbers that stand beside rows. */
  @FunctionalInterface
  public interface Counterparts {
    /**
     * @param metric a metric's name
     * @param row a row's method and setting
     * @return the printed number beside it
     */
    Optional<Published.Entry> beside(String metric, Where row);
  }

  /** Copies the lists; refuses two claims or metrics of one name. */
  public Design {
    metrics = List.copyOf(metrics);
    axes = List.copyOf(axes);
    figures = List.copyOf(figures);
    claims = List.copyOf(claims);
    requireDistinct("metric", metrics.stream().map(Metric::name).toList());
    requireDistinct("claim", claims.stream().map(Claim::id).toList());
    requireDistinct("axis", axes.stream().map(Axis::name).toList());
  }

  private static void requireDistinct(String what, List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new IllegalArgumentException(
            "two of a study's %ss are called %s".formatted(what, name));
      }
    }
  }

  /**
   * A design without figures, claims and comparisons.
   *
   * @param question what the study asks
   * @param metrics what it reports, the primary metric first
   */
  public static Design of(String question, Metric... metrics) {
    return new Design(
        question,
        List.of(metrics),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        (metric, row) -> Optional.empty());
  }

  /** This design with a baseline. */
  public Design against(Baseline declared) {
    return new Design(
        question, metrics, Optional.of(declared), axes, figures, claims, trained, published);
  }

  /** This design with axes. */
  public Design over(Axis... declared) {
    return new Design(
        question, metrics, baseline, List.of(declared), figures, claims, trained, published);
  }

  /** This design with figures. */
  public Design drawn(FigureSpec... declared) {
    return new Design(
        question, metrics, baseline, axes, List.of(declared), claims, trained, published);
  }

  /** This design with claims. */
  public Design claiming(List<Claim> declared) {
    return new Design(question, metrics, baseline, axes, figures, declared, trained, published);
  }

  /** This design with a rule for which runs trained. */
  public Design trainedFrom(String metric, double least) {
    Optional<Threshold> threshold = Optional.of(new Threshold(metric, least));
    return new Design(question, metrics, baseline, axes, figures, claims, threshold, published);
  }

  /** This design with printed numbers. */
  public Design beside(Counterparts numbers) {
    return new Design(question, metrics, baseline, axes, figures, claims, trained, numbers);
  }

  /** An axis by its name; one that was not declared is of variants. */
  Axis axis(String name) {
    return axes.stream()
        .filter(axis -> axis.name().equals(name))
        .findFirst()
        .orElseGet(() -> Axis.variant(name, name));
  }

  /**
   * @param group which runs are meant
   * @param row a row's method and setting
   * @return whether the row's runs are meant
   */
  public boolean matches(Where group, Where row) {
    if (!group.method().equals(row.method())) {
      return false;
    }
    Set<String> names = new HashSet<>(row.setting().keySet());
    names.addAll(group.setting().keySet());
    for (String name : names) {
      String wanted = group.setting().get(name);
      boolean free = wanted == null && axis(name).role() != Axis.Role.VARIANT;
      if (!free && !Objects.equals(wanted, row.setting().get(name))) {
        return false;
      }
    }
    return true;
  }

  /**
   * @param row a row's method and setting
   * @return which runs it is compared with: the baseline's at the row's conditions; empty without a
   *     baseline
   */
  public Optional<Where> baselineOf(Where row) {
    return baseline.map(
        base -> {
          Where where = Where.of(base);
          for (var entry : row.setting().entrySet()) {
            if (axis(entry.getKey()).role() == Axis.Role.CONDITION) {
              where = where.with(entry.getKey(), entry.getValue());
            }
          }
          return where;
        });
  }
}
