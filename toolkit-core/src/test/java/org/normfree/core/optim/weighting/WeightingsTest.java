package org.normfree.core.optim.weighting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.normfree.core.InputException;
import org.normfree.core.nn.Rng;

class WeightingsTest {
  private static final int TRIALS = 20;

  private static double[][] gradients(int tasks, int parameters, long seed) {
    Rng rng = Rng.of(seed, "gradients", tasks);
    return IntStream.range(0, tasks)
        .mapToObj(i -> IntStream.range(0, parameters).mapToDouble(k -> rng.gaussian()).toArray())
        .toArray(double[][]::new);
  }

  private static double[][] gram(double[]... g) {
    double[][] gram = new double[g.length][g.length];
    for (int i = 0; i < g.length; i++) {
      for (int j = 0; j < g.length; j++) {
        gram[i][j] = Gram.dot(g[i], g[j]);
      }
    }
    return gram;
  }

  private static double[] direction(Weighting rule, double[] losses, double[]... g) {
    double[] a = rule.weights(losses, gram(g), Rng.of(3, "order", 0));
    double[] u = new double[g[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < u.length; k++) {
        u[k] += a[i] * g[i][k];
      }
    }
    return u;
  }

  private static double[] losses(int tasks) {
    return IntStream.range(0, tasks).mapToDouble(i -> 0.5 + i).toArray();
  }

  static Stream<String> names() {
    return Weightings.names().stream();
  }

