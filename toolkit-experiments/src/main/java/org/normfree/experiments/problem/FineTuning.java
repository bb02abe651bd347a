package org.normfree.experiments.problem;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;
import org.normfree.core.data.Augmentation;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.Images;
import org.normfree.core.data.TrainingBatches;
import org.normfree.core.method.Method;
import org.normfree.core.nn.Accuracy;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.Fisher;
import org.normfree.core.optim.MaskedSteps;
import org.normfree.core.optim.Optimizer;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.Schedule;
import org.normfree.core.optim.WarmupCosine;
import org.normfree.core.train.Outcome;
import org.normfree.core.train.Runner;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingSettings;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.run.RunDirectory;

/**
 * Fine-tuning on few labels a classifier that was trained on the mirror images of the training
 * split. The training before it is part of every run and a function of its settings, so a run that
 * is resumed does it again. Reported besides: how far the parameters moved, ‖θ − θ₀‖, the loss on
 * the labelled images, and the test accuracy before.
 */
public final class FineTuning extends ImageClassification {
  private static final String FISHER = "fisher";

  /** What of the steps is masked. */
  public static final Key<String> STEP_MASK =
      Key.choice(
          Keys.STEP_MASK.name(),
          "none",
          () -> List.of("none", "gradients", "updates", FISHER),
          "what a mask drawn anew at every step is for: gradients before the optimizer, or its updates; fisher: gradients, by one mask of the largest Fisher information");

  /** Labels. */
  public static final Key<Integer> LABELS =
      Key.integer(
          "labels", 100, Range.any().atLeast(1), "training images whose labels fine-tuning sees");

  /** Epochs before. */
  public static final Key<Integer> PRETRAIN_EPOCHS =
      Key.integer(
          "pretrain.epochs", 20, Range.any().atLeast(1), "epochs on mirror images before that");

  /** Rate before. */
  public static final Key<Double> PRETRAIN_RATE =
      Key.decimal("pretrain.lr", 3e-3, Range.any().above(0), "learning rate of these, by AdamW");

  private static final int PRETRAIN_BATCH = 32;

  /** To what ChildTuning's code clips the gradients it squares. */
  private static final double FISHER_CLIP = 1;

  /** What runs of this problem are. */
  public static final Kind KIND =
      new Kind(
          "fine-tune",
          Schema.of(KEYS, List.of(STEP_MASK, LABELS, PRETRAIN_EPOCHS, PRETRAIN_RATE))
              .withDefault(Keys.METHOD, "identity-no-alpha")
              .withDefault(Keys.AFFINE, false)
              .withDefault(Keys.MODEL, "mlp")
              .withDefault(Keys.EPOCHS, 30)
              .withDefault(Keys.BATCH, 16)
              .withDefault(Keys.LEARNING_RATE, 1e-3)
              .withDefault(Keys.MIN_LEARNING_RATE, 0.0)
              .withDefault(Keys.WARMUP, 0.0)
              .withDefault(Keys.WEIGHT_DECAY, 0.0)
              .withDefault(Keys.EVAL_EVERY, 10)
              .keys(),
          FineTuning::new,
          ImageClassification::architecture);

  private final Images labelled;

  private FineTuning(Config config) {
    super(config);
    int count = config.get(LABELS);
    if (count > splits.train().count()) {
      throw new InputException(
          "labels=%s, but there are %s training images; expected at most that many"
              .formatted(count, splits.train().count()));
    }
    labelled = few(config.get(Keys.SEED), count);
  }

  @Override
  public BatchStream batches(long seed) {
    return new TrainingBatches(
        labelled,
        normalization,
        ImageAugmentation.of(config, labelled, normalization),
        config.get(Keys.BATCH),
        seed);
  }

  @Override
  public Company company(Run run) {
    double before = pretrained(run);
    Map<String, INDArray> start = new LinkedHashMap<>();
    Trainer.parameters(run.network()).forEach((name, array) -> start.put(name, array.dup()));
    Map<String, INDArray> masks =
        config.get(STEP_MASK).equals(FISHER)
            ? Fisher.largest(information(run), config.get(Keys.STEP_KEPT), DataType.FLOAT)
            : Map.of();
    return new Tuning(start, masks, before);
  }

