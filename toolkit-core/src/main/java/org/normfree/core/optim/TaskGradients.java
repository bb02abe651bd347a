package org.normfree.core.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradients of several losses of one network, by arithmetic over all parameters at once: their
 * inner products over the parameters that they share, and their weighted sum. A parameter is shared
 * if more than one loss depends on it; the others belong to one loss alone, as the head of a task
 * does.
 */
public final class TaskGradients {
  private final int tasks;
  private final ElementLoop loop;

  /**
   * @param tasks how many losses there are
   */
  public TaskGradients(int tasks) {
    this.tasks = tasks;
    // one array more, for products
    loop = new ElementLoop(tasks + 1);
  }

  /**
   * The gradients of one parameter.
   *
   * @param name the parameter's
   * @param losses numbers of the losses that depend on it
   * @param arrays the gradient of each
   */
  private record Gradients(String name, int[] losses, INDArray[] arrays) {
    boolean shared() {
      return losses.length > 1;
    }
  }

  /** The gradients of one step. */
  public final class Step {
    private final List<Gradients> all = new ArrayList<>();

    private Step(List<Map<String, INDArray>> gradients) {
      Map<String, List<Integer>> losses = new LinkedHashMap<>();
      for (int i = 0; i < tasks; i++) {
        for (String name : gradients.get(i).keySet()) {
          losses.computeIfAbsent(name, n -> new ArrayList<>(tasks)).add(i);
        }
      }
      losses.forEach(
          (name, of) -> {
            INDArray[] arrays =
                of.stream().map(i -> gradients.get(i).get(name)).toArray(INDArray[]::new);
            all.add(new Gradients(name, of.stream().mapToInt(i -> i).toArray(), arrays));
          });
    }

    /**
     * @return {@code <g_i, g_j>} over the shared parameters, [k, k]; a loss that does not depend on
     *     one of them has gradient 0 there. Of FLOAT gradients products, and sums of up to 16 of
     *     them, are rounded to single precision, all else is double
     */
    public double[][] gram() {
      List<Gradients> shared = all.stream().filter(Gradients::shared).toList();
      List<Supplier<double[]>> sums = new ArrayList<>();
      for (Gradients own : shared) {
        int count = own.losses.length;
        sums.add(
            loop.addSums(
                own.name,
                (rows, n, sum) -> products(rows, count, n, sum),
                (rows, n, sum) -> products(rows, count, n, sum),
                count * (count + 1) / 2,
                0,
                own.arrays));
      }
      loop.run();
      double[][] gram = new double[tasks][tasks];
      for (int p = 0; p < shared.size(); p++) {
        int[] losses = shared.get(p).losses;
        double[] found = sums.get(p).get();
        int at = 0;
        for (int i = 0; i < losses.length; i++) {
          for (int j = i; j < losses.length; j++) {
            gram[losses[i]][losses[j]] += found[at++];
            gram[losses[j]][losses[i]] = gram[losses[i]][losses[j]];
          }
        }
      }
      return gram;
    }

    /**
     * The weighted sum {@code Σ a_i g_i}. It is written over the gradients of the first loss that
     * depends on a parameter; the others keep theirs.
     *
     * @param weights a, one a loss
     * @param heads whether the gradients of parameters that belong to one loss alone are weighted
     *     too; otherwise they stay as they are
     * @return a gradient for each parameter
     */
    public Map<String, INDArray> sum(double[] weights, boolean heads) {
      Map<String, INDArray> sum = new LinkedHashMap<>();
      for (Gradients own : all) {
        sum.put(own.name, own.arrays[0]);
        if (own.shared() || heads) {
          double[] a = Arrays.stream(own.losses).mapToDouble(i -> weights[i]).toArray();
          loop.add(
              own.name,
              (rows, n) -> combine(rows, a, n),
              (rows, n) -> combine(rows, a, n),
              1,
              own.arrays);
        }
      }
      loop.run();
      return sum;
    }
  }

  /**
   * @param gradients of each loss by parameter, FLOAT or DOUBLE
   */
  public Step of(List<Map<String, INDArray>> gradients) {
    return new Step(gradients);
  }

  private static void products(float[][] rows, int count, int n, double[] sums) {
    int at = 0;
    for (int i = 0; i < count; i++) {
      for (int j = i; j < count; j++) {
        sums[at++] += ElementLoop.product(rows[i], rows[j], rows[count], n);
      }
    }
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
