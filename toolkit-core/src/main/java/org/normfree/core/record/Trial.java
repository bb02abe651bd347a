package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Map;

/**
 * What one run of a sweep stands for: the file {@code trial.json} of its directory.
 *
 * @param experiment the experiment's name, for example {@code dyt-squash}
 * @param method the method's registry name, for example {@code dyt}
 * @param setting what sets this row apart besides the method, for example {@code {"alpha":
 *     "learned"}}; empty if nothing does
 * @param seed the run's seed
 * @param phase {@code "search"} for a learning-rate search run, {@code "final"} for a reported one
 */
@JsonPropertyOrder({"experiment", "method", "setting", "seed", "phase"})
public record Trial(
    String experiment, String method, Map<String, String> setting, long seed, String phase) {
  /** Phase of a run whose numbers are reported. */
  public static final String FINAL = "final";

  /** Phase of a run that only chooses a hyper-parameter on the validation split. */
  public static final String SEARCH = "search";
}
