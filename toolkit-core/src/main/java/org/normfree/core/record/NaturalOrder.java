package org.normfree.core.record;

import java.math.BigInteger;
import java.util.Comparator;

/** Orders texts with the numbers in them by size: {@code block2} before {@code block10}. */
public enum NaturalOrder implements Comparator<String> {
  /** The order. */
  INSTANCE;

  @Override
  public int compare(String one, String other) {
    int i = 0;
    int j = 0;
    while (i < one.length() && j < other.length()) {
      if (digit(one, i) && digit(other, j)) {
        int endOne = end(one, i);
        int endOther = end(other, j);
        int order = number(one, i, endOne).compareTo(number(other, j, endOther));
        if (order != 0) {
          return order;
        }
        i = endOne;
        j = endOther;
      } else {
        int order = Character.compare(one.charAt(i++), other.charAt(j++));
        if (order != 0) {
          return order;
        }
      }
    }
    int order = Integer.compare(one.length() - i, other.length() - j);
    return order != 0 ? order : one.compareTo(other); // 01 and 1 are not the same
  }

  private static boolean digit(String text, int at) {
    return text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private static int end(String text, int from) {
    int end = from;
    while (end < text.length() && digit(text, end)) {
      end++;
    }
    return end;
  }

  private static BigInteger number(String text, int from, int end) {
    return new BigInteger(text.substring(from, end));
  }
}
