package org.normfree.core.data.text;

/** What happens to a sentence that is longer than the model. */
public enum Overlong {
  /** It is an error. */
  REFUSE,
  /** Its pair is left out; one warning says how many were. */
  SKIP
}