  /**
   * What is tuned.
   *
   * @param start θ₀
   * @param masks of the gradients; empty if none is masked for good
   * @param accuracy on the test split before, in percent
   */
  private record Tuning(Map<String, INDArray> start, Map<String, INDArray> masks, double accuracy)
      implements Company {
    @Override
    public Optimizer optimizer(Optimizer usual) {
      return masks.isEmpty() ? usual : MaskedSteps.fixedGradients(usual, masks);
    }

    @Override
    public Map<String, Double> atEnd(Trainer trainer) {
      double square = 0;
      for (Map.Entry<String, INDArray> entry : Trainer.parameters(trainer.network()).entrySet()) {
        double moved = entry.getValue().distance2(start.get(entry.getKey()));
        square += moved * moved;
      }
      return Map.of("distance", Math.sqrt(square), "test_accuracy_before", accuracy);
    }

    @Override
    public void close() {}
  }

  @Override
  public Map<String, Double> atEnd(
      Trainer trainer, Method method, RunDirectory directory, Executors executors) {
    double sum = 0;
    for (Batch batch : evaluation(labelled)) {
      INDArray loss = trainer.outputs(batch, List.of(Network.LOSS)).get(Network.LOSS);
      sum += batch.weight() * loss.getDouble(0);
    }
    Map<String, Double> values =
        new LinkedHashMap<>(super.atEnd(trainer, method, directory, executors));
    values.put("labelled_loss", sum / labelled.count());
    return values;
  }

  /** Trains the network on mirror images; returns its accuracy on upright ones, in percent. */
  private double pretrained(Run run) {
    double rate = config.get(PRETRAIN_RATE);
    TrainingBatches mirrored =
        new TrainingBatches(
            mirrored(splits.train()),
            normalization,
            Augmentation.NONE,
            PRETRAIN_BATCH,
            run.settings().seed());
    long steps = (long) mirrored.stepsPerEpoch() * config.get(PRETRAIN_EPOCHS);
    Map<String, INDArray> parameters = Trainer.parameters(run.network());
    Optimizer adam = new AdamW(parameters, ParameterGroup.byRank(parameters, 0, false));
    try (Runner runner = Runner.of(run.network(), run.executors()::of)) {
      Trainer trainer =
          trainer(run, runner, mirrored, steps, 0, adam, new WarmupCosine(rate, 0, 0, steps));
      if (trainer.train(mirrored.from(0)).status() == Outcome.Status.DIVERGED) {
        throw new InputException(
            "the training on mirror images diverged at pretrain.lr=%s; take a smaller rate"
                .formatted(rate));
      }
      return 100 * trainer.evaluate("test", test()).value(Accuracy.NAME);
    }
  }

  private static Trainer trainer(
      Run run,
      Runner runner,
      BatchStream batches,
      long steps,
      double clip,
      Optimizer optimizer,
      Schedule rate) {
    TrainingSettings settings =
        new TrainingSettings(run.settings().seed(), steps, batches.stepsPerEpoch(), clip);
    return new Trainer(runner, optimizer, rate, settings, List.of(), List.of(), List.of());
  }

  /**
   * The Fisher information as ChildTuning's code takes it: the mean of squared gradients of the
   * batches of an epoch, each clipped to norm 1.
   */
  private Map<String, INDArray> information(Run run) {
    Fisher fisher = new Fisher();
    Optimizer adding =
        new Optimizer() {
          @Override
          public void step(double learningRate, Map<String, INDArray> gradients) {
            fisher.add(gradients);
          }

          @Override
          public Map<String, INDArray> state() {
            return Map.of();
          }

          @Override
          public void restore(Map<String, INDArray> state) {}
        };
    BatchStream batches = batches(run.settings().seed());
    try (Runner runner = Runner.of(run.network(), run.executors()::of)) {
      trainer(run, runner, batches, batches.stepsPerEpoch(), FISHER_CLIP, adding, new Constant(0))
          .train(batches.from(0));
    }
    return fisher.mean();
  }

  private static Images mirrored(Images images) {
    float[] pixels = new float[images.pixels().length];
    int row = images.width() * images.channels();
    for (int from = 0; from < pixels.length; from += images.channels()) {
      int start = from / row * row;
      int mirror = start + row - images.channels() - (from - start);
      System.arraycopy(images.pixels(), from, pixels, mirror, images.channels());
    }
    return new Images(
        pixels,
        images.labels(),
        images.height(),
        images.width(),
        images.channels(),
        images.classNames());
  }
}
