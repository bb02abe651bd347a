package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PreLnTest {
  private final Method method = new PreLn();

  @Test
  void normalizesWhatGoesIntoTheBranch() {
    SmallGraph graph = new SmallGraph();
    var y = graph.residual(method);
    graph.perturb();
    double[] gain = graph.values("block1.attention.norm.gain");
    double[] bias = graph.values("block1.attention.norm.bias");
    graph.assertTokens(y, x -> RowMath.add(x, SmallGraph.f(RowMath.layerNorm(x, gain, bias))));
  }

  @Test
  void endsWithALayerNorm() {
    SmallGraph graph = new SmallGraph();
    var y = graph.normalize(method, NormSite.Kind.FINAL);
    graph.perturb();
    double[] gain = graph.values("norm.gain");
    double[] bias = graph.values("norm.bias");
    graph.assertTokens(y, x -> RowMath.layerNorm(x, gain, bias));
  }

  @Test
  void startsWithXavierWeightsAndNeutralNorms() {
    InitialNetwork initial = InitialNetwork.of(method);
    initial.assertDefaultWeights();
    assertThat(initial.network().norms()).hasSize(2 * InitialNetwork.DEPTH + 1);
    assertThat(initial.values("block0.ffn.norm.gain")).hasSize(InitialNetwork.DIM).containsOnly(1);
    assertThat(initial.values("block0.ffn.norm.bias")).hasSize(InitialNetwork.DIM).containsOnly(0);
  }
}
