package org.normfree.benchmarks;

import java.util.List;

/** The machine's limits in the same run: fastest products and copies. */
final class RooflineBench {
  private final Setting setting;
  private final Results results;

  RooflineBench(Setting setting, Results results) {
    this.setting = setting;
    this.results = results;
  }

  /**
   * Adds a row for each limit.
   *
   * @return the highest rate of any product, in GFLOP/s
   */
  double peak() {
    List<Roofline.Measure> measures = Roofline.measures();
    double[] values = Limit.measured("roofline", Variant.STOCK, setting);
    double peak = 0;
    for (int i = 0; i < values.length; i++) {
      Roofline.Measure measure = measures.get(i);
      results.add(
          Row.of(
              "roofline",
              measure.name(),
              "machine",
              "machine",
              measure.unit(),
              values[i],
              values[i]));
      peak = measure.product() ? Math.max(peak, values[i]) : peak;
      setting.say("roofline: %s %.0f %s", measure.name(), values[i], measure.unit());
    }
    return peak;
  }
}
