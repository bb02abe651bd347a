package org.normfree.core.data.text;

import org.normfree.core.InputException;

/**
 * Running text in three parts.
 *
 * @param train what is learned from
 * @param validation what hyper-parameters are chosen by
 * @param test what is only reported
 */
public record TextCorpus(String train, String validation, String test) {
  /** UTF-16 units of all parts. */
  public long characters() {
    return (long) train.length() + validation.length() + test.length();
  }

  /** The first 90 % for training, 5 % for validation and the rest for test, cut after a line. */
  static TextCorpus divide(String origin, String text) {
    int length = text.length();
    int validation = cut(text, (int) (length * 0.9), (int) (length * 0.95));
    int test = cut(text, (int) (length * 0.95), length);
    if (validation == 0 || test == validation || test == length) {
      throw new InputException(
          "%s holds %s characters, too few to hold out a validation and a test part; give more text"
              .formatted(origin, length));
    }
    return new TextCorpus(
        text.substring(0, validation), text.substring(validation, test), text.substring(test));
  }

  /** After the first line that ends in [from, to), or else at from, between two code points. */
  private static int cut(String text, int from, int to) {
    int line = text.indexOf('\n', from) + 1;
    if (line > 0 && line < to) {
      return line;
    }
    boolean halves =
        from > 0
            && from < text.length()
            && Character.isSurrogatePair(text.charAt(from - 1), text.charAt(from));
    return halves ? from + 1 : from;
  }
}
