package org.normfree.experiments.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hipparchus.stat.regression.SimpleRegression;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Metric;
import org.normfree.experiments.run.Quantity;
import org.normfree.experiments.statistics.Interval;
import org.normfree.experiments.sweep.Progress;

/**
 * How something that single steps of several optimizers do grows with depth: its size at every
 * depth, and the slope of log size over log depth. A run measures all depths of one architecture,
 * method and seed.
 *
 * @param size the metric of a size
 * @param slope the metric of the slope
 * @param optimizers whose steps are looked at
 */
record DepthGrowth(Metric size, Metric slope, List<String> optimizers) {
  /** Slopes that are called flat. */
  static final Interval FLAT = new Interval(-0.15, 0.15);

  /** Slopes that are called a growth. */
  static final Interval GROWS = Interval.from(0.8);

  /** Axis of the architecture. */
  static final String ARCH = "arch";

  /** Axis of the optimizer whose step is looked at. */
  static final String OPTIMIZER = "optimizer";

  /** Axis of the depth. */
  static final String DEPTH = "depth";

  /** Whose step it is, in words. */
  static final Axis OPTIMIZERS =
      Axis.condition(OPTIMIZER, "step of")
          .with(Map.of("sgd", "step of SGD", "adam", "step of Adam", "lamb", "step of LAMB"));

  /** What is measured in one network. */
  @FunctionalInterface
  interface Measurement {
    /**
     * @param depth how deep the network is
     * @return the size by optimizer
     */
    Map<String, Double> at(int depth);
  }

  /**
   * Measures every depth.
   *
   * @param depths depths of the networks
   * @param progress is told how far it is
   * @param measurement measures a network
   * @return a run's values: sizes, and slopes where there are two depths or more and something
   *     moves at all of them
   */
  Map<String, Double> values(
      List<Integer> depths, Progress.Part progress, Measurement measurement) {
    Map<String, List<Double>> sizes = new LinkedHashMap<>();
    Map<String, Double> values = new LinkedHashMap<>();
    long total = depths.stream().mapToLong(depth -> depth).sum();
    long done = 0;
    for (int depth : depths) {
      Map<String, Double> measured = measurement.at(depth);
      for (String optimizer : optimizers) {
        double found = measured.get(optimizer);
        sizes.computeIfAbsent(optimizer, key -> new ArrayList<>()).add(found);
        Map<String, String> place = Map.of(OPTIMIZER, optimizer, DEPTH, String.valueOf(depth));
        values.put(new Quantity(size.name(), place).toString(), found);
      }
      done += depth;
      progress.report(done, total);
    }
    sizes.forEach(
        (optimizer, of) -> {
          if (of.size() > 1 && !of.contains(0.0)) {
            values.put(Quantity.at(slope.name(), OPTIMIZER, optimizer), logLogSlope(depths, of));
          }
        });
    return values;
  }

  /** Least squares of log size on log depth; NaN if a size is not finite or not above 0. */
  static double logLogSlope(List<Integer> depths, List<Double> sizes) {
    SimpleRegression line = new SimpleRegression();
    for (int i = 0; i < depths.size(); i++) {
      line.addData(Math.log(depths.get(i)), Math.log(sizes.get(i)));
    }
    double slope = line.getSlope();
    return Double.isFinite(slope) ? slope : Double.NaN;
  }
}
