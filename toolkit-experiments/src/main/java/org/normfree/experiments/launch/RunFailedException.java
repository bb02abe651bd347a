package org.normfree.experiments.launch;

/** Says that a run stopped on an error of its own, and where the details are. */
public final class RunFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RunFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
