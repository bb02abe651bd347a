package org.normfree.core.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.nn.Metric;
import org.normfree.core.nn.Rng;
import org.normfree.core.optim.TaskGradients;
import org.normfree.core.optim.weighting.Weighting;

/** Several losses in a training loop: makes one gradient of theirs, and tells how they agree. */
final class WeightedTasks {
  /** Along a direction u a loss rises if {@code <g, u>} is below −this·‖u‖·max‖g‖. */
  private static final double RISES = 1e-6;

  private final List<String> tasks;
  private final TaskWeighting weighting;
  private final long seed;
  private final TaskGradients arithmetic;
  private final INDArray first;
  private final List<String> names;
  private Map<String, Metric.Share> shares = Map.of();

  /**
   * @param tasks names of the losses, at least two
   * @param weighting what the losses count
   * @param seed of rules that draw
   */
  WeightedTasks(List<String> tasks, TaskWeighting weighting, long seed) {
    this.tasks = tasks;
    this.weighting = weighting;
    this.seed = seed;
    names = names(tasks);
    arithmetic = new TaskGradients(tasks.size());
    first = Nd4j.zeros(DataType.DOUBLE, tasks.size());
  }

  /** What belongs in checkpoints: the losses at the first step. */
  INDArray firstLosses() {
    return first;
  }

  /**
   * What was found of the last pass, by metric: {@code weight_<task>}; {@code cosine_<one>_<other>}
   * of their gradients over the shared parameters and {@code conflict_<one>_<other>}, 1 where it is
   * below 0; {@code falls_<task>}, 1 where the loss falls to first order along the direction;
   * {@code rises}, 1 where any rises by more than rounding.
   */
  Map<String, Metric.Share> shares() {
    return shares;
  }

  /**
   * One forward pass and a backward pass a loss, and one gradient of all.
   *
   * @param executor runs the network
   * @param values the placeholders'
   * @param outputs wanted beside the gradients
   * @param step steps done
   * @return with the weighted gradients; where a loss or an inner product is not finite they are
   *     not numbers, which ends the run
   */
  GraphExecutor.Pass pass(
      GraphExecutor executor, Map<String, INDArray> values, List<String> outputs, long step) {
    GraphExecutor.Passes passes = executor.gradientsOfEach(values, outputs, tasks);
    double[] losses =
        tasks.stream().mapToDouble(task -> passes.outputs().get(task).getDouble(0)).toArray();
    TaskGradients.Step gradients = arithmetic.of(passes.gradients());
    double[][] gram = gradients.gram();
    double[] weights = new double[losses.length];
    boolean whole = true;
    if (finite(losses) && Arrays.stream(gram).allMatch(WeightedTasks::finite)) {
      if (step == 0) {
        first.assign(Nd4j.createFromArray(losses));
      }
      Weighting rule = weighting.rule().of(first.toDoubleVector());
      weights = rule.weights(losses, gram, Rng.of(seed, "weighting", step));
      whole = weighting.whole() || rule.ofWholeLosses();
      shares = shares(gram, weights);
    } else {
      Arrays.fill(weights, Double.NaN);
    }
    return new GraphExecutor.Pass(passes.outputs(), gradients.sum(weights, whole));
  }

  private static boolean finite(double... values) {
    return Arrays.stream(values).allMatch(Double::isFinite);
  }

  private Map<String, Metric.Share> shares(double[][] gram, double... weights) {
    int k = weights.length;
    double[] along = new double[k];
    double longest = 0;
    double square = 0;
    for (int i = 0; i < k; i++) {
      for (int j = 0; j < k; j++) {
        along[i] += gram[i][j] * weights[j];
      }
      longest = Math.max(longest, Math.sqrt(gram[i][i]));
      square += along[i] * weights[i];
    }
    double least = -RISES * longest * Math.sqrt(Math.max(0, square));
    boolean rises = false;
    Map<String, Metric.Share> found = new LinkedHashMap<>();
    Iterator<String> name = names.iterator();
    for (int i = 0; i < k; i++) {
      found.put(name.next(), new Metric.Share(weights[i], 1));
      found.put(name.next(), one(along[i] > 0));
      rises |= along[i] < least;
      for (int j = 0; j < i; j++) {
        double lengths = Math.sqrt(gram[i][i] * gram[j][j]);
        found.put(name.next(), new Metric.Share(lengths > 0 ? gram[i][j] / lengths : 0, 1));
        found.put(name.next(), one(gram[i][j] < 0));
      }
    }
    found.put(name.next(), one(rises));
    return found;
  }

  private static Metric.Share one(boolean holds) {
    return new Metric.Share(holds ? 1 : 0, 1);
  }

  /** The names of the shares, in their order. */
  private static List<String> names(List<String> tasks) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      names.add("weight_" + tasks.get(i));
      names.add("falls_" + tasks.get(i));
      for (int j = 0; j < i; j++) {
        String pair = tasks.get(j) + "_" + tasks.get(i);
        names.add("cosine_" + pair);
        names.add("conflict_" + pair);
      }
    }
    names.add("rises");
    return names;
  }
}
