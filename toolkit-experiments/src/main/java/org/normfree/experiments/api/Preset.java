package org.normfree.experiments.api;

/** How large the paper's experiments are run. */
public enum Preset {
  /** Minutes on two cores: enough to see every table and figure filled. */
  QUICK,
  /** Hours: what the documented results come from. */
  STANDARD
}
