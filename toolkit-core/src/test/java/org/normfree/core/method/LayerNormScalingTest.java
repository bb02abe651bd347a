package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;

class LayerNormScalingTest {
  private final Method method = new LayerNormScaling();

  /** SmallGraph's branch is in the second layer. */
  @ParameterizedTest
  @EnumSource(names = {"ATTENTION", "FFN"})
  void theNormIsDividedByTheRootOfTheLayersNumber(Branch.Kind kind) {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method, kind, Stack.decoderOnly(5));
    graph.perturb();
    String place = kind == Branch.Kind.FFN ? "block1.ffn" : "block1.attention";
    double[] gain = graph.values(place + ".norm.gain");
    double[] bias = graph.values(place + ".norm.bias");
    graph.assertTokens(
        y,
        x -> {
          double[] in = RowMath.times(1 / Math.sqrt(2), RowMath.layerNorm(x, gain, bias));
          return RowMath.add(x, SmallGraph.f(in));
        });
  }

  @Test
  void theLastNormIsNotScaled() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.normalize(method, NormSite.Kind.FINAL);
    graph.perturb();
    double[] gain = graph.values("norm.gain");
    double[] bias = graph.values("norm.bias");
    graph.assertTokens(y, x -> RowMath.layerNorm(x, gain, bias));
    InitialNetwork initial = InitialNetwork.of(method);
    initial.assertDefaultWeights();
    assertThat(initial.network().norms()).hasSize(2 * InitialNetwork.DEPTH + 1);
  }
}
