package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.nn.Network;

class DyTTest {
  private static final Map<String, DoubleUnaryOperator> SQUASHES =
      Map.of(
          "dyt", Math::tanh,
          "identity", u -> u,
          "hardtanh", u -> Math.max(-1, Math.min(1, u)),
          "sigmoid", u -> 1 / (1 + Math.exp(-u)));

  private static Method dyt(MethodOptions options) {
    return Methods.create("dyt", options);
  }

  private static MethodOptions options(boolean perChannel, boolean learn, boolean affine) {
    return new MethodOptions(new Alpha0.BySite(0.8, 0.2), perChannel, learn, affine, true, 1e-4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dyt", "identity", "hardtanh", "sigmoid"})
  void squashesWhatGoesIntoTheBranch(String name) {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(Methods.create(name, MethodOptions.DEFAULTS));
    graph.perturb();
    double alpha = graph.scalar("block1.attention.norm.alpha");
    double[] gamma = graph.values("block1.attention.norm.gamma");
    double[] beta = graph.values("block1.attention.norm.beta");
    graph.assertTokens(
        y,
        x -> {
          double[] t = RowMath.map(RowMath.times(alpha, x), SQUASHES.get(name));
          return RowMath.add(x, SmallGraph.f(RowMath.add(RowMath.mul(gamma, t), beta)));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"dyt", "identity", "hardtanh", "sigmoid"})
  void withoutAlphaSquashesTheInputItself(String name) {
    SmallGraph graph = new SmallGraph();
    Method method = Methods.create(name + "-no-alpha", MethodOptions.DEFAULTS);
    SDVariable y = graph.normalize(method, NormSite.Kind.FFN);
    graph.perturb();
    assertThat(graph.parameters()).containsExactly("norm.gamma", "norm.beta");
    double[] gamma = graph.values("norm.gamma");
    double[] beta = graph.values("norm.beta");
    graph.assertTokens(
        y, x -> RowMath.add(RowMath.mul(gamma, RowMath.map(x, SQUASHES.get(name))), beta));
  }

  @Test
  void alphaIsOneScalarALayer() {
    InitialNetwork initial = InitialNetwork.of(dyt(MethodOptions.DEFAULTS));
    initial.assertDefaultWeights();
    assertThat(initial.parameters(".alpha"))
        .hasSize(2 * InitialNetwork.DEPTH + 1)
        .allSatisfy(name -> assertThat(initial.values(name)).containsExactly(0.5));
    assertThat(initial.parameters(".gamma"))
        .hasSize(2 * InitialNetwork.DEPTH + 1)
        .allSatisfy(n -> assertThat(initial.values(n)).hasSize(64).containsOnly(1));
    assertThat(initial.parameters(".beta"))
        .hasSize(2 * InitialNetwork.DEPTH + 1)
        .allSatisfy(n -> assertThat(initial.values(n)).hasSize(64).containsOnly(0));
  }

  @Test
  void attentionHasItsOwnInitialAlpha() {
    InitialNetwork initial = InitialNetwork.of(dyt(options(false, true, true)));
    assertThat(initial.values("block2.attention.norm.alpha")).containsExactly(0.8);
    assertThat(initial.values("block2.ffn.norm.alpha")).containsExactly(0.2);
    assertThat(initial.values("norm.alpha")).containsExactly(0.2);
  }

  @Test
  void alphaMayBelongToAChannel() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.normalize(dyt(options(true, true, false)), NormSite.Kind.FFN);
    graph.perturb();
    double[] alpha = graph.values("norm.alpha");
    assertThat(alpha).hasSize(SmallGraph.WIDTH).doesNotHaveDuplicates();
    graph.assertTokens(y, x -> RowMath.map(RowMath.mul(alpha, x), Math::tanh));
  }

  @Test
  void aFixedAlphaCountsButIsNotTrained() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.normalize(dyt(options(false, false, true)), NormSite.Kind.ATTENTION);
    assertThat(graph.parameters()).containsExactly("norm.gamma", "norm.beta");
    graph.assertTokens(y, x -> RowMath.map(RowMath.times(0.8, x), Math::tanh));
  }

  @Test
  void theAffinePartCanBeLeftOut() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.normalize(dyt(options(false, true, false)), NormSite.Kind.ATTENTION);
    assertThat(graph.parameters()).containsExactly("norm.alpha");
    graph.assertTokens(y, x -> RowMath.map(RowMath.times(0.8, x), Math::tanh));
  }

  @Test
  void probesFindItsAlphaInputAndOutput() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.normalize(dyt(MethodOptions.DEFAULTS), NormSite.Kind.FFN);
    assertThat(graph.network().norms())
        .containsExactly(new Network.NormPoint("norm", "x", y.name(), "norm.alpha"));
  }
}