  private static double largest(double... v) {
    return Arrays.stream(v).map(Math::abs).max().orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("names")
  void oneLossKeepsTheDirectionOfItsGradient(String name) {
    double[] g = gradients(1, 7, 1)[0];
    double[] u = direction(Weightings.named(name), new double[] {0.5}, g);
    double scale = Gram.dot(u, g) / Gram.dot(g, g);
    assertThat(scale).isPositive();
    for (int k = 0; k < g.length; k++) {
      assertThat(u[k]).isCloseTo(scale * g[k], within(1e-12));
    }
  }

  /** Which rules do not change when a loss is multiplied by a number, as the table says. */
  @ParameterizedTest
  @ValueSource(strings = {"geometric-mean", "unit-gradients", "mgda-normalized", "nash"})
  void multiplyingALossDoesNotChangeTheDirection(String name) {
    for (int trial = 0; trial < TRIALS; trial++) {
      double[][] g = gradients(2 + trial % 4, 9, trial);
      double[] losses = losses(g.length);
      double[] before = direction(Weightings.named(name), losses, g);
      g[1] = Arrays.stream(g[1]).map(x -> 1000 * x).toArray();
      losses[1] *= 1000;
      double[] after = direction(Weightings.named(name), losses, g);
      for (int k = 0; k < before.length; k++) {
        assertThat(after[k]).isCloseTo(before[k], within(1e-7 * largest(before)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"equal", "mgda", "pcgrad", "cagrad", "upgrad"})
  void ofTheOthersItDoes(String name) {
    double[][] g = gradients(3, 9, 5);
    double[] before = direction(Weightings.named(name), losses(3), g);
    g[1] = Arrays.stream(g[1]).map(x -> 1000 * x).toArray();
    double[] after = direction(Weightings.named(name), losses(3), g);
    assertThat(after).isNotEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mgda", "mgda-normalized", "upgrad", "nash"})
  void noLossRisesAlongTheDirection(String name) {
    for (int tasks = 2; tasks <= 6; tasks++) {
      for (int trial = 0; trial < TRIALS; trial++) {
        // few parameters, so that gradients depend on each other where there are more tasks; of
        // such
        // there is no bargain
        int parameters = name.equals("nash") ? tasks + 1 : 3 + trial % 4;
        double[][] g = gradients(tasks, parameters, trial);
        double[] u = direction(Weightings.named(name), losses(tasks), g);
        double sizes = Math.sqrt(Gram.dot(u, u));
        for (double[] one : g) {
          double length = Math.sqrt(Gram.dot(one, one));
          assertThat(Gram.dot(one, u))
              .as("%s, %s tasks, trial %s", name, tasks, trial)
              .isGreaterThanOrEqualTo(-1e-6 * Math.max(sizes, 0.1) * length);
        }
      }
    }
  }

  /** The main loss falls at least as fast as alone; what conflicts with it does not count. */
  @Test
  void theGateLetsThroughWhatPointsTheSameWay() {
    int let = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      double[][] g = gradients(4, 9, trial);
      double[] a = new CosineGate().weights(losses(4), gram(g), null);
      assertThat(a[0]).isEqualTo(1);
      for (int i = 1; i < 4; i++) {
        assertThat(a[i]).isEqualTo(Gram.dot(g[0], g[i]) > 0 ? 1 : 0);
        let += (int) a[i];
      }
      double[] u = direction(new CosineGate(), losses(4), g);
      assertThat(Gram.dot(u, g[0])).isGreaterThanOrEqualTo(Gram.dot(g[0], g[0]));
      assertThat(direction(new PrimaryAlone(), losses(4), g)).isEqualTo(g[0]);
    }
    assertThat(let).isBetween(TRIALS, 2 * TRIALS);
  }

  /** Many tasks take other ways to the same answer. */
  @Test
  void beyondSixLossesTheAnswersStillSatisfyTheirConditions() {
    double[][] g = gradients(9, 30, 2);
    double[] shortest = direction(new MinimumNorm(false), losses(9), g);
    double square = Gram.dot(shortest, shortest);
    for (double[] one : g) {
      assertThat(Gram.dot(one, shortest)).isGreaterThanOrEqualTo(square * (1 - 1e-3));
    }
    double[] main = direction(new PrimarySecondary(), losses(9), g);
    for (int i = 1; i < g.length; i++) {
      assertThat(Gram.dot(g[i], main)).isGreaterThanOrEqualTo(-1e-9);
    }
    assertThat(Gram.dot(g[0], main)).isCloseTo(Gram.dot(main, main), within(1e-9));
    double[] averse = direction(new CaGrad(0.4, CaGrad.Rescale.NONE), losses(9), g);
    double[] mean = direction(new Equal(), losses(9), g);
    double reach = 0.4 * Math.sqrt(Gram.dot(mean, mean)) / 9;
    double off = 0;
    for (int k = 0; k < mean.length; k++) {
      off += (averse[k] - mean[k] / 9) * (averse[k] - mean[k] / 9);
    }
    assertThat(Math.sqrt(off)).isCloseTo(reach, within(1e-9));
  }

  /** The shortest is not longer than any of many others. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 6, 8})
  void nothingConvexIsShorterThanTheMinimumNorm(int tasks) {
    double[][] gram = gram(gradients(tasks, 5, 7));
    Gram scaled = new Gram(gram);
    double least = scaled.square(MinimumNorm.shortest(scaled));
    Rng rng = Rng.of(1, "convex", 0);
    for (int trial = 0; trial < 2000; trial++) {
      double[] a =
          IntStream.range(0, tasks).mapToDouble(i -> Math.exp(4 * rng.gaussian())).toArray();
      double sum = Arrays.stream(a).sum();
      double[] convex = Arrays.stream(a).map(x -> x / sum).toArray();
      assertThat(scaled.square(convex)).isGreaterThanOrEqualTo(least * (1 - 1e-6) - 1e-12);
    }
  }

  @Test
  void theSameGradientTwiceIsNoTrouble() {
    double[] g = gradients(1, 6, 3)[0];
    for (String name : Weightings.names()) {
      double[] u = direction(Weightings.named(name), losses(3), g, g.clone(), g.clone());
      double cosine = Gram.dot(u, g) / Math.sqrt(Gram.dot(u, u) * Gram.dot(g, g));
      assertThat(cosine).as(name).isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void aGradientOfZeroDoesNotSpoilTheOthers() {
    double[][] g = gradients(3, 6, 3);
    g[1] = new double[6];
    for (String name : Weightings.names()) {
      double[] u = direction(Weightings.named(name), losses(3), g);
      assertThat(Arrays.stream(u).allMatch(Double::isFinite)).as(name).isTrue();
    }
  }

  @Test
  void lossesThatHaveNoLogarithmAreRefused() {
    assertThatThrownBy(
            () -> new GeometricMean().weights(new double[] {1, -0.1}, new double[2][2], null))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("[1.0, -0.1]");
    assertThatThrownBy(() -> InverseLoss.initial(1, 0)).hasMessageContaining("inverse-initial");
    assertThatThrownBy(() -> Weightings.named("pcgard")).hasMessageContaining("pcgrad");
    assertThatThrownBy(() -> new CaGrad(-1, CaGrad.Rescale.NONE)).hasMessageContaining("-1.0");
  }
}
