package org.normfree.plots.table;

import java.util.Locale;
import java.util.Map;

/**
 * Names of LaTeX commands, which are made of the letters A to Z and a to z only. Words begin with a
 * capital letter, digits and signs are spelt out: {@code dyt-squash} becomes {@code DytSquash},
 * {@code 0.5} becomes {@code ZeroPointFive}, {@code α} becomes {@code Alpha}.
 */
final class MacroName {
  private static final String[] DIGITS = {
    "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"
  };

  private static final Map<Integer, String> LETTERS =
      Map.of(
          (int) 'α', "Alpha",
          (int) 'β', "Beta",
          (int) 'γ', "Gamma",
          (int) 'σ', "Sigma",
          (int) '√', "Root",
          (int) '+', "Plus",
          (int) '=', "Equals",
          (int) '%', "Percent",
          (int) '−', "Minus");

  private MacroName() {}

  /**
   * @param parts words of any characters
   * @return one name; different words may give the same
   */
  static String of(Iterable<String> parts) {
    StringBuilder name = new StringBuilder();
    for (String part : parts) {
      append(name, part);
    }
    return name.length() == 0 ? "Unnamed" : name.toString();
  }

  private static void append(StringBuilder name, String part) {
    int[] points = part.codePoints().toArray();
    boolean capital = true;
    for (int i = 0; i < points.length; i++) {
      int c = points[i];
      boolean beforeDigit = i + 1 < points.length && isDigit(points[i + 1]);
      boolean afterDigit = i > 0 && isDigit(points[i - 1]);
      if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        name.append(
            capital ? Character.toString(c).toUpperCase(Locale.ROOT) : Character.toString(c));
        capital = false;
        continue;
      }
      if (isDigit(c)) {
        name.append(DIGITS[c - '0']);
      } else if (c == '.' && beforeDigit && afterDigit) {
        name.append("Point");
      } else if (c == '-' && beforeDigit && isSign(points, i)) {
        name.append("Minus");
      } else if (LETTERS.containsKey(c)) {
        name.append(LETTERS.get(c));
      } else if (c >= 0x7F) {
        name.append("U");
        Integer.toHexString(c)
            .chars()
            .forEach(
                hex ->
                    name.append(
                        isDigit(hex)
                            ? DIGITS[hex - '0']
                            : Character.toString(hex).toUpperCase(Locale.ROOT)));
      }
      capital = true;
    }
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** Between letters and digits a hyphen joins words: {@code t-5} is no negative number. */
  private static boolean isSign(int[] points, int at) {
    if (at == 0) {
      return true;
    }
    int before = points[at - 1];
    boolean exponent = before == 'e' && at > 1 && isDigit(points[at - 2]);
    return exponent || " =,([".indexOf(before) >= 0;
  }
}
