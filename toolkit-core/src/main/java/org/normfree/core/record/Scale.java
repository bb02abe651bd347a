package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The scale on which values of a metric are averaged and on which intervals are symmetric. */
public enum Scale {
  /** Values as they are, for slopes and differences. */
  @JsonProperty("linear")
  LINEAR,
  /** Their logarithm, for losses, sizes, perplexities and times, which are above 0. */
  @JsonProperty("log")
  LOG,
  /** The logit of where they lie between the metric's lower and upper end, for shares. */
  @JsonProperty("logit")
  LOGIT,
  /** Fisher's z = atanh r, for correlations. */
  @JsonProperty("fisher")
  FISHER
}
