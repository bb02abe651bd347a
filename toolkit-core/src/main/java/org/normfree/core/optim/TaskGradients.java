package org.normfree.core.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradients of several losses of one network: their inner products over the parameters that
 * they share, and their weighted sum. A parameter is shared if more than one loss depends on it;
 * the others belong to one loss alone, as the head of a task does.
 */
public final class TaskGradients {
  private final int tasks;
  private final ElementLoop loop;

  /**
   * @param tasks how many losses there are
   */
  public TaskGradients(int tasks) {
    this.tasks = tasks;
    loop = new ElementLoop(tasks);
  }

  /**
   * The gradients of one parameter.
   *
   * @param losses numbers of the losses that depend on it
   * @param arrays the gradient of each
   */
  private record Gradients(List<Integer> losses, INDArray[] arrays) {
    boolean shared() {
      return arrays.length > 1;
    }

    /** Each pair of losses once, with itself too, in the order of the sums below. */
    void pairs(Pair pair) {
      int at = 0;
      for (int i = 0; i < arrays.length; i++) {
        for (int j = i; j < arrays.length; j++) {
          pair.of(losses.get(i), losses.get(j), at++);
        }
      }
    }
  }

  @FunctionalInterface
  private interface Pair {
    void of(int i, int j, int at);
  }

  /** By parameter, in the order in which the losses name them. */
  private Map<String, Gradients> byParameter(List<Map<String, INDArray>> gradients) {
    Map<String, Map<Integer, INDArray>> all = new LinkedHashMap<>();
    for (int i = 0; i < tasks; i++) {
      int loss = i;
      gradients
          .get(i)
          .forEach(
              (name, gradient) ->
                  all.computeIfAbsent(name, n -> new TreeMap<>()).put(loss, gradient));
    }
    Map<String, Gradients> byParameter = new LinkedHashMap<>();
    all.forEach(
        (name, own) ->
            byParameter.put(
                name,
                new Gradients(List.copyOf(own.keySet()), own.values().toArray(INDArray[]::new))));
    return byParameter;
  }

  /**
   * @param gradients of each loss by parameter, FLOAT or DOUBLE
   * @return {@code <g_i, g_j>} over the shared parameters, [k, k], accumulated in double precision;
   *     a loss that does not depend on a parameter has gradient 0 there
   */
  public double[][] gram(List<Map<String, INDArray>> gradients) {
    Map<Gradients, Supplier<double[]>> sums = new LinkedHashMap<>();
    byParameter(gradients)
        .forEach(
            (name, own) -> {
              if (own.shared()) {
                int count = own.arrays.length;
                sums.put(
                    own,
                    loop.addSums(
                        name,
                        (rows, n, sum) -> products(rows, count, n, sum),
                        (rows, n, sum) -> products(rows, count, n, sum),
                        count * (count + 1) / 2,
                        own.arrays));
              }
            });
    loop.run();
    double[][] gram = new double[tasks][tasks];
    sums.forEach(
        (own, sum) -> {
          double[] found = sum.get();
          own.pairs(
              (i, j, at) -> {
                gram[i][j] += found[at];
                gram[j][i] = gram[i][j];
              });
        });
    return gram;
  }

  private static void products(float[][] rows, int count, int n, double[] sums) {
    int at = 0;
    for (int i = 0; i < count; i++) {
      for (int j = i; j < count; j++) {
        sums[at++] += product(rows[i], rows[j], n);
      }
    }
  }

  /** In four sums, whose additions need not wait for each other. */
  private static double product(float[] a, float[] b, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      s0 += (double) a[i] * b[i];
      s1 += (double) a[i + 1] * b[i + 1];
      s2 += (double) a[i + 2] * b[i + 2];
      s3 += (double) a[i + 3] * b[i + 3];
    }
    for (; i < n; i++) {
      s0 += (double) a[i] * b[i];
    }
    return s0 + s1 + (s2 + s3);
  }

  private static void products(double[][] rows, int count, int n, double[] sums) {
    int at = 0;
    for (int i = 0; i < count; i++) {
      for (int j = i; j < count; j++) {
        double sum = 0;
        for (int e = 0; e < n; e++) {
          sum += rows[i][e] * rows[j][e];
        }
        sums[at++] += sum;
      }
    }
  }

  /**
   * The weighted sum {@code Σ a_i g_i}. It is written over the gradients of the first loss that
   * depends on a parameter; the others keep theirs.
   *
   * @param gradients of each loss by parameter
   * @param weights a, one a loss
   * @param heads whether the gradients of parameters that belong to one loss alone are weighted
   *     too; otherwise they stay as they are
   * @return a gradient for each parameter
   */
  public Map<String, INDArray> sum(
      List<Map<String, INDArray>> gradients, double[] weights, boolean heads) {
    Map<String, INDArray> sum = new LinkedHashMap<>();
    byParameter(gradients)
        .forEach(
            (name, own) -> {
              sum.put(name, own.arrays[0]);
              if (own.shared() || heads) {
                double[] a = own.losses.stream().mapToDouble(i -> weights[i]).toArray();
                loop.add(
                    name,
                    (rows, n) -> combine(rows, a, n),
                    (rows, n) -> combine(rows, a, n),
                    1,
                    own.arrays);
              }
            });
    loop.run();
    return sum;
  }

  private static void combine(float[][] rows, double[] weights, int n) {
    float[] sum = rows[0];
    float own = (float) weights[0];
    for (int i = 0; i < n; i++) {
      sum[i] *= own;
    }
    for (int k = 1; k < weights.length; k++) {
      float[] other = rows[k];
      float weight = (float) weights[k];
      for (int i = 0; i < n; i++) {
        sum[i] += weight * other[i];
      }
    }
  }

  private static void combine(double[][] rows, double[] weights, int n) {
    double[] sum = rows[0];
    for (int i = 0; i < n; i++) {
      sum[i] *= weights[0];
    }
    for (int k = 1; k < weights.length; k++) {
      for (int i = 0; i < n; i++) {
        sum[i] += weights[k] * rows[k][i];
      }
    }
  }
}
