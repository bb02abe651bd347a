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

  /**
   * Channels of a feed-forward network.
   *
   * @param ratio over the width
   * @param width channels of a token
   * @return the nearest whole number to their product
   * @throws InputException if that is none that can be built
   */
  public static int hidden(double ratio, int width) {
    double hidden = ratio * width;
    require(
        Double.isFinite(ratio) && hidden >= 0.5,
        "mlp.ratio=%s of %d channels is less than half a channel; expected at least 1, as with"
            + " mlp.ratio=%s (4 is usual)",
        ratio,
        width,
        1.0 / width);
    require(
        hidden <= Integer.MAX_VALUE,
        "mlp.ratio=%s of %d channels is more than can be counted; expected a smaller number (4 is"
            + " usual)",
        ratio,
        width);
    return (int) Math.round(hidden);
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
