package org.normfree.core.model;

import java.util.Locale;
import org.normfree.core.InputException;

/** What every architecture's numbers must satisfy. */
public final class Checks {
  private Checks() {}

  /** Heads must share the channels out evenly. */
  public static void heads(int width, int heads) {
    require(heads >= 1, "heads=%d, expected at least 1", heads);
    require(width >= 1, "width=%d, expected at least 1 channel", width);
    require(
        width % heads == 0,
        "width=%d is not divisible by heads=%d; choose a multiple, for example width=%d",
        width,
        heads,
        heads * Math.max(1, Math.round((float) width / heads)));
  }

  /** A vocabulary, a feed-forward network and a longest sequence of a text model. */
  public static void text(int vocabulary, int hidden, int maxLength) {
    require(vocabulary >= 2, "the vocabulary has %d token, expected at least 2", vocabulary);
    require(hidden >= 1, "hidden=%d, expected at least 1 channel", hidden);
    require(maxLength >= 1, "max.length=%d, expected at least 1 token", maxLength);
  }

  public static void rate(String name, double rate) {
    require(rate >= 0 && rate < 1, "%s=%s, expected a rate in [0, 1)", name, rate);
  }

  public static void require(boolean holds, String message, Object... arguments) {
    if (!holds) {
      throw new InputException(String.format(Locale.ROOT, message, arguments));
    }
  }
}
