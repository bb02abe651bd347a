package org.normfree.experiments.run;

import java.util.Map;
import org.normfree.core.InputException;
import org.normfree.core.record.Marker;

/**
 * How one run ended and the numbers it ended with.
 *
 * @param marker how it ended
 * @param values its final numbers by metric, for example {@code test_accuracy}; a diverged run may
 *     have some, a failed one has none
 * @param message one line on where it diverged or why it failed; empty for a run that is done
 */
public record Outcome(Marker marker, Map<String, Double> values, String message) {
  /** Begins the name of a value that tells what chance gives. */
  public static final String CHANCE = "chance:";

  /** Copies the values. */
  public Outcome {
    values = Map.copyOf(values);
  }

  /**
   * @param values the final numbers by metric
   * @return a run that reached its last step
   */
  public static Outcome done(Map<String, Double> values) {
    return new Outcome(Marker.DONE, values, "");
  }

  /**
   * @param step the optimizer step at which the loss was no longer finite
   * @param values what it had reached before; may be empty
   * @return a run that diverged
   */
  public static Outcome diverged(long step, Map<String, Double> values) {
    return new Outcome(Marker.DIVERGED, values, "loss not finite at step " + step);
  }

  /**
   * @param failure what stopped the run
   * @return a run that failed
   */
  public static Outcome failed(Throwable failure) {
    return new Outcome(Marker.FAILED, Map.of(), messageOf(failure));
  }

  /**
   * @param failure an exception
   * @return its message on one line, with its type where the message alone says too little
   */
  public static String messageOf(Throwable failure) {
    if (failure instanceof InputException) {
      return oneLine(failure);
    }
    Throwable root = root(failure);
    // what wraps a cause often says nothing, or says the cause in other words
    boolean says =
        failure.getMessage() != null && !(failure instanceof ExceptionInInitializerError);
    return says && !isOutOfMemory(failure) ? named(failure) : named(root);
  }

  /**
   * @param failure an exception
   * @return whether Java's memory was too small, whatever wraps the error
   */
  public static boolean isOutOfMemory(Throwable failure) {
    Throwable root = root(failure);
    // a class that could not be initialized tells of the first try in words alone
    return root instanceof OutOfMemoryError
        || String.valueOf(root.getMessage()).contains(OutOfMemoryError.class.getName());
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && !(root instanceof OutOfMemoryError)) {
      root = root.getCause();
    }
    return root;
  }

  private static String named(Throwable failure) {
    return failure.getClass().getSimpleName() + ": " + oneLine(failure);
  }

  private static String oneLine(Throwable failure) {
    return String.valueOf(failure.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
