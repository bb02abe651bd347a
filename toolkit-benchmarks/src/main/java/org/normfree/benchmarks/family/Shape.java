package org.normfree.benchmarks.family;

import java.util.function.Function;
import org.normfree.benchmarks.peer.Workload;

/**
 * A network of a family in one size.
 *
 * @param name in options and tables
 * @param usual whether it is measured where none is asked for; the others are so small that they
 *     are only good for a test
 * @param with the network with a method
 */
public record Shape(String name, boolean usual, Function<String, Workload.Training> with) {
  static Shape of(String name, Function<String, Workload.Training> with) {
    return new Shape(name, true, with);
  }

  static Shape tiny(String name, Function<String, Workload.Training> with) {
    return new Shape(name, false, with);
  }
}
