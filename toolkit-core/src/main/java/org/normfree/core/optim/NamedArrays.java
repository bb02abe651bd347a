package org.normfree.core.optim;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;

/** Named arrays, as a network, an optimizer or a file holds them. */
public final class NamedArrays {
  private NamedArrays() {}

  /**
   * Checks that saved arrays fit where they are to go.
   *
   * @param what what the arrays are, for the message
   * @param expected arrays of the right names, types and shapes
   * @param saved the arrays to check
   * @throws InputException if a name is missing or superfluous, or a shape or type differs
   */
  public static void requireSame(
      String what, Map<String, INDArray> expected, Map<String, INDArray> saved) {
    TreeSet<String> missing = new TreeSet<>(expected.keySet());
    missing.removeAll(saved.keySet());
    TreeSet<String> superfluous = new TreeSet<>(saved.keySet());
    superfluous.removeAll(expected.keySet());
    if (!missing.isEmpty() || !superfluous.isEmpty()) {
      throw new InputException(
          "the saved %s belongs to another network or optimizer (missing: %s, superfluous: %s); restore it into the configuration it was saved from"
              .formatted(what, brief(missing), brief(superfluous)));
    }
    expected.forEach(
        (name, array) -> {
          INDArray other = saved.get(name);
          if (other.dataType() != array.dataType()
              || !Arrays.equals(other.shape(), array.shape())) {
            throw new InputException(
                "the saved %s has %s as %s %s, but %s %s is expected; restore it into the configuration it was saved from"
                    .formatted(
                        what,
                        name,
                        other.dataType(),
                        Arrays.toString(other.shape()),
                        array.dataType(),
                        Arrays.toString(array.shape())));
          }
        });
  }

  private static String brief(Set<String> names) {
    if (names.isEmpty()) {
      return "none";
    }
    return names.size() == 1
        ? names.iterator().next()
        : "%s and %s more".formatted(names.iterator().next(), names.size() - 1);
  }
}
