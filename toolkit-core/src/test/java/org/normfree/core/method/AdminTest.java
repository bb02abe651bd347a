package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;

class AdminTest {
  private final Method method = new Admin();

  /** Values computed from admin-torch's formula. */
  @ParameterizedTest
  @CsvSource({"12, 2.017", "36, 3.041", "200, 6.075"})
  void omegaGrowsWithTheNumberOfBranches(int branches, double omega) {
    assertThat(Admin.omega(branches)).isCloseTo(omega, within(5e-4));
  }

  @Test
  void omegaMultipliesTheResidual() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    graph.perturb();
    double[] omega = graph.values("block1.attention.omega");
    double[] gain = graph.values("block1.attention.norm.gain");
    double[] bias = graph.values("block1.attention.norm.bias");
    graph.assertTokens(
        y,
        x -> {
          double[] sum = RowMath.add(RowMath.mul(omega, x), SmallGraph.f(x));
          return RowMath.layerNorm(sum, gain, bias);
        });
  }

  @Test
  void omegaIsAVectorAtTheClosedForm() {
    InitialNetwork initial = InitialNetwork.of(method, 6);
    assertThat(initial.parameters(".omega")).hasSize(12);
    assertThat(initial.values("block5.ffn.omega")).hasSize(64).containsOnly(Admin.omega(12));
  }

  @Test
  void isPostLnOtherwise() {
    InitialNetwork initial = InitialNetwork.of(method);
    initial.assertDefaultWeights();
    assertThat(initial.network().norms()).hasSize(2 * InitialNetwork.DEPTH);
    SmallGraph graph = new SmallGraph();
    assertThat(graph.normalize(method, NormSite.Kind.FINAL)).isSameAs(graph.x());
  }
}
