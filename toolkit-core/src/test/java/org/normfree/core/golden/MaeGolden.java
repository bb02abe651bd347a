package org.normfree.core.golden;

/** Cases of {@code mae.json.gz}. */
final class MaeGolden {
  private MaeGolden() {}

  static void register(GoldenFolder folder) {}
}
