package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.InputException;

class BhytTest {
  private final Method method = new Bhyt(MethodOptions.DEFAULTS);

  private static double[] bhyt(double[] x, double lambda, double[] weight) {
    double square = Arrays.stream(x).map(v -> v * v).average().orElseThrow();
    double slope = lambda * 0.1 / Math.sqrt(square + 1e-6);
    return RowMath.mul(weight, RowMath.map(x, v -> Math.tanh(slope * v)));
  }

  @Test
  void squashesWithASlopeThatFollowsTheSizeOfTheToken() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    graph.perturb();
    double lambda = graph.scalar("block1.attention.norm.lambda");
    double[] weight = graph.values("block1.attention.norm.weight");
    graph.assertTokens(y, x -> RowMath.add(x, SmallGraph.f(bhyt(x, lambda, weight))));
  }

  @Test
  void startsAtTheSourcesValues() {
    SmallGraph graph = new SmallGraph();
    graph.normalize(method, NormSite.Kind.FINAL);
    assertThat(graph.parameters()).containsExactly("norm.lambda", "norm.weight");
    assertThat(graph.scalar("norm.lambda")).isEqualTo(2);
    assertThat(graph.values("norm.weight")).hasSize(SmallGraph.WIDTH).containsOnly(1);
    InitialNetwork.of(method).assertDefaultWeights();
  }

  @Test
  void lambdaCanBeChosen() {
    SmallGraph graph = new SmallGraph();
    graph.normalize(new Bhyt(MethodOptions.DEFAULTS.withLambda(5)), NormSite.Kind.FFN);
    assertThat(graph.scalar("norm.lambda")).isEqualTo(5);
    assertThatThrownBy(() -> MethodOptions.DEFAULTS.withLambda(Double.NaN))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("BHyT");
  }
}
