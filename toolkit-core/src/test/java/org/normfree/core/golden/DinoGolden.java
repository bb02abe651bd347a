package org.normfree.core.golden;

/** Cases of {@code dino.json.gz}. */
final class DinoGolden {
  private DinoGolden() {}

  static void register(GoldenFolder folder) {}
}
