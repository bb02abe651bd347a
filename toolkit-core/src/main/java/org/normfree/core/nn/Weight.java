package org.normfree.core.nn;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import org.normfree.core.InputException;

/**
 * Adds up what a network's arrays take, and refuses what the memory of this machine cannot hold.
 */
final class Weight {
  /** No array of Java, in which initial values are drawn, is longer. */
  private static final double LONGEST = Integer.MAX_VALUE - 64;

  /** Bytes of an element while it is drawn, in double precision and then in single. */
  private static final int DRAWN = 12;

  /** Below, the machine is not asked. */
  private static final double SMALL = 1L << 28;

  private static final double GIGA = 1e9;

  private final String what;
  private final int copies;
  private double bytes;

  private Weight(String what, int copies) {
    this.what = what;
    this.copies = copies;
  }

  /** Of the values alone. */
  static Weight ofNetwork() {
    return new Weight("the network", 1);
  }

  /** Of values, gradients and two averages of them. */
  static Weight ofTraining() {
    return new Weight("training the network", 4);
  }

  /**
   * @param name the array's name
   * @param width bytes of an element
   * @param shape its shape
   * @throws InputException if it is too large, alone or with those before it
   */
  void add(String name, int width, long... shape) {
    double elements = 1;
    for (long size : shape) {
      elements *= size;
    }
    bytes += elements * width * copies;
    String array = "%s of shape %s".formatted(name, Arrays.toString(shape));
    if (elements > LONGEST) {
      throw new InputException(
          "%s has %s numbers, but an array holds %s at most; make the network smaller"
              .formatted(array, whole(elements), whole(LONGEST)));
    }
    double heap = Runtime.getRuntime().maxMemory();
    if (elements * DRAWN > heap) {
      throw new InputException(
          "%s has %s numbers, more than this Java's memory of %s GB holds while they are drawn; make the network smaller, or allow more with TOOLKIT_JAVA_OPTS=-Xmx8g (8 GB)"
              .formatted(array, whole(elements), tenth(heap / GIGA)));
    }
    if (bytes > SMALL && bytes > memory()) {
      throw new InputException(
          "%s takes at least %s GB up to %s, but this machine has %s GB of memory; make the network smaller"
              .formatted(what, tenth(bytes / GIGA), array, tenth(memory() / GIGA)));
    }
  }

  private static double memory() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Double.POSITIVE_INFINITY;
  }

  private static String tenth(double number) {
    return String.format(Locale.ROOT, "%,.1f", number);
  }

  private static String whole(double number) {
    return String.format(Locale.ROOT, "%,.0f", number);
  }
}
