package org.normfree.benchmarks;

/**
 * One measured thing beside what it is compared with. Every side of a comparison has a row in which
 * it is {@code ours}, so each one's numbers are told; a baseline is compared with itself.
 *
 * @param bench {@code step}, {@code sweep}, {@code ops}, {@code sequence}, {@code attention},
 *     {@code depth}, {@code memory}, {@code augment}, {@code tasks} or {@code roofline}
 * @param name what was done, {@code case} in the file
 * @param ours whose numbers median, p10 and p90 are
 * @param peer what it is compared with
 * @param unit of median, p10 and p90
 * @param median of the repetitions
 * @param p10 the 10 % quantile of the repetitions
 * @param p90 the 90 % quantile of the repetitions
 * @param ratio the median of {@code ours} over that of {@code peer}
 */
record Row(
    String bench,
    @com.fasterxml.jackson.annotation.JsonProperty("case") String name,
    String ours,
    String peer,
    String unit,
    double median,
    double p10,
    double p90,
    double ratio) {
  static Row of(
      String bench,
      String name,
      String ours,
      String peer,
      String unit,
      Sample sample,
      double base) {
    return new Row(
        bench,
        name,
        ours,
        peer,
        unit,
        sample.median(),
        sample.quantile(0.1),
        sample.quantile(0.9),
        sample.median() / base);
  }

  /** A single number, which has no spread. */
  static Row of(
      String bench, String name, String ours, String peer, String unit, double value, double base) {
    return of(bench, name, ours, peer, unit, new Sample(value), base);
  }
}
