package org.normfree.core;

/** Says that this machine lacks what the settings need, which another machine may have. */
public final class UnavailableException extends InputException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is lacking, and what can be done without it
   */
  public UnavailableException(String message) {
    super(message);
  }
}
