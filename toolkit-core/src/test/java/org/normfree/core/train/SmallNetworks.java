package org.normfree.core.train;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.data.Batch;
import org.normfree.core.nn.Distribution;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.RandomInput;
import org.normfree.core.nn.Size;

/** A two-layer network with a moving state and a noise input, and separable data for it. */
public final class SmallNetworks {
  public static final int FEATURES = 5;
  public static final int CLASSES = 3;
  public static final int HIDDEN = 7;

  private SmallNetworks() {}

  public static Network mlp(DataType type, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SameDiff sd = SameDiff.create();
    SDVariable input = sd.placeHolder(Network.INPUT, type, -1, FEATURES);
    SDVariable labels = sd.placeHolder(Network.LABELS, type, -1, CLASSES);
    SDVariable noise = sd.placeHolder("drop", type, -1, 1);
    SDVariable w1 = sd.var("w1", normal(random, type, FEATURES, HIDDEN));
    SDVariable b1 = sd.var("b1", Nd4j.zeros(type, HIDDEN));
    SDVariable w2 = sd.var("w2", normal(random, type, HIDDEN, CLASSES));
    SDVariable b2 = sd.var("b2", Nd4j.zeros(type, CLASSES));
    SDVariable mean = sd.constant("mean", Nd4j.zeros(type, HIDDEN));
    SDVariable hidden = sd.math.tanh(input.mmul(w1).add(b1));
    mean.mul(0.9).add("mean.next", hidden.mean(0).mul(0.1));
    SDVariable dropped = hidden.sub(mean).mul(noise);
    SDVariable logits = dropped.mmul(w2).add(Network.LOGITS, b2);
    labels.mul(sd.nn.logSoftmax(logits)).sum(1).mean().mul(Network.LOSS, -1);
    sd.setLossVariables(Network.LOSS);
    return new Network(
        sd,
        Objective.classification(Network.LOSS),
        List.of(
            new Network.Parameter("w1", 2),
            new Network.Parameter("b1", 1),
            new Network.Parameter("w2", 2),
            new Network.Parameter("b2", 1)),
        List.of(new Network.State("mean", Optional.of("mean.next"))),
        List.of(
            new RandomInput(
                "drop",
                new Distribution.Bernoulli(0.25),
                RandomInput.InEvaluation.NEUTRAL,
                List.of(Size.BATCH, Size.of(1)))),
        List.of(),
        List.of(),
        Optional.empty());
  }

  static INDArray normal(SplittableRandom random, DataType type, int rows, int columns) {
    double[] values = random.doubles((long) rows * columns, -1, 1).toArray();
    return Nd4j.create(values, new long[] {rows, columns}, type);
  }

  /** Points around a centre a class; the batch of a step depends on the step alone. */
  public static Batch batch(int size, long step) {
    SplittableRandom random = new SplittableRandom(1000 + step);
    float[] input = new float[size * FEATURES];
    float[] labels = new float[size * CLASSES];
    int[] targets = new int[size];
    for (int i = 0; i < size; i++) {
      targets[i] = random.nextInt(CLASSES);
      labels[i * CLASSES + targets[i]] = 1;
      for (int f = 0; f < FEATURES; f++) {
        double centre = f % CLASSES == targets[i] ? 1 : -0.5;
        input[i * FEATURES + f] = (float) (centre + 0.4 * (random.nextDouble() - 0.5));
      }
    }
    return new Batch(
        Map.of(
            Network.INPUT,
            new Batch.Reals(input, size, FEATURES),
            Network.LABELS,
            new Batch.Reals(labels, size, CLASSES),
            Network.TARGETS,
            new Batch.Integers(targets, size)),
        size,
        size);
  }

  public static Iterator<Batch> batches(long from) {
    return LongStream.iterate(from, s -> s + 1).mapToObj(s -> batch(8, s)).iterator();
  }
}
