package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which values of a metric are the better ones. */
public enum Better {
  /** Large ones, as of accuracies. */
  @JsonProperty("higher")
  HIGHER,
  /** Small ones, as of losses. */
  @JsonProperty("lower")
  LOWER,
  /** Neither; the metric describes. */
  @JsonProperty("neither")
  NEITHER
}
