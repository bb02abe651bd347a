package org.normfree.core.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.task.Team;

class TaskGradientsTest {
  private static final long[][] SHAPES = {{1}, {7}, {3, 5}, {2047}, {53, 97}, {2, 3, 1024}};

  /** Parameter p of loss i is there unless a draw says not; none at all, one, some or all. */
  private static List<Map<String, INDArray>> gradients(int tasks, DataType type, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Map<String, INDArray>> all = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      Map<String, INDArray> own = new LinkedHashMap<>();
      for (int p = 0; p < 24; p++) {
        long[] shape = SHAPES[p % SHAPES.length];
        long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        INDArray gradient =
            Nd4j.createFromArray(random.doubles(length, -1, 1).toArray())
                .reshape(shape)
                .castTo(type);
        if (random.nextDouble() < 0.6) {
          own.put("p" + p, gradient);
        }
      }
      all.add(own);
    }
    return all;
  }

  private static long holders(List<Map<String, INDArray>> gradients, String name) {
    return gradients.stream().filter(own -> own.containsKey(name)).count();
  }

  @ParameterizedTest
  @CsvSource({"1, FLOAT, 1", "2, DOUBLE, 1", "3, FLOAT, 2", "3, DOUBLE, 1", "8, FLOAT, 3"})
  void productsAndSumsAreThoseOfPlainArrays(int tasks, DataType type, int threads) {
    Team.size(threads);
    try {
      double[] weights = new SplittableRandom(2).doubles(tasks, -1, 2).toArray();
      double rounding = type == DataType.FLOAT ? 1e-8 : 1e-13;
      TaskGradients arithmetic = new TaskGradients(tasks);
      for (long seed = 0; seed < 4; seed++) {
        List<Map<String, INDArray>> gradients = gradients(tasks, type, seed);
        double[][] gram = arithmetic.of(gradients).gram();
        for (int i = 0; i < tasks; i++) {
          for (int j = 0; j < tasks; j++) {
            double lengths = Math.sqrt(product(gradients, i, i) * product(gradients, j, j));
            assertThat(gram[i][j])
                .isEqualTo(product(gradients, i, j), within(rounding * (1 + lengths)));
          }
        }
        for (boolean heads : new boolean[] {true, false}) {
          List<Map<String, INDArray>> again = gradients(tasks, type, seed);
          Map<String, INDArray> expected = sum(gradients(tasks, type, seed), weights, heads);
          Map<String, INDArray> found = arithmetic.of(again).sum(weights, heads);
          assertThat(found.keySet()).isEqualTo(expected.keySet());
          double tolerance = type == DataType.FLOAT ? 2e-6 : 1e-14;
          found.forEach(
              (name, sum) ->
                  assertThat(sum.sub(expected.get(name)).amaxNumber().doubleValue())
                      .as(name)
                      .isLessThan(tolerance));
        }
      }
    } finally {
      Team.size(1);
    }
  }

  private static double product(List<Map<String, INDArray>> gradients, int i, int j) {
    double product = 0;
    for (String name : gradients.get(i).keySet()) {
      if (gradients.get(j).containsKey(name) && holders(gradients, name) > 1) {
        product +=
            gradients
                .get(i)
                .get(name)
                .castTo(DataType.DOUBLE)
                .mul(gradients.get(j).get(name).castTo(DataType.DOUBLE))
                .sumNumber()
                .doubleValue();
      }
    }
    return product;
  }

  private static Map<String, INDArray> sum(
      List<Map<String, INDArray>> gradients, double[] weights, boolean heads) {
    Map<String, INDArray> sum = new LinkedHashMap<>();
    for (int i = 0; i < weights.length; i++) {
      double own = weights[i];
      gradients
          .get(i)
          .forEach(
              (name, gradient) -> {
                boolean weighted = heads || holders(gradients, name) > 1;
                sum.merge(name, gradient.mul(weighted ? own : 1), INDArray::add);
              });
    }
    return sum;
  }
}
