package org.normfree.core.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.nn.Accuracy;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Rng;
import org.normfree.core.nn.Scope;
import org.normfree.core.optim.Lars;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.WarmupCosine;
import org.normfree.core.train.Runner;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingSettings;

/**
 * How well a linear map can tell the classes from given features: batch norm without gain and bias
 * (ε = 1e-6), then a linear head that starts normal with deviation 0.01, trained by {@link Lars}
 * with momentum 0.9 and no decay, the rate rising linearly over the first ninth and then falling as
 * a cosine to 0. Source: arXiv 2111.06377, appendix A.1, and its code's {@code main_linprobe.py}.
 *
 * @param rate the learning rate; there 6.4 (0.1·16384/256)
 * @param epochs passes over the features; there 90
 * @param batch features a step; all of them if there are fewer
 * @param seed of the head's start and of the order
 */
public record LinearProbe(double rate, int epochs, int batch, long seed) {
  private static final double EPSILON = 1e-6;

  /** Weight of a batch's statistics in the running ones. */
  private static final double MOMENTUM = 0.1;

  /**
   * Features of labelled items.
   *
   * @param values row-major [items, width]
   * @param classes the class of each item, from 0
   */
  public record Features(float[] values, int... classes) {
    /** Checks that every item has as many. */
    public Features {
      if (classes.length == 0 || values.length % classes.length != 0) {
        throw new InputException(
            "%s numbers for %s items; expected the same number, at least one, for each"
                .formatted(values.length, classes.length));
      }
    }

    /** Numbers an item. */
    public int width() {
      return values.length / classes.length;
    }

    private Batch batch(int number, int[] items, int from, int count) {
      int width = width();
      float[] input = new float[count * width];
      float[] labels = new float[count * number];
      int[] targets = new int[count];
      for (int i = 0; i < count; i++) {
        int item = items[from + i];
        System.arraycopy(values, item * width, input, i * width, width);
        targets[i] = classes[item];
        labels[i * number + targets[i]] = 1;
      }
      return new Batch(
          Map.of(
              Network.INPUT, new Batch.Reals(input, count, width),
              Network.LABELS, new Batch.Reals(labels, count, number),
              Network.TARGETS, new Batch.Integers(targets, count)),
          count,
          count);
    }
  }

  /**
   * @throws InputException if rate, epochs or batch is not positive
   */
  public LinearProbe {
    if (!(rate > 0) || epochs < 1 || batch < 1) {
      throw new InputException(
          "a linear probe with rate %s, %s epochs and batches of %s; expected numbers above 0"
              .formatted(rate, epochs, batch));
    }
  }

  /**
   * Trains the head and judges it.
   *
   * @param train what it learns from, at least two items
   * @param test what it is judged on
   * @param number how many classes there are
   * @param executors makes what runs the head
   * @return the share of test items told rightly, 0 to 1
   * @throws InputException if the widths differ or there is one item only
   */
  public double accuracy(
      Features train, Features test, int number, Function<Network, GraphExecutor> executors) {
    if (train.width() != test.width() || train.classes.length < 2) {
      throw new InputException(
          "features of width %s for %s items to learn from and of width %s to judge; expected one width and at least two items"
              .formatted(train.width(), train.classes.length, test.width()));
    }
    int size = Math.min(batch, train.classes.length);
    int perEpoch = train.classes.length / size;
    long steps = (long) perEpoch * epochs;
    Network network =
        Scope.build(DataType.FLOAT, seed, root -> head(root, train.width(), number, size));
    Map<String, INDArray> parameters = Trainer.parameters(network);
    BatchStream stream =
        new BatchStream() {
          @Override
          public Batch batch(long step) {
            int[] order = new int[train.classes.length];
            Rng.of(seed, "linear probe", step / perEpoch).permute(order);
            return train.batch(number, order, (int) (step % perEpoch) * size, size);
          }

          @Override
          public int stepsPerEpoch() {
            return perEpoch;
          }
        };
    try (Runner runner = Runner.of(network, executors)) {
      Trainer trainer =
          new Trainer(
              runner,
              new Lars(parameters, ParameterGroup.byRank(parameters, 0, false), 0.9, Lars.TRUST),
              new WarmupCosine(rate, 0, steps / 9, steps),
              new TrainingSettings(seed, steps, perEpoch, 0),
              List.of(),
              List.of(),
              List.of());
      trainer.train(stream.from(0));
      return trainer.evaluate("test", evaluation(test, number)).value(Accuracy.NAME);
    }
  }

  private List<Batch> evaluation(Features test, int number) {
    int[] items = new int[test.classes.length];
    Arrays.setAll(items, i -> i);
    List<Batch> batches = new ArrayList<>();
    for (int from = 0; from < items.length; from += batch) {
      batches.add(test.batch(number, items, from, Math.min(batch, items.length - from)));
    }
    return batches;
  }

  private static void head(Scope root, int width, int number, int batch) {
    SameDiff sd = root.graph();
    SDVariable x = sd.placeHolder(Network.INPUT, root.type(), -1, width);
    SDVariable mean = root.state("mean", Initializer.constant(0), width);
    SDVariable variance = root.state("variance", Initializer.constant(1), width);
    SDVariable normalized;
    if (root.mode() == Mode.TRAINING) {
      SDVariable[] outputs = root.ops().batchNorm("normalized", x, null, null, EPSILON);
      normalized = outputs[0];
      advance(root, mean, outputs[1], 1);
      advance(root, variance, outputs[2], batch / (batch - 1.0)); // unbiased
    } else {
      normalized = root.ops().batchNormWith("normalized", x, mean, variance, null, null, EPSILON);
    }
    SDVariable weight = root.parameter("head.weight", Initializer.normal(0.01), width, number);
    SDVariable bias = root.parameter("head.bias", Initializer.constant(0), number);
    SDVariable logits = root.ops().linear(Network.LOGITS, normalized, weight, bias);
    SDVariable labels = sd.placeHolder(Network.LABELS, root.type(), -1, number);
    root.ops().softmaxCrossEntropy("losses", logits, labels).mean(Network.LOSS);
    root.objective(Objective.classification(Network.LOSS));
  }

  private static void advance(Scope root, SDVariable running, SDVariable batch, double factor) {
    root.advance(running, running.mul(1 - MOMENTUM).add(batch.mul(MOMENTUM * factor)));
  }
}
