package org.normfree.core.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.optim.StepAdaptation.Kind;
import org.normfree.core.task.Team;

class StepAdaptationTest {
  /** More elements than a block of the element loop, and no multiple of it. */
  private static final int LENGTH = 5003;

  private static INDArray array(DataType type, int salt) {
    double[] values = new double[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      values[i] = Math.sin(0.37 * i + salt);
    }
    return Nd4j.create(values, new long[] {LENGTH}, type);
  }

  private static Map<String, INDArray> two(DataType type, int salt) {
    Map<String, INDArray> map = new LinkedHashMap<>();
    map.put("a", array(type, salt));
    map.put("b", array(type, salt + 10).reshape(1, LENGTH));
    return map;
  }

  private static List<ParameterGroup> groups() {
    return List.of(
        new ParameterGroup(List.of("a"), 0.1, 1), new ParameterGroup(List.of("b"), 0, 2));
  }

  private static StepAdaptation adaptation(Kind kind) {
    return new StepAdaptation(kind, true, 0.02, 0.03, 0.8);
  }

  private static Optimizer sgd(Map<String, INDArray> parameters, Kind kind) {
    return new AdaptiveSgd(parameters, groups(), 0.9, adaptation(kind));
  }

  private static Optimizer adam(Map<String, INDArray> parameters, Kind kind) {
    return new AdaptiveAdamW(parameters, groups(), 0.9, 0.99, 1e-8, adaptation(kind));
  }

  /** One scale over all parameters, whatever their groups, against plain arithmetic. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void bothFactorsMoveAsWrittenDown(DataType type) {
    Map<String, INDArray> parameters = two(type, 0);
    AdaptiveSgd optimizer = new AdaptiveSgd(parameters, groups(), 0.9, adaptation(Kind.BOTH));
    double[][] theta = new double[2][];
    double[][] h = new double[2][LENGTH];
    double[][] m = new double[2][LENGTH];
    double[][] p = new double[2][LENGTH];
    double s = 1;
    int k = 0;
    for (INDArray array : parameters.values()) {
      theta[k] = array.castTo(DataType.DOUBLE).dup('c').data().asDouble().clone();
      java.util.Arrays.fill(p[k++], 1);
    }
    for (int t = 1; t <= 5; t++) {
      Map<String, INDArray> gradients = two(type, t);
      double hg = 0;
      double hh = 0;
      double gg = 0;
      double[][] g = new double[2][];
      k = 0;
      for (INDArray gradient : gradients.values()) {
        g[k] = gradient.castTo(DataType.DOUBLE).dup('c').data().asDouble().clone();
        for (int i = 0; i < LENGTH; i++) {
          hg += h[k][i] * g[k][i];
          hh += h[k][i] * h[k][i];
          gg += g[k][i] * g[k][i];
        }
        k++;
      }
      s *= hh == 0 ? 1 : Math.exp(0.03 * hg / Math.sqrt(hh * gg));
      for (k = 0; k < 2; k++) {
        double rate = 0.01 * (k + 1);
        double keep = k == 0 ? 1 - rate * 0.1 : 1;
        for (int i = 0; i < LENGTH; i++) {
          p[k][i] *= Math.exp(0.02 * Math.signum(m[k][i]) * Math.signum(g[k][i]));
          m[k][i] = 0.8 * m[k][i] + 0.2 * g[k][i];
          h[k][i] = 0.9 * h[k][i] + rate * p[k][i] * g[k][i];
          theta[k][i] = keep * theta[k][i] - s * h[k][i];
        }
      }
      optimizer.step(0.01, gradients);
    }
    double tolerance = type == DataType.FLOAT ? 2e-6 : 1e-13;
    k = 0;
    for (INDArray array : parameters.values()) {
      assertThat(array.castTo(DataType.DOUBLE).dup('c').data().asDouble())
          .containsExactly(theta[k++], within(tolerance));
    }
    assertThat(optimizer.scale()).isCloseTo(s, within(1e-6));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aRestoredOptimizerGoesOnAsIfNeverStopped(Kind kind) {
    Map<String, INDArray> whole = two(DataType.FLOAT, 0);
    Optimizer never = sgd(whole, kind);
    Map<String, INDArray> half = two(DataType.FLOAT, 0);
    Optimizer first = sgd(half, kind);
    for (int t = 1; t <= 6; t++) {
      never.step(0.01, two(DataType.FLOAT, t));
    }
    for (int t = 1; t <= 3; t++) {
      first.step(0.01, two(DataType.FLOAT, t));
    }
    Optimizer second = sgd(half, kind);
    second.restore(first.state());
    for (int t = 4; t <= 6; t++) {
      second.step(0.01, two(DataType.FLOAT, t));
    }
    assertThat(half).isEqualTo(whole);
    assertThat(second.state()).isEqualTo(never.state());
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"SCALE", "GAIN", "BOTH"})
  void soDoesAdam(Kind kind) {
    Map<String, INDArray> whole = two(DataType.FLOAT, 0);
    Optimizer never = adam(whole, kind);
    Map<String, INDArray> half = two(DataType.FLOAT, 0);
    Optimizer first = adam(half, kind);
    for (int t = 1; t <= 6; t++) {
      never.step(0.01, two(DataType.FLOAT, t));
    }
    for (int t = 1; t <= 3; t++) {
      first.step(0.01, two(DataType.FLOAT, t));
    }
    Optimizer second = adam(half, kind);
    second.restore(first.state());
    for (int t = 4; t <= 6; t++) {
      second.step(0.01, two(DataType.FLOAT, t));
    }
    assertThat(half).isEqualTo(whole);
  }

  /** The first step has nothing behind it: both factors are 1. */
  @Test
  void theFirstStepIsThatOfThePlainOptimizer() {
    Map<String, INDArray> plain = two(DataType.DOUBLE, 0);
    Map<String, INDArray> adaptive = two(DataType.DOUBLE, 0);
    new AdamW(plain, groups(), 0.9, 0.99, 1e-8).step(0.01, two(DataType.DOUBLE, 1));
    adam(adaptive, Kind.BOTH).step(0.01, two(DataType.DOUBLE, 1));
    adaptive.forEach(
        (name, array) -> assertThat(array.equalsWithEps(plain.get(name), 1e-14)).as(name).isTrue());
  }

