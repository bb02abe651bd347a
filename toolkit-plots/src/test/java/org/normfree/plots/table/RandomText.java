package org.normfree.plots.table;

import java.util.SplittableRandom;

/** Strings of every kind of character: ASCII, letters of all scripts, marks, controls, emoji. */
final class RandomText {
  private static final int[][] RANGES = {
    {0x20, 0x7F},
    {0x20, 0x7F},
    {0x00, 0x20},
    {0x7F, 0x180},
    {0x300, 0x370},
    {0x370, 0x400},
    {0x400, 0x700},
    {0x2000, 0x2300},
    {0x4E00, 0x9FFF},
    {0xD800, 0xE000},
    {0xE000, 0xFFFF},
    {0x1F300, 0x1FAFF},
    {0x10000, 0x110000}
  };

  private RandomText() {}

  static String of(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(12);
    for (int i = 0; i < length; i++) {
      int[] range = RANGES[random.nextInt(RANGES.length)];
      text.appendCodePoint(random.nextInt(range[0], range[1]));
    }
    return text.toString();
  }
}
