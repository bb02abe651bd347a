package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PostLnTest {
  private final Method method = new PostLn();

  @Test
  void normalizesTheSum() {
    SmallGraph graph = new SmallGraph();
    var y = graph.residual(method);
    graph.perturb();
    double[] gain = graph.values("block1.attention.norm.gain");
    double[] bias = graph.values("block1.attention.norm.bias");
    graph.assertTokens(y, x -> RowMath.layerNorm(RowMath.add(x, SmallGraph.f(x)), gain, bias));
  }

  @Test
  void hasNoLastNorm() {
    SmallGraph graph = new SmallGraph();
    assertThat(graph.normalize(method, NormSite.Kind.FINAL)).isSameAs(graph.x());
    assertThat(InitialNetwork.of(method).network().norms()).hasSize(2 * InitialNetwork.DEPTH);
  }

  @Test
  void startsWithXavierWeights() {
    InitialNetwork.of(method).assertDefaultWeights();
  }
}
