package org.normfree.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.normfree.benchmarks.family.Families;
import org.normfree.benchmarks.family.Family;
import org.normfree.benchmarks.family.Shape;
import org.normfree.benchmarks.peer.Workload;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;

/**
 * One network of the step bench.
 *
 * @param name in tables
 * @param workload what is trained
 * @param family its family
 */
record StepCase(String name, Workload.Training workload, Family<?> family) {
  /** Names of all networks. */
  static List<String> names() {
    return shapes().map(Shape::name).toList();
  }

  /** Names of those that are measured where none is asked for. */
  static List<String> usual() {
    return shapes().filter(Shape::usual).map(Shape::name).toList();
  }

  private static Stream<Shape> shapes() {
    return Families.ALL.stream().flatMap(family -> family.shapes().stream());
  }

  /**
   * @param names networks
   * @param methods as {@link Family#chosen} reads them
   * @return the cases, in that order
   * @throws InputException if there is no such network; it suggests the nearest
   */
  static List<StepCase> of(List<String> names, List<String> methods) {
    List<StepCase> cases = new ArrayList<>();
    for (String name : names) {
      Family<?> family =
          Families.ALL.stream()
              .filter(one -> one.shape(name).isPresent())
              .findFirst()
              .orElseThrow(() -> unknown(name));
      Shape shape = family.shape(name).orElseThrow();
      for (String method : family.chosen(methods)) {
        cases.add(new StepCase(name + " " + method, shape.with().apply(method), family));
      }
    }
    return cases;
  }

  private static InputException unknown(String name) {
    return new InputException(
        "unknown shape '%s', %s".formatted(name, Suggestion.forName(name, names())));
  }

  /** The variants that have this network. */
  List<Variant> fit(List<Variant> variants) {
    return variants.stream()
        .filter(v -> v != Variant.SAMEDIFF || family.plain().isPresent())
        .toList();
  }
}
