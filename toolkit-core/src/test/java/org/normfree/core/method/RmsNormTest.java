package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RmsNormTest {
  private final Method method = new RmsNorm();

  @Test
  void normalizesWhatGoesIntoTheBranch() {
    SmallGraph graph = new SmallGraph();
    var y = graph.residual(method);
    graph.perturb();
    double[] gain = graph.values("block1.attention.norm.gain");
    graph.assertTokens(y, x -> RowMath.add(x, SmallGraph.f(RowMath.rmsNorm(x, gain))));
  }

  @Test
  void hasAGainAndNoBias() {
    SmallGraph graph = new SmallGraph();
    graph.normalize(method, NormSite.Kind.FINAL);
    assertThat(graph.parameters()).containsExactly("norm.gain");
    assertThat(graph.values("norm.gain")).hasSize(SmallGraph.WIDTH).containsOnly(1);
  }

  @Test
  void standsWhereLayerNormDoes() {
    InitialNetwork initial = InitialNetwork.of(method);
    initial.assertDefaultWeights();
    assertThat(initial.network().norms()).hasSize(2 * InitialNetwork.DEPTH + 1);
  }
}
