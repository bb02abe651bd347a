package org.normfree.experiments;

/** How large the paper's experiments are run. */
public enum Preset {
  /** Minutes on two cores: enough to see every table and figure filled. */
  QUICK,
  /** Hours: what the documented results come from. */
  STANDARD
}
