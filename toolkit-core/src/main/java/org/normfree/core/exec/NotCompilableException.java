package org.normfree.core.exec;

/** Says why a graph has no fixed order or fixed shapes, so that only SameDiff's session runs it. */
final class NotCompilableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NotCompilableException(String message) {
    super(message);
  }
}
