package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;

class DerfRelativeTest {
  private static final Map<String, DoubleUnaryOperator> FUNCTIONS =
      Map.of(
          "satursin", u -> Math.abs(u) < Math.PI / 2 ? Math.sin(u) : Math.signum(u),
          "arctan", u -> Math.atan(u) * 2 / Math.PI,
          "isru", u -> u / Math.hypot(1, u),
          "softsign", u -> u / (1 + Math.abs(u)));

  static Set<String> names() {
    return FUNCTIONS.keySet();
  }

  private static Method method(String name) {
    return Methods.create(name, MethodOptions.DEFAULTS);
  }

  @ParameterizedTest
  @MethodSource("names")
  void isTheFunctionWithAShift(String name) {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method(name));
    graph.perturb();
    double alpha = graph.scalar("block1.attention.norm.alpha");
    double shift = graph.scalar("block1.attention.norm.shift");
    double[] gamma = graph.values("block1.attention.norm.gamma");
    double[] beta = graph.values("block1.attention.norm.beta");
    graph.assertTokens(
        y,
        x -> {
          double[] t = RowMath.map(x, v -> FUNCTIONS.get(name).applyAsDouble(alpha * v + shift));
          return RowMath.add(x, SmallGraph.f(RowMath.add(RowMath.mul(gamma, t), beta)));
        });
  }

  @ParameterizedTest
  @MethodSource("names")
  void startsAsDerf(String name) {
    SmallGraph graph = new SmallGraph();
    graph.normalize(method(name), NormSite.Kind.FINAL);
    assertThat(graph.scalar("norm.alpha")).isEqualTo(0.5);
    assertThat(graph.scalar("norm.shift")).isZero();
    assertThat(graph.values("norm.gamma")).hasSize(SmallGraph.WIDTH).containsOnly(1);
    assertThat(graph.values("norm.beta")).hasSize(SmallGraph.WIDTH).containsOnly(0);
    InitialNetwork.of(method(name)).assertDefaultWeights();
  }

  /** The inputs of the formula's test reach where the sine saturates. */
  @Test
  void theSineSaturates() {
    assertThat(FUNCTIONS.get("satursin").applyAsDouble(2)).isEqualTo(1);
    assertThat(FUNCTIONS.get("satursin").applyAsDouble(-2)).isEqualTo(-1);
  }
}
