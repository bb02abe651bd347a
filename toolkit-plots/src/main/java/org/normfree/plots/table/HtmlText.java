package org.normfree.plots.table;

/** Plain text as HTML. */
public final class HtmlText {
  private HtmlText() {}

  /**
   * @param text plain text
   * @return the same for the content of an element or a quoted attribute; what HTML cannot hold is
   *     a replacement character
   */
  public static String of(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(isAllowed(c) ? c : 0xFFFD);
              }
            });
    return out.toString();
  }

  private static boolean isAllowed(int c) {
    boolean space = c == '\t' || c == '\n' || c == '\r';
    boolean nonCharacter = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
    return space
        || !(Character.isISOControl(c)
            || nonCharacter
            || Character.getType(c) == Character.SURROGATE);
  }
}
