package org.normfree.core;

/**
 * Says that something the user gave (an option, a file, a shape) cannot be used. The message is one
 * sentence that names the value, what was expected and what to do; the command line prints it as it
 * stands and exits with 2.
 */
public class InputException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what was wrong, what was expected, what to do
   */
  public InputException(String message) {
    super(message);
  }

  /**
   * @param message what was wrong, what was expected, what to do
   * @param cause the failure underneath
   */
  public InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
