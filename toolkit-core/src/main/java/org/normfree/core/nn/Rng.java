package org.normfree.core.nn;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Seeded randomness whose numbers depend on nothing but the seed and what they are for, so that a
 * parameter's initial value changes neither with the order of construction nor with the machine.
 */
public final class Rng {
  private final SplittableRandom random;

  private Rng(SplittableRandom random) {
    this.random = random;
  }

  /**
   * A generator for one purpose.
   *
   * @param seed the run's seed
   * @param purpose what the numbers are for, for example a parameter's name
   * @param index position within the purpose, for example a step
   * @return a generator that is independent of those of other seeds, purposes and indices
   */
  public static Rng of(long seed, String purpose, long index) {
    long hash = mix(seed);
    for (byte b : purpose.getBytes(StandardCharsets.UTF_8)) {
      hash = mix(hash ^ (b & 0xff));
    }
    return new Rng(new SplittableRandom(mix(hash ^ mix(index))));
  }

  /** The finalizer of MurmurHash3, moved by the golden ratio so that 0 is not a fixed point. */
  private static long mix(long z) {
    z += 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }

  /** A uniform number in [0, 1). */
  public double uniform() {
    return random.nextDouble();
  }

  /** A standard normal number, by Box and Muller with StrictMath. */
  public double gaussian() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
    return radius * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
  }

  /** A standard Gumbel number, {@code −ln(−ln u)} with StrictMath. */
  public double gumbel() {
    double u = random.nextDouble();
    while (u == 0) {
      u = random.nextDouble();
    }
    return -StrictMath.log(-StrictMath.log(u));
  }

  /**
   * @param bound above 0
   * @return an integer from 0 to below the bound, each as likely
   */
  public long below(long bound) {
    return random.nextLong(bound);
  }

  /**
   * Fills an array with the numbers from 0 on in an order of their own, each order as likely
   * (Fisher and Yates).
   *
   * @param order any array; its content does not matter
   */
  public void permute(int[] order) {
    for (int i = 0; i < order.length; i++) {
      int j = (int) below(i + 1L);
      order[i] = order[j];
      order[j] = i;
    }
  }
}
