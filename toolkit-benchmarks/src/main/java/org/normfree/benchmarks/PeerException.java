package org.normfree.benchmarks;

/** A measured process could not do its work; the others may go on. */
final class PeerException extends RuntimeException {
  PeerException(String message, Throwable cause) {
    super(message, cause);
  }
}