  @Test
  void factorsStayWithinTheirBounds() {
    INDArray p = Nd4j.createFromArray(1.0, 1.0);
    AdaptiveSgd optimizer =
        new AdaptiveSgd(
            Map.of("p", p),
            List.of(new ParameterGroup(List.of("p"), 0, 1)),
            0.9,
            new StepAdaptation(Kind.BOTH, false, 1e6, 1e6, 0.5));
    for (int t = 0; t < 5; t++) {
      optimizer.step(1e-3, Map.of("p", Nd4j.createFromArray(100.0, t % 2 == 0 ? 100.0 : -100.0)));
    }
    assertThat(optimizer.state().get("gain.p").toDoubleVector())
        .containsExactly(StepAdaptation.BOUND, 1 / StepAdaptation.BOUND);
    assertThat(optimizer.scale()).isLessThanOrEqualTo(StepAdaptation.BOUND);
  }

  /** Signs count, whatever the size: tiny numbers, huge ones, 0 of either sign. */
  @ParameterizedTest
  @CsvSource({"FLOAT, 0.02", "FLOAT, 30", "DOUBLE, 0.02", "DOUBLE, 30"})
  void normalizedGainsKnowSignsOnly(DataType type, double rate) {
    double[] sizes = {0, -0.0, 1e-37, -1e-37, 3e-20, -3e-20, 1, -1, 1e19, -1e19, 3e37, -3e37};
    INDArray earlier = Nd4j.create(sizes, new long[] {12, 1}, type).broadcast(12, 12).dup('c');
    INDArray now = Nd4j.create(sizes, new long[] {1, 12}, type).broadcast(12, 12).dup('c');
    AdaptiveSgd optimizer =
        new AdaptiveSgd(
            Map.of("p", Nd4j.zeros(type, 12, 12)),
            List.of(new ParameterGroup(List.of("p"), 0, 1)),
            0,
            new StepAdaptation(Kind.GAIN, true, rate, 0, 0));
    optimizer.step(1e-3, Map.of("p", earlier));
    optimizer.step(1e-3, Map.of("p", now));
    INDArray gains = optimizer.state().get("gain.p");
    for (int i = 0; i < 12; i++) {
      for (int j = 0; j < 12; j++) {
        double sign = Math.signum(sizes[i]) * Math.signum(sizes[j]);
        double expected = Math.min(1000, Math.max(1e-3, Math.exp(rate * sign)));
        assertThat(gains.getDouble(i, j))
            .as("%s, %s", sizes[i], sizes[j])
            .isCloseTo(
                expected, within(type == DataType.FLOAT ? 1e-7 * expected : 1e-15 * expected));
      }
    }
  }

  @Test
  void theTeamDoesNotChangeABit() {
    Map<String, INDArray> one = two(DataType.FLOAT, 0);
    Map<String, INDArray> three = two(DataType.FLOAT, 0);
    Optimizer alone = adam(one, Kind.BOTH);
    Optimizer shared = adam(three, Kind.BOTH);
    int before = Team.size();
    try {
      for (int t = 1; t <= 4; t++) {
        Team.size(1);
        alone.step(0.01, two(DataType.FLOAT, t));
        Team.size(3);
        shared.step(0.01, two(DataType.FLOAT, t));
      }
    } finally {
      Team.size(before);
    }
    assertThat(three).isEqualTo(one);
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new StepAdaptation(Kind.BOTH, true, -1, 0, 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("gain");
    assertThatThrownBy(() -> adam(two(DataType.FLOAT, 0), Kind.HYPERGRADIENT))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("SGD");
  }
}
