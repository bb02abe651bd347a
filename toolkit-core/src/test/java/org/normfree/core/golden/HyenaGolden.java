package org.normfree.core.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.op.HyenaFilterTerms;

/** Cases of {@code hyena.json}. */
final class HyenaGolden {
  /** [batch, channels, length] as [batch, length, channels], and back. */
  private static final int[] LAST = {0, 2, 1};

  private HyenaGolden() {}

  static void register(GoldenFolder folder) {
    folder.kind("fft_conv", HyenaGolden::convolution).kind("hyena_filter", HyenaGolden::filter);
  }

  private static void convolution(GoldenCase golden) {
    GoldenOp op = new GoldenOp(golden).input("u", LAST).input("k", 1, 0).input("bias");
    SDVariable y = op.ops().longConvolution(null, op.get("u"), op.get("k"), op.get("bias"));
    op.check("y", y.permute(LAST));
  }

  private static void filter(GoldenCase golden) {
    HyenaFilterTerms terms =
        new HyenaFilterTerms(
            golden.integer("length"),
            golden.integer("seqLen"),
            golden.integer("embDim"),
            golden.integer("width"),
            golden.number("shift"));
    golden.compareNumbers(
        "positions", Arrays.stream(terms.positions()).flatMapToDouble(Arrays::stream).toArray());
    golden.compareNumbers("times", terms.times());
    golden.compareNumbers("deltas", terms.decays());
    GoldenOp op = new GoldenOp(golden).parameter("implicit_filter.1.freq");
    List<SDVariable> weights = new ArrayList<>();
    List<SDVariable> biases = new ArrayList<>();
    for (int layer = 0; golden.has("parameters/" + weight(layer)); layer += 2) {
      weights.add(op.parameter(weight(layer), 1, 0).get(weight(layer)));
      String bias = "implicit_filter.%s.bias".formatted(layer);
      if (golden.has("parameters/" + bias)) {
        biases.add(op.parameter(bias).get(bias));
      }
    }
    assertThat(golden.integer("order")).as("hidden width").isEqualTo(hidden(golden));
    SDVariable frequency = op.get("implicit_filter.1.freq").reshape(hidden(golden));
    op.check("filter", op.ops().hyenaFilter(null, terms, frequency, weights, biases));
  }

  private static String weight(int layer) {
    return "implicit_filter.%s.weight".formatted(layer);
  }

  private static int hidden(GoldenCase golden) {
    return (int) golden.shape("parameters/" + weight(0))[0];
  }
}
