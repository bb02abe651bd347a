package org.normfree.core.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;

class DistributionTest {
  private static final int MANY = 99_991;

  private static double[] elements(IntToDoubleFunction element, long... shape) {
    int length = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return IntStream.range(0, length).mapToDouble(element).toArray();
  }

  private static double[] draw(Distribution distribution, long step, long... shape) {
    return elements(distribution.draw(Rng.of(7, "noise/x", step), shape), shape);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double variance(double[] values) {
    double mean = mean(values);
    return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
  }

  @Test
  void momentsAreThoseOfTheDistribution() {
    double[] normal = draw(new Distribution.Normal(), 1, MANY);
    assertThat(mean(normal)).isCloseTo(0, within(0.02));
    assertThat(variance(normal)).isCloseTo(1, within(0.02));
    double[] uniform = draw(new Distribution.Uniform(-3, 5), 1, MANY);
    assertThat(mean(uniform)).isCloseTo(1, within(0.05));
    assertThat(variance(uniform)).isCloseTo(64 / 12.0, within(0.1));
    assertThat(Arrays.stream(uniform)).allMatch(v -> v >= -3 && v < 5);
    double[] gumbel = draw(new Distribution.Gumbel(), 1, MANY);
    assertThat(mean(gumbel)).isCloseTo(0.5772, within(0.03));
    assertThat(variance(gumbel)).isCloseTo(Math.PI * Math.PI / 6, within(0.05));
    double[] mask = draw(new Distribution.Bernoulli(0.3), 1, MANY);
    assertThat(mask).containsOnly(0, 1 / 0.7);
    assertThat(mean(mask)).isCloseTo(1, within(0.02));
    double[] chance = draw(new Distribution.Chance(0.3), 1, MANY);
    assertThat(chance).containsOnly(0, 1);
    assertThat(mean(chance)).isCloseTo(0.3, within(0.02));
    double[] integers = draw(new Distribution.Integers(-2, 5), 1, MANY);
    for (int value = -2; value < 5; value++) {
      double wanted = value;
      assertThat(Arrays.stream(integers).filter(v -> v == wanted).count())
          .isBetween(MANY / 7 - 600L, MANY / 7 + 600L);
    }
    assertThat(Arrays.stream(integers)).allMatch(v -> v >= -2 && v < 5 && v == Math.rint(v));
  }

  @Test
  void everyRowIsAnOrderOfItsOwnAndEveryOrderAsLikely() {
    double[] rows = draw(new Distribution.Permutation(), 3, 6007, 3);
    int[] counts = new int[27];
    for (int row = 0; row < 6007; row++) {
      double[] one = Arrays.copyOfRange(rows, 3 * row, 3 * row + 3);
      assertThat(one).containsExactlyInAnyOrder(0, 1, 2);
      counts[(int) (9 * one[0] + 3 * one[1] + one[2])]++;
    }
    assertThat(Arrays.stream(counts).filter(count -> count > 0))
        .hasSize(6)
        .allMatch(count -> Math.abs(count - 1001) < 120);
    assertThat(draw(new Distribution.Permutation(), 3, 1, 1)).containsExactly(0);
    double[] wide = draw(new Distribution.Permutation(), 3, 2, 2, 101);
    for (int row = 0; row < 4; row++) {
      assertThat(Arrays.stream(wide, 101 * row, 101 * row + 101).distinct().sum()).isEqualTo(5050);
    }
  }

  @Test
  void everyChoiceIsOfDifferentNumbersAndAsLikely() {
    double[] rows = draw(new Distribution.Choice(4), 3, 6007, 2);
    int[] counts = new int[16];
    for (int row = 0; row < 6007; row++) {
      assertThat(rows[2 * row]).isNotEqualTo(rows[2 * row + 1]).isBetween(0.0, 3.0);
      counts[(int) (4 * rows[2 * row] + rows[2 * row + 1])]++;
    }
    assertThat(Arrays.stream(counts).filter(count -> count > 0))
        .hasSize(12)
        .allMatch(count -> Math.abs(count - 500.6) < 90);
  }

  @Test
  void theNumbersDependOnSeedPurposeAndStepAlone() {
    for (Distribution distribution : all()) {
      assertThat(draw(distribution, 4, 31, 17)).isEqualTo(draw(distribution, 4, 31, 17));
      assertThat(draw(distribution, 4, 31, 17)).isNotEqualTo(draw(distribution, 5, 31, 17));
    }
  }

  private static List<Distribution> all() {
    return List.of(
        new Distribution.Bernoulli(0.5),
        new Distribution.Normal(),
        new Distribution.Uniform(0, 1),
        new Distribution.Gumbel(),
        new Distribution.Integers(0, 1000),
        new Distribution.Permutation(),
        new Distribution.Choice(29));
  }

  @Test
  void neutralIsAsIfItWereNotThere() {
    assertThat(elements(new Distribution.Bernoulli(0.9).neutral(3), 3)).containsExactly(1, 1, 1);
    assertThat(elements(new Distribution.Normal().neutral(2), 2)).containsExactly(0, 0);
    assertThat(elements(new Distribution.Uniform(-1, 4).neutral(1), 1)).containsExactly(1.5);
    assertThat(elements(new Distribution.Gumbel().neutral(1), 1)).containsExactly(0);
    assertThat(elements(new Distribution.Integers(3, 9).neutral(2), 2)).containsExactly(3, 3);
    assertThat(elements(new Distribution.Permutation().neutral(2, 3), 2, 3))
        .containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(elements(new Distribution.Choice(9).neutral(2, 2), 2, 2))
        .containsExactly(0, 1, 0, 1);
  }

  @Test
  void whatCannotBeDrawnFromIsRefused() {
    List<Runnable> wrong =
        List.of(
            () -> new Distribution.Bernoulli(1),
            () -> new Distribution.Bernoulli(Double.NaN),
            () -> new Distribution.Uniform(1, 1),
            () -> new Distribution.Integers(4, 4),
            () -> new Distribution.Choice(0),
            () -> draw(new Distribution.Choice(3), 3, 2, 4));
    wrong.forEach(make -> assertThatThrownBy(make::run).isInstanceOf(InputException.class));
  }

  @Test
  void placeholdersHaveTheTypeOfWhatIsDrawnAndOpenSizes() {
    Scope root = Scope.root(DataType.DOUBLE, 1);
    for (Distribution distribution : all()) {
      Scope place = root.child(distribution.getClass().getSimpleName());
      SDVariable input =
          place.random(
              "noise",
              distribution,
              RandomInput.InEvaluation.SEEDED,
              Size.BATCH,
              Size.along("wave", 1),
              Size.of(7));
      assertThat(input.dataType())
          .isEqualTo(distribution.integers() ? DataType.INT32 : DataType.DOUBLE);
      assertThat(input.placeholderShape()).containsExactly(-1, -1, 7);
    }
    RandomInput last = root.network().randoms().get(5);
    assertThat(last.name()).isEqualTo("Permutation.noise");
    assertThatThrownBy(() -> last.shape().get(1).among(Map.of("input", Nd4j.zeros(2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wave");
    assertThat(last.shape().get(1).among(Map.of("wave", Nd4j.zeros(2, 13)))).isEqualTo(13);
  }
}
