package org.normfree.plots.figure;

/** Words as a part of a file name. */
final class FileName {
  private FileName() {}

  /**
   * @return the words with hyphens for whatever is no letter, digit or point
   */
  static String of(String words) {
    return words.replaceAll("[^A-Za-z0-9.]+", "-").replaceAll("^-|-$", "");
  }
}
