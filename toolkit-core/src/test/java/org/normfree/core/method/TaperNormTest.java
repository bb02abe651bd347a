package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;

class TaperNormTest {
  private static final MethodOptions.Ramps RAMPS = new MethodOptions.Ramps(1, 40, 20);

  private final Method method = new TaperNorm(MethodOptions.DEFAULTS.withRamps(RAMPS));

  private static double inverse(double[] x) {
    double square = Arrays.stream(x).map(v -> v * v).average().orElseThrow();
    return 1 / Math.sqrt(square + 1e-6);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "40, 1", "45, 0.85355339059327378", "50, 0.5", "60, 0", "1000, 0"})
  void theNormFadesIntoAFixedScale(int steps, double gate) {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.residual(method);
    graph.perturb();
    graph.network().array("training_steps").assign(steps);
    graph.network().array("block1.attention.norm.sum").assign(0.6);
    graph.network().array("block1.attention.norm.weight").assign(0.8);
    double[] gain = graph.values("block1.attention.norm.gain");
    graph.assertTokens(
        y,
        x -> {
          double factor = gate * inverse(x) + (1 - gate) * 0.75;
          double[] in = RowMath.mul(gain, RowMath.times(factor, x));
          return RowMath.add(x, SmallGraph.f(in));
        });
  }

  @Test
  void theScaleIsAveragedWhileTheNormIsAlone() {
    SmallGraph graph = new SmallGraph();
    graph.residual(method);
    String sum = "block1.attention.norm.sum";
    String weight = "block1.attention.norm.weight";
    double now =
        Arrays.stream(graph.tokens()).mapToDouble(TaperNormTest::inverse).average().orElseThrow();
    assertThat(graph.next(sum)[0] / graph.next(weight)[0]).isCloseTo(now, within(1e-12));
    graph.network().array(sum).assign(0.2);
    graph.network().array(weight).assign(0.5);
    graph.network().array("training_steps").assign(39);
    assertThat(graph.next(sum)[0]).isCloseTo(0.99 * 0.2 + 0.01 * now, within(1e-12));
    assertThat(graph.next(weight)[0]).isCloseTo(0.505, within(1e-12));
    graph.network().array("training_steps").assign(40);
    assertThat(graph.next(sum)).containsExactly(0.2);
    assertThat(graph.next(weight)).containsExactly(0.5);
  }

  @Test
  void theLastNormStays() {
    SmallGraph graph = new SmallGraph();
    SDVariable y = graph.normalize(method, NormSite.Kind.FINAL);
    graph.perturb();
    double[] gain = graph.values("norm.gain");
    graph.assertTokens(y, x -> RowMath.rmsNorm(x, gain));
    assertThat(graph.network().states()).isEmpty();
    InitialNetwork initial = InitialNetwork.of(method);
    initial.assertDefaultWeights();
    assertThat(initial.network().norms()).hasSize(2 * InitialNetwork.DEPTH + 1);
  }
}
