package org.normfree.core.nn;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Where initial values that are called a "truncated normal of deviation s" are cut off. The
 * conventions differ: a cut at ±2s, as TensorFlow's and the original BERT's, leaves a deviation of
 * {@code 0.8796·s}; PyTorch's {@code trunc_normal_} cuts at ±2, which leaves s = 0.02 as it is. So
 * the 0.02 of BERT is 0.0176 in fact. Source: kexue.fm/archives/8747.
 */
public enum Truncation {
  /** Nowhere. */
  NONE {
    @Override
    public Initializer of(double std) {
      return Initializer.normal(std);
    }

    @Override
    public double deviation(double std) {
      return std;
    }
  },
  /** At ±2 deviations. */
  DEVIATIONS {
    @Override
    public Initializer of(double std) {
      return Initializer.truncatedNormal(std);
    }

    @Override
    public double deviation(double std) {
      return std * Initializer.truncation(CUT);
    }
  },
  /** At ±2, an absolute number. */
  ABSOLUTE {
    @Override
    public Initializer of(double std) {
      return Initializer.truncatedNormalAt(CUT, std);
    }

    @Override
    public double deviation(double std) {
      return std * Initializer.truncation(CUT / std);
    }
  };

  private static final double CUT = 2;

  /**
   * Normal numbers, drawn again where they lie beyond the cut.
   *
   * @param std the deviation before anything is cut, above 0
   */
  public abstract Initializer of(double std);

  /**
   * @param std the deviation before anything is cut, above 0
   * @return the deviation of what is drawn
   */
  public abstract double deviation(double std);

  /** The conventions' names in settings. */
  public static List<String> names() {
    return Arrays.stream(values()).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
  }

  /**
   * @param name one of {@link #names}
   */
  public static Truncation named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
