package org.normfree.core.golden;

/** Cases of {@code convnext.json.gz}. */
final class ConvNeXtGolden {
  private ConvNeXtGolden() {}

  static void register(GoldenFolder folder) {}
}
