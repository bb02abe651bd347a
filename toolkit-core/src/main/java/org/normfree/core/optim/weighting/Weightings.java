package org.normfree.core.optim.weighting;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.normfree.core.InputException;
import org.normfree.core.Suggestion;

/** The rules by name, with the settings their sources use. */
public final class Weightings {
  private static final Map<String, Supplier<Weighting>> ALL = new LinkedHashMap<>();

  static {
    add(Equal::new);
    add(GeometricMean::new);
    add(UnitGradients::new);
    add(() -> new MinimumNorm(false));
    add(() -> new MinimumNorm(true));
    add(PcGrad::new);
    add(CaGrad::new);
    add(NashBargaining::new);
    add(ImtlG::new);
    add(UpGrad::new);
    add(PrimarySecondary::new);
    add(CosineGate::new);
    add(PrimaryAlone::new);
  }

  private Weightings() {}

  private static void add(Supplier<Weighting> rule) {
    ALL.put(rule.get().name(), rule);
  }

  /** All names; {@link InverseLoss} is not among them, because it needs losses to begin with. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /**
   * @param name one of {@link #names}
   * @throws InputException if there is none of that name; it suggests the nearest
   */
  public static Weighting named(String name) {
    Supplier<Weighting> rule = ALL.get(name);
    if (rule == null) {
      throw new InputException(
          "unknown weighting '%s', %s".formatted(name, Suggestion.forName(name, names())));
    }
    return rule.get();
  }

  static double[] all(int count, double value) {
    double[] values = new double[count];
    Arrays.fill(values, value);
    return values;
  }
}
