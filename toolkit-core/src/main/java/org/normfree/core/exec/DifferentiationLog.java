package org.normfree.core.exec;

import java.io.PrintStream;

/**
 * Keeps ND4J's "Added differentiated op …" lines, which go straight to {@link System#out}, off the
 * user's screen while a gradient function is built; everything else is passed through.
 */
final class DifferentiationLog {
  private static final String NOISE = "Added differentiated op ";
  private static final Object LOCK = new Object();

  private DifferentiationLog() {}

  /** Runs {@code differentiation}; one thread at a time, since there is one System.out. */
  static void silence(Runnable differentiation) {
    synchronized (LOCK) {
      PrintStream original = System.out;
      PrintStream filtered = new Filter(original);
      System.setOut(filtered);
      try {
        differentiation.run();
      } finally {
        // whoever replaced System.out in the meantime keeps their stream
        if (System.out == filtered) {
          System.setOut(original);
        }
      }
    }
  }

  private static final class Filter extends PrintStream {
    private final PrintStream target;

    Filter(PrintStream target) {
      super(target, true);
      this.target = target;
    }

    @Override
    public void println(String line) {
      if (line == null || !line.startsWith(NOISE)) {
        target.println(line);
      }
    }

    // through the target, which may encode characters differently from this stream's default
    @Override
    public void print(String text) {
      target.print(text);
    }
  }
}
