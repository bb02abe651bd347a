package org.normfree.core.method;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.normfree.core.InputException;

/** The initial α of a dynamic activation, which depends on where it stands. */
public sealed interface Alpha0 {
  /**
   * @param site where the activation stands
   * @return its α before training
   */
  double at(NormSite site);

  /**
   * @param alpha0 finite
   * @return the same α₀ everywhere
   * @throws InputException if it is not finite
   */
  static Alpha0 everywhere(double alpha0) {
    return new BySite(alpha0, alpha0);
  }

  /**
   * One α₀ before attention, another elsewhere.
   *
   * @param attention before attention branches, finite
   * @param other before feed-forward branches and the head, finite
   */
  record BySite(double attention, double other) implements Alpha0 {
    /**
     * @throws InputException if a number is not finite
     */
    public BySite {
      require(attention);
      require(other);
    }

    private static void require(double alpha0) {
      if (!Double.isFinite(alpha0)) {
        throw new InputException(
            "the initial α of DyT and its relatives is %s, expected a finite number; 0.5 is usual"
                .formatted(alpha0));
      }
    }

    @Override
    public double at(NormSite site) {
      return site.kind() == NormSite.Kind.ATTENTION ? attention : other;
    }
  }

  /**
   * What language models of a width were found to train best with, before attention and elsewhere:
   * 1.0 and 1.0 up to a width of 1024, 1.0 and 0.5 at 2048, 0.8 and 0.2 at 4096, 0.6 and 0.15 at
   * 5120, 0.2 and 0.05 from 8192 on. Source: arXiv 2503.10622, tables 10 and 11. Between these
   * widths log α₀ is interpolated linearly in the log of the width, which is this toolkit's choice.
   */
  record ByWidth() implements Alpha0 {
    private static final NavigableMap<Long, BySite> TABLE =
        new TreeMap<>(
            Map.of(
                1024L, new BySite(1.0, 1.0),
                2048L, new BySite(1.0, 0.5),
                4096L, new BySite(0.8, 0.2),
                5120L, new BySite(0.6, 0.15),
                8192L, new BySite(0.2, 0.05)));

    @Override
    public double at(NormSite site) {
      long width = Math.max(TABLE.firstKey(), Math.min(TABLE.lastKey(), site.width()));
      Map.Entry<Long, BySite> below = TABLE.floorEntry(width);
      Map.Entry<Long, BySite> above = TABLE.higherEntry(width);
      double low = below.getValue().at(site);
      if (width == below.getKey()) {
        return low;
      }
      double way =
          Math.log((double) width / below.getKey())
              / Math.log((double) above.getKey() / below.getKey());
      return low * Math.pow(above.getValue().at(site) / low, way);
    }
  }
}
