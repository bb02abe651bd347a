package org.normfree.experiments.api;

import java.util.Map;
import java.util.TreeMap;
import org.normfree.core.record.Baseline;
import org.normfree.experiments.sweep.TrialResult;

/**
 * Which runs are meant: a method, variants and conditions. A variant that is not named is one the
 * runs must not have; a condition that is not named may be any, and runs at several count as one
 * mean a seed.
 *
 * @param method the method's registry name
 * @param setting axes and values
 */
public record Where(String method, Map<String, String> setting) {
  /** Copies the setting. */
  public Where {
    setting = Map.copyOf(setting);
  }

  /** A method without variants, at any condition. */
  public static Where of(String method) {
    return new Where(method, Map.of());
  }

  /** The method and setting of a run. */
  public static Where of(TrialResult run) {
    return new Where(run.trial().method(), run.trial().setting());
  }

  /** What a study's rows are compared with. */
  public static Where of(Baseline baseline) {
    return new Where(baseline.method(), baseline.setting());
  }

  /**
   * @param axis an axis
   * @param value a value of it
   * @return these runs at that value
   */
  public Where with(String axis, Object value) {
    Map<String, String> more = new TreeMap<>(setting);
    more.put(axis, String.valueOf(value));
    return new Where(method, more);
  }
}
