package org.normfree.core.golden;

/** Cases of {@code dit.json.gz}. */
final class DitGolden {
  private DitGolden() {}

  static void register(GoldenFolder folder) {}
}
