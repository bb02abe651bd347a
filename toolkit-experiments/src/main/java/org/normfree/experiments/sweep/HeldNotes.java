package org.normfree.experiments.sweep;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.function.Supplier;
import org.normfree.core.InputException;

/**
 * Holds back what is written to the standard error stream while settings or data are looked at. It
 * follows when they are found good; where they are refused, the refusal is the only line.
 */
public final class HeldNotes {
  private HeldNotes() {}

  /**
   * @param look looks at settings or data
   * @throws InputException if it does; nothing else is said then
   */
  public static void during(Runnable look) {
    during(
        () -> {
          look.run();
          return null;
        });
  }

  /**
   * @param look looks at settings or data
   * @return what it finds
   * @throws InputException if it does; nothing else is said then
   */
  public static <T> T during(Supplier<T> look) {
    PrintStream errors = System.err;
    ByteArrayOutputStream held = new ByteArrayOutputStream();
    PrintStream notes = new PrintStream(held, true, LastLine.charset());
    boolean refused = false;
    System.setErr(notes);
    try {
      return look.get();
    } catch (InputException e) {
      refused = true;
      throw e;
    } finally {
      System.setErr(errors);
      notes.flush();
      if (!refused) {
        errors.write(held.toByteArray(), 0, held.size());
        errors.flush();
      }
    }
  }
}
