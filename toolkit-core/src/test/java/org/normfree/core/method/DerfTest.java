package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

class DerfTest {
  private final Method method = new Derf(MethodOptions.DEFAULTS);

  @Test
  void isAnErrorFunctionWithAShift() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    graph.perturb();
    double alpha = graph.scalar("block1.attention.norm.alpha");
    double shift = graph.scalar("block1.attention.norm.shift");
    double[] gamma = graph.values("block1.attention.norm.gamma");
    double[] beta = graph.values("block1.attention.norm.beta");
    graph.assertTokens(
        y,
        x -> {
          double[] t = RowMath.map(x, v -> Erf.erf(alpha * v + shift));
          return RowMath.add(x, SmallGraph.f(RowMath.add(RowMath.mul(gamma, t), beta)));
        });
  }

  @Test
  void startsAtTheSourcesValues() {
    SmallGraph graph = new SmallGraph();
    graph.normalize(method, NormSite.Kind.FINAL);
    assertThat(graph.parameters())
        .containsExactly("norm.alpha", "norm.shift", "norm.gamma", "norm.beta");
    assertThat(graph.scalar("norm.alpha")).isEqualTo(0.5);
    assertThat(graph.scalar("norm.shift")).isZero();
    assertThat(graph.values("norm.gamma")).hasSize(SmallGraph.WIDTH).containsOnly(1);
    assertThat(graph.values("norm.beta")).hasSize(SmallGraph.WIDTH).containsOnly(0);
    InitialNetwork.of(method).assertDefaultWeights();
  }
}
