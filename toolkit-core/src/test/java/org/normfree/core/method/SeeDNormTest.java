package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

class SeeDNormTest {
  private final Method method = new SeeDNorm();

  @Test
  void theGainDependsOnTheToken() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    graph.perturb();
    double[] alpha = graph.values("block1.attention.norm.alpha");
    double[] beta = graph.values("block1.attention.norm.beta");
    double[] gamma = graph.values("block1.attention.norm.gain");
    graph.assertTokens(
        y,
        x -> {
          double score = IntStream.range(0, x.length).mapToDouble(i -> x[i] * beta[i]).sum();
          double[] gain = RowMath.add(RowMath.times(Math.tanh(score), alpha), gamma);
          return RowMath.add(x, SmallGraph.f(RowMath.rmsNorm(x, gain)));
        });
  }

  @Test
  void startsAsAnRmsNorm() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.normalize(method, NormSite.Kind.FINAL);
    double[] ones = {1, 1, 1, 1};
    graph.assertTokens(y, x -> RowMath.rmsNorm(x, ones));
    assertThat(graph.values("norm.alpha")).hasSize(SmallGraph.WIDTH).containsOnly(1);
    assertThat(graph.network().array("norm.beta").shape()).containsExactly(SmallGraph.WIDTH, 1);
    InitialNetwork.of(method).assertDefaultWeights();
  }
}
