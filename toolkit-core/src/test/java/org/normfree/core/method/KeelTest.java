package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

class KeelTest {
  private final Method method = new Keel();

  @Test
  void alphaMultipliesTheResidualAndTheBranchSeesANorm() {
    SmallGraph graph = new SmallGraph();
    Stack stack = new Stack(Stack.Kind.DECODER, 5, 3);
    SDVariable y = graph.residual(method, Branch.Kind.ATTENTION, stack);
    graph.perturb();
    double[] inGain = graph.values("block1.attention.input_norm.gain");
    double[] inBias = graph.values("block1.attention.input_norm.bias");
    double[] gain = graph.values("block1.attention.norm.gain");
    double[] bias = graph.values("block1.attention.norm.bias");
    graph.assertTokens(
        y,
        x -> {
          double[] branch = SmallGraph.f(RowMath.layerNorm(x, inGain, inBias));
          return RowMath.layerNorm(RowMath.add(RowMath.times(9, x), branch), gain, bias);
        });
  }

  @Test
  void startsWithOrdinaryWeightsAndHasNoLastNorm() {
    InitialNetwork initial = InitialNetwork.of(method);
    initial.assertDefaultWeights();
    assertThat(initial.network().norms()).hasSize(4 * InitialNetwork.DEPTH);
    SmallGraph graph = new SmallGraph();
    assertThat(graph.normalize(method, NormSite.Kind.FINAL)).isSameAs(graph.x());
  }
}
