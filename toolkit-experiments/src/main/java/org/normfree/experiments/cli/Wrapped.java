package org.normfree.experiments.cli;

/** Text in lines that fit a terminal. */
final class Wrapped {
  /** A word is not taken apart for lines shorter than this. */
  private static final int LEAST = 20;

  private Wrapped() {}

  /**
   * @param first what stands in front of the first line
   * @param text the text
   * @param indent how far other lines are set in, and the first one's text at least
   * @param width of the terminal
   * @return lines, each ended
   */
  static String text(String first, String text, int indent, int width) {
    StringBuilder lines = new StringBuilder(first);
    int column = first.length();
    if (column >= indent && !first.isBlank()) {
      lines.append(System.lineSeparator());
      column = 0;
    }
    lines.append(" ".repeat(Math.max(0, indent - column)));
    column = indent;
    boolean begun = false;
    for (String word : text.split(" ", -1)) {
      if (begun && column + 1 + word.length() > Math.max(width, indent + LEAST)) {
        lines.append(System.lineSeparator()).append(" ".repeat(indent));
        column = indent;
        begun = false;
      }
      lines.append(begun ? " " : "").append(word);
      column += word.length() + (begun ? 1 : 0);
      begun = true;
    }
    return lines.append(System.lineSeparator()).toString();
  }
}
