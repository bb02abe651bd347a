package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Map;

/**
 * What a study's rows are compared with. It is declared before the runs and does not depend on how
 * they end.
 *
 * @param method the method's registry name
 * @param setting values of {@link Axis.Role#VARIANT variant} axes it has; of conditions it has
 *     those of the row that is compared with it
 */
@JsonPropertyOrder({"method", "setting"})
public record Baseline(String method, Map<String, String> setting) {
  /** Copies the setting. */
  public Baseline {
    setting = setting == null ? Map.of() : Map.copyOf(setting);
  }

  /**
   * @param method a method's registry name
   * @return that method without any variant
   */
  public static Baseline of(String method) {
    return new Baseline(method, Map.of());
  }
}
