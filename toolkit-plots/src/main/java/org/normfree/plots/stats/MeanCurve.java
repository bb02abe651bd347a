package org.normfree.plots.stats;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.normfree.core.record.Metric;

/** The mean of several runs' curves with its 95 % interval, at the steps that every run has. */
public final class MeanCurve {
  private final List<Double> x;
  private final List<Interval> values;

  private MeanCurve(List<Double> x, List<Interval> values) {
    this.x = x;
    this.values = values;
  }

  /**
   * @param curves a curve a run, value by step; not-a-number and infinite values count as missing
   * @param metric whose scale means and intervals are taken on; where a value lies at an end of
   *     that scale, they are taken of the values as they are, within the metric's range
   * @return their mean at the steps that no curve lacks; empty if there are none
   */
  public static MeanCurve of(
      Collection<? extends NavigableMap<Long, Double>> curves, Metric metric) {
    NavigableMap<Long, List<Double>> bySteps = new TreeMap<>();
    for (NavigableMap<Long, Double> curve : curves) {
      curve.forEach(
          (step, value) -> {
            if (value != null && Double.isFinite(value)) {
              bySteps.computeIfAbsent(step, s -> new ArrayList<>()).add(value);
            }
          });
    }
    Transform own = Transform.of(metric);
    boolean inside =
        bySteps.values().stream().allMatch(found -> found.stream().allMatch(own::takes));
    Transform scale = inside ? own : Transform.withinTheRangeOf(metric);
    List<Double> x = new ArrayList<>();
    List<Interval> values = new ArrayList<>();
    bySteps.forEach(
        (step, found) -> {
          if (found.size() == curves.size()) {
            x.add((double) step);
            values.add(Interval.of(scale, found.stream().mapToDouble(v -> v).toArray()));
          }
        });
    return new MeanCurve(x, values);
  }

  /**
   * Averages a long curve in equal stretches, so that a figure stays legible and its files small.
   *
   * @param curve value by step
   * @param most how many points may stay
   * @return the curve itself if it is short enough
   */
  public static NavigableMap<Long, Double> thinned(NavigableMap<Long, Double> curve, int most) {
    if (curve.size() <= most) {
      return curve;
    }
    int stretch = (curve.size() + most - 1) / most;
    NavigableMap<Long, Double> thin = new TreeMap<>();
    double sum = 0;
    int count = 0;
    int index = 0;
    for (var point : curve.entrySet()) {
      sum += point.getValue();
      count++;
      index++;
      if (count == stretch || index == curve.size()) {
        thin.put(point.getKey(), sum / count);
        sum = 0;
        count = 0;
      }
    }
    return thin;
  }

  /**
   * @return whether there is nothing to draw
   */
  public boolean isEmpty() {
    return x.isEmpty();
  }

  /**
   * @return whether there are three runs or more, and so an interval
   */
  public boolean hasBand() {
    return !values.isEmpty() && values.get(0).known();
  }

  /**
   * @return the steps
   */
  public double[] x() {
    return x.stream().mapToDouble(v -> v).toArray();
  }

  /**
   * @return the mean at each step
   */
  public double[] mean() {
    return values.stream().mapToDouble(Interval::mean).toArray();
  }

  /**
   * @return the interval's lower end at each step
   */
  public double[] low() {
    return values.stream().mapToDouble(Interval::low).toArray();
  }

  /**
   * @return the interval's upper end at each step
   */
  public double[] high() {
    return values.stream().mapToDouble(Interval::high).toArray();
  }

  /**
   * @param from index of the first point
   * @param to index behind the last one
   * @return that part of the curve
   */
  public MeanCurve part(int from, int to) {
    return new MeanCurve(x.subList(from, to), values.subList(from, to));
  }
}
