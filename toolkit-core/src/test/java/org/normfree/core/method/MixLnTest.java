package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;

class MixLnTest {
  private final Method method = new MixLn();

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 1", "5, 1", "6, 2", "12, 3", "18, 5", "24, 6"})
  void aQuarterOfTheLayersIsPostLn(int layers, int expected) {
    assertThat(MixLn.postLayers(Stack.encoderOnly(layers))).isEqualTo(expected);
    assertThat(MixLn.postLayers(new Stack(Stack.Kind.DECODER, 99, layers))).isEqualTo(expected);
  }

  /** SmallGraph's branch is in the second layer, of eight in the first quarter. */
  @Test
  void normalizesBehindTheAdditionInTheFirstQuarter() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method, Branch.Kind.ATTENTION, Stack.encoderOnly(8));
    graph.perturb();
    double[] gain = graph.values("block1.attention.norm.gain");
    double[] bias = graph.values("block1.attention.norm.bias");
    graph.assertTokens(y, x -> RowMath.layerNorm(RowMath.add(x, SmallGraph.f(x)), gain, bias));
  }

  @Test
  void normalizesBeforeTheBranchBehind() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method, Branch.Kind.ATTENTION, Stack.encoderOnly(4));
    graph.perturb();
    double[] gain = graph.values("block1.attention.norm.gain");
    double[] bias = graph.values("block1.attention.norm.bias");
    graph.assertTokens(y, x -> RowMath.add(x, SmallGraph.f(RowMath.layerNorm(x, gain, bias))));
  }

  @Test
  void endsWithANorm() {
    InitialNetwork initial = InitialNetwork.of(method);
    initial.assertDefaultWeights();
    assertThat(initial.network().norms()).hasSize(2 * InitialNetwork.DEPTH + 1);
  }
}
