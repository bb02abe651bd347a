package org.normfree.core.data.text;

import java.nio.file.Path;

/**
 * Reads running text from one UTF-8 file, plain or {@code .gz}: the first 90 % are for training, 5
 * % for validation, the rest for test.
 */
public final class PlainText {
  private PlainText() {}

  /**
   * @param file the file
   * @return its text
   * @throws org.normfree.core.InputException if it is missing, empty, no UTF-8 or too short
   */
  public static TextCorpus load(Path file) {
    return TextCorpus.divide(String.valueOf(file), TextFiles.text(file));
  }
}
