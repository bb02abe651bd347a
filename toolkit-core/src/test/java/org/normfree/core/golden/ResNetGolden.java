package org.normfree.core.golden;

/** Cases of {@code resnet.json.gz}. */
final class ResNetGolden {
  private ResNetGolden() {}

  static void register(GoldenFolder folder) {}
}
