package org.normfree.core.record;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What runs say about a claim. */
public enum Verdict {
  /** The whole interval is where the claim says. */
  @JsonProperty("confirmed")
  CONFIRMED,
  /** The whole interval is where the claim denies. */
  @JsonProperty("contradicted")
  CONTRADICTED,
  /** The interval reaches into both, or there are too few runs for one. */
  @JsonProperty("inconclusive")
  INCONCLUSIVE
}
