package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.InputException;

class ProResTest {
  private static final MethodOptions.Ramps RAMPS = new MethodOptions.Ramps(300, 1, 1);

  private final Method method = new ProRes(MethodOptions.DEFAULTS.withRamps(RAMPS));

  /** SmallGraph's branch is in the second layer, so it is whole after 600 steps. */
  @ParameterizedTest
  @CsvSource({"0, 0", "150, 0.25", "599, 0.99833333333333333", "600, 1", "100000, 1"})
  void theBranchGrowsWithTheSteps(int steps, double factor) {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    graph.perturb();
    graph.network().array("training_steps").assign(steps);
    double[] gain = graph.values("block1.attention.norm.gain");
    double[] bias = graph.values("block1.attention.norm.bias");
    graph.assertTokens(
        y,
        x -> {
          double[] branch = SmallGraph.f(RowMath.layerNorm(x, gain, bias));
          return RowMath.add(x, RowMath.times(factor, branch));
        });
  }

  @Test
  void theStepsAreCountedOnceForTheWholeGraph() {
    SmallGraph graph = new SmallGraph();
    graph.layers(method, Stack.encoderOnly(3), 3);
    assertThat(graph.network().states()).hasSize(1);
    graph.network().array("training_steps").assign(41);
    assertThat(graph.next("training_steps")).containsExactly(42);
  }

  @Test
  void isPreLnOtherwise() {
    InitialNetwork initial = InitialNetwork.of(method);
    initial.assertDefaultWeights();
    assertThat(initial.network().norms()).hasSize(2 * InitialNetwork.DEPTH + 1);
  }

  @Test
  void thereMustBeSteps() {
    assertThatThrownBy(() -> new MethodOptions.Ramps(0, 1, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("prores.warmup=0");
    assertThatThrownBy(() -> new MethodOptions.Ramps(1, 0, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("taper.warmup=0");
    assertThatThrownBy(() -> new MethodOptions.Ramps(1, 1, 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("taper.decay=0");
  }
}
