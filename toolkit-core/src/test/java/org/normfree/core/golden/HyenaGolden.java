package org.normfree.core.golden;

/** Cases of {@code hyena.json}. */
final class HyenaGolden {
  /** [batch, channels, length] as [batch, length, channels], and back. */
  private static final int[] LAST = {0, 2, 1};

  private HyenaGolden() {}

  static void register(GoldenFolder folder) {
    folder.kind("fft_conv", HyenaGolden::convolution);
  }

  private static void convolution(GoldenCase golden) {
    new GoldenOp(golden)
        .input("u", LAST)
        .input("k", 1, 0)
        .input("bias")
        .check(
            "y",
            (ops, in) -> ops.longConvolution(null, in.get("u"), in.get("k"), in.get("bias")),
            LAST);
  }
}
