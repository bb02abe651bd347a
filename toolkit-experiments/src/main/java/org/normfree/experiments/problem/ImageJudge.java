package org.normfree.experiments.problem;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.data.Augmentation;
import org.normfree.core.data.Batch;
import org.normfree.core.data.EvaluationBatches;
import org.normfree.core.data.Images;
import org.normfree.core.data.Normalization;
import org.normfree.core.data.TrainingBatches;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.model.image.FeatureClassifier;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.WarmupCosine;
import org.normfree.core.train.Runner;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingSettings;
import org.normfree.experiments.training.Problem;

/**
 * A {@link FeatureClassifier} trained on the training images, always with the same seed: what it
 * sees in images does not depend on who made them.
 */
final class ImageJudge implements AutoCloseable {
  private static final long SEED = 1;
  private static final long STEPS = 600;
  private static final int BATCH = 64;
  private static final int AT_ONCE = 250;
  private static final double RATE = 2e-3;
  private static final double DECAY = 0.05;

  private final Normalization normalization;
  private final GraphExecutor executor;

  private ImageJudge(Normalization normalization, GraphExecutor executor) {
    this.normalization = normalization;
    this.executor = executor;
  }

  /**
   * Trains one.
   *
   * @param train what it learns from
   * @param normalization of the images that it judges
   * @param executors makes what runs it
   */
  static ImageJudge train(Images train, Normalization normalization, Problem.Executors executors) {
    Network network =
        FeatureClassifier.build(
            train.height(), train.width(), train.channels(), train.classes(), SEED);
    TrainingBatches batches =
        new TrainingBatches(train, normalization, Augmentation.NONE, BATCH, SEED);
    GraphExecutor executor = executors.of(network);
    Map<String, INDArray> parameters = Trainer.parameters(network);
    new Trainer(
            new Runner(network, executor, executor),
            new AdamW(parameters, ParameterGroup.byRank(parameters, DECAY, false)),
            new WarmupCosine(RATE, 0, STEPS / 10, STEPS),
            new TrainingSettings(SEED, STEPS, batches.stepsPerEpoch(), 0),
            List.of(),
            List.of(),
            List.of())
        .train(batches.from(0));
    return new ImageJudge(normalization, executor);
  }

  /**
   * What it sees in images.
   *
   * @param features [images, features]
   * @param classes the class it takes each for
   */
  record Opinion(INDArray features, int... classes) {
    /** The share of the classes that are right, in percent. */
    double right(int... wanted) {
      int right = 0;
      for (int i = 0; i < wanted.length; i++) {
        right += classes[i] == wanted[i] ? 1 : 0;
      }
      return 100.0 * right / wanted.length;
    }

    /** The features of every second image, from one on. */
    INDArray half(int from) {
      return features.get(NDArrayIndex.interval(from, 2, features.rows())).dup('c');
    }
  }

  /** What it sees in a part of the data. */
  Opinion of(Images images) {
    List<INDArray> inputs = new ArrayList<>();
    for (Batch batch : new EvaluationBatches(images, normalization, AT_ONCE)) {
      Batch.Reals input = (Batch.Reals) batch.feeds().get(Network.INPUT);
      inputs.add(Nd4j.createFromArray(input.elements()).reshape(input.shape()));
    }
    return of(Nd4j.concat(0, inputs.toArray(INDArray[]::new)));
  }

  /**
   * What it sees in images.
   *
   * @param images [images, height, width, channels], normalized
   */
  Opinion of(INDArray images) {
    List<INDArray> features = new ArrayList<>();
    List<INDArray> classes = new ArrayList<>();
    for (long from = 0; from < images.size(0); from += AT_ONCE) {
      long to = Math.min(images.size(0), from + AT_ONCE);
      INDArray part = images.get(NDArrayIndex.interval(from, to)).dup('c');
      Map<String, INDArray> outputs =
          executor.output(
              Map.of(Network.INPUT, part), List.of(FeatureClassifier.FEATURES, Network.LOGITS));
      features.add(outputs.get(FeatureClassifier.FEATURES).dup('c'));
      classes.add(outputs.get(Network.LOGITS).argMax(1));
    }
    return new Opinion(
        Nd4j.concat(0, features.toArray(INDArray[]::new)),
        Nd4j.concat(0, classes.toArray(INDArray[]::new)).toIntVector());
  }

  @Override
  public void close() {
    executor.close();
  }
}
