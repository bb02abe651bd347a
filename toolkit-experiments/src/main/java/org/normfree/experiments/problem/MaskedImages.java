package org.normfree.experiments.problem;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.data.Augmentation;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.ImageSplits;
import org.normfree.core.data.Images;
import org.normfree.core.data.TrainingBatches;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.method.Alpha0;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.MaskedAutoencoder;
import org.normfree.core.model.image.MaskedAutoencoderConfig;
import org.normfree.core.model.image.MaskedAutoencoderConfig.Preset;
import org.normfree.core.model.image.MaskedAutoencoderConfig.Tower;
import org.normfree.core.model.image.MaskedReconstruction;
import org.normfree.core.model.image.Patches;
import org.normfree.core.nn.Accuracy;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.WarmupCosine;
import org.normfree.core.probe.LinearProbe;
import org.normfree.core.record.ImageGrids;
import org.normfree.core.record.RunFiles;
import org.normfree.core.train.Evaluation;
import org.normfree.core.train.Outcome;
import org.normfree.core.train.Pretrained;
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
 * Reconstructing images of which most is hidden, and what the encoder is good for afterwards: a
 * linear probe on its features beside one on an untrained encoder's, and fine-tuning on few labels
 * beside training on them from scratch. Source: arXiv 2111.06377.
 */
public final class MaskedImages extends ImageProblem {
  private static final String NOTHING = "none";

  /** The sizes. */
  public static final Key<String> MODEL =
      Key.choice(
          "model",
          "mae",
          MaskedImages::models,
          "the architecture; the named sizes override widths, depths and heads");

  /** Width of the decoder. */
  public static final Key<Integer> DECODER_WIDTH =
      Key.integer("decoder.width", 32, positive(), "channels of a token in the decoder");

  /** Depth of the decoder. */
  public static final Key<Integer> DECODER_DEPTH =
      Key.integer("decoder.depth", 1, positive(), "blocks of the decoder");

  /** Heads of the decoder. */
  public static final Key<Integer> DECODER_HEADS =
      Key.integer("decoder.heads", 2, positive(), "attention heads of the decoder");

  /** What is hidden. */
  public static final Key<Double> MASK_RATIO =
      Key.decimal(
          "mask.ratio", MaskedAutoencoderConfig.MASK_RATIO, Range.any(), "share of hidden patches");

  /** What is predicted. */
  public static final Key<Boolean> NORM_PIX =
      Key.flag("norm.pix", false, "predict patches with mean 0 and variance 1");

  /** Whether the encoder is judged. */
  public static final Key<Boolean> JUDGE =
      Key.flag("judge", true, "probe and fine-tune the encoder at the end");

  /** Epochs of the linear probe. */
  public static final Key<Integer> PROBE_EPOCHS =
      Key.integer("probe.epochs", 90, positive(), "epochs of the linear probe");

  /** Rate of the linear probe. */
  public static final Key<Double> PROBE_RATE =
      Key.decimal("probe.lr", 6.4, Range.any().above(0), "LARS's rate for the linear probe");

  /** Labels of fine-tuning. */
  public static final Key<Double> TUNE_SHARE =
      Key.decimal(
          "tune.share",
          0.1,
          Range.any().above(0).atMost(1),
          "share of the training images whose labels fine-tuning sees");

  /** Epochs of fine-tuning. */
  public static final Key<Integer> TUNE_EPOCHS =
      Key.integer("tune.epochs", 100, positive(), "epochs of fine-tuning on those");

  /** Rate of fine-tuning. */
  public static final Key<Double> TUNE_RATE =
      Key.decimal("tune.lr", 2e-3, Range.any().above(0), "learning rate of fine-tuning");

  /** Images a step of fine-tuning. */
  public static final Key<Integer> TUNE_BATCH =
      Key.integer("tune.batch", 32, positive(), "images a step of fine-tuning");

  /** How the rate falls from the head to the first layer. */
  public static final Key<Double> LAYER_DECAY =
      Key.decimal(
          "layer.decay",
          0.75,
          Range.any().above(0).atMost(1),
          "factor on fine-tuning's rate from layer to layer, away from the head");

  /** What a trained encoder is converted to. */
  public static final Key<String> TUNE_AS =
      Key.choice(
          "tune.as",
          NOTHING,
          MaskedImages::conversions,
          "fine-tune a second time with this method's norms at their start in place of the trained ones");

  /** What shapes the model. */
  private static final List<Key<?>> SHAPE =
      List.of(
          MODEL,
          Keys.PATCH,
          Keys.WIDTH.withDefault(64),
          Keys.DEPTH.withDefault(3),
          Keys.HEADS.withDefault(4),
          Keys.MLP_RATIO,
          DECODER_WIDTH,
          DECODER_DEPTH,
          DECODER_HEADS,
          MASK_RATIO,
          NORM_PIX);

  private static final List<Key<?>> KEYS =
      Schema.of(
              List.of(Keys.METHOD),
              Keys.data(),
              SHAPE,
              Keys.methodOptions(),
              Keys.training().stream()
                  .filter(key -> key != Keys.LABEL_SMOOTHING && key != Keys.MIXUP)
                  .toList(),
              List.of(
                  JUDGE,
                  PROBE_EPOCHS,
                  PROBE_RATE,
                  TUNE_SHARE,
                  TUNE_EPOCHS,
                  TUNE_BATCH,
                  TUNE_RATE,
                  LAYER_DECAY,
                  Keys.DROP_PATH,
                  TUNE_AS),
              Keys.execution(),
              List.of(Keys.SEED))
          .withDefault(Keys.EPOCHS, 60)
          .withDefault(Keys.BATCH, 64)
          .withDefault(Keys.LEARNING_RATE, 1.5e-3)
          .withDefault(Keys.WARMUP, 4.0)
          .withDefault(Keys.BETA2, 0.95)
          .withDefault(Keys.CLIP, 1.0)
          .withDefault(Keys.EVAL_EVERY, 10)
          .keys();

  /** What runs of this problem are. */
  public static final Kind KIND =
      new Kind(
          "reconstruct",
          KEYS,
          MaskedImages::new,
          (config, method) -> shape(config, splits(config)));

  private static final int PROBE_BATCH = 256;
  private static final double LEAST_RATE = 1e-6;
  private static final double TUNE_WARMUP = 0.05;

  private final MaskedAutoencoderConfig shape;

  private static Range positive() {
    return Range.any().atLeast(1);
  }

  private static List<String> models() {
    List<String> models = new ArrayList<>(List.of("mae"));
    models.addAll(Preset.names());
    return models;
  }

  private static List<String> conversions() {
    List<String> names = new ArrayList<>(List.of(NOTHING));
    names.addAll(Methods.names());
    return names;
  }

  private MaskedImages(Config config) {
    super(config);
    this.shape = shape(config, splits);
  }

  private static MaskedAutoencoderConfig shape(Config config, ImageSplits splits) {
    Images images = splits.train();
    Optional<Preset> preset = Preset.named(config.get(MODEL));
    return new MaskedAutoencoderConfig(
        new Patches(images.height(), images.width(), images.channels(), config.get(Keys.PATCH)),
        preset
            .map(Preset::encoder)
            .orElseGet(
                () ->
                    new Tower(
                        config.get(Keys.WIDTH), config.get(Keys.DEPTH), config.get(Keys.HEADS))),
        preset
            .map(Preset::decoder)
            .orElseGet(
                () ->
                    new Tower(
                        config.get(DECODER_WIDTH),
                        config.get(DECODER_DEPTH),
                        config.get(DECODER_HEADS))),
        config.get(Keys.MLP_RATIO),
        config.get(MASK_RATIO),
        config.get(NORM_PIX));
  }

  @Override
  public Network network(Method method, long seed) {
    return MaskedAutoencoder.build(shape, method, DataType.FLOAT, seed, Optional.of(meanTarget()));
  }

  /** The mean of what is to be predicted of the training images. */
  private double[] meanTarget() {
    SameDiff sd = SameDiff.create();
    MaskedReconstruction.target(
            shape.patches(),
            sd.placeHolder(Network.INPUT, DataType.FLOAT, -1, -1, -1, -1),
            shape.normPix())
        .sum(MaskedAutoencoder.TARGET, 0);
    double[] sums = new double[shape.patches().count() * shape.patches().size()];
    for (Batch batch : evaluation(splits.train())) {
      double[] sum =
          sd.outputSingle(Map.of(Network.INPUT, input(batch)), MaskedAutoencoder.TARGET)
              .dup('c')
              .data()
              .asDouble();
      Arrays.setAll(sums, i -> sums[i] + sum[i]);
    }
    return Arrays.stream(sums).map(sum -> sum / splits.train().count()).toArray();
  }

  private INDArray input(Batch batch) {
    Images images = splits.train();
    return Nd4j.create(batch.reals(Network.INPUT))
        .reshape(batch.size(), images.height(), images.width(), images.channels());
  }

  @Override
  public BatchStream batches(long seed) {
    return stream(splits.train(), config.get(Keys.BATCH), seed);
  }

  private TrainingBatches stream(Images images, int batch, long seed) {
    Augmentation augmentation =
        new Augmentation(config.get(Keys.CROP), config.get(Keys.FLIP), 0, 0);
    return new TrainingBatches(images, normalization, augmentation, batch, seed);
  }

  /** The loss over that of guessing the mean image, and over that of guessing 0. */
  @Override
  public Map<String, Double> scores(Evaluation evaluation) {
    double loss = evaluation.value(Network.LOSS);
    return Map.of(
        "loss_over_mean_image",
        loss / evaluation.value(MaskedAutoencoder.MEAN_IMAGE_LOSS),
        "loss_over_zero",
        loss / evaluation.value(MaskedAutoencoder.ZERO_LOSS));
  }

  @Override
  public Map<String, Double> chance() {
    double guessed = 100.0 / splits.train().classes();
    return Map.of(
        "test_loss_over_mean_image",
        1.0,
        "validation_loss_over_mean_image",
        1.0,
        "test_probe_accuracy",
        guessed,
        "test_tuned_accuracy",
        guessed);
  }

  @Override
  public Map<String, Double> atEnd(
      Trainer trainer, Method method, RunDirectory directory, Executors executors) {
    if (!config.get(JUDGE)) {
      return Map.of();
    }
    directory.write(RunFiles.IMAGES, new ImageGrids(List.of(reconstructed(trainer, executors))));
    Optional<Map<String, INDArray>> learned = Optional.of(Trainer.arrays(trainer.network()));
    Map<String, Double> values = new LinkedHashMap<>();
    double probe = probed(method, learned, executors);
    double untrained = probed(method, Optional.empty(), executors);
    values.put("test_probe_accuracy", probe);
    values.put("test_untrained_probe_accuracy", untrained);
    values.put("test_probe_gain", probe - untrained);
    double tuned = tuned(method, learned, executors);
    double scratch = tuned(method, Optional.empty(), executors);
    values.put("test_tuned_accuracy", tuned);
    values.put("test_scratch_accuracy", scratch);
    values.put("test_tuned_gain", tuned - scratch);
    if (!config.get(TUNE_AS).equals(NOTHING)) {
      Method other =
          Methods.create(
              config.get(TUNE_AS),
              MethodOptions.DEFAULTS.withAlpha0(Alpha0.everywhere(config.get(Keys.ALPHA0))));
      values.put("test_converted_accuracy", tuned(other, learned, executors));
    }
    return values;
  }

  private ImageGrids.Grid reconstructed(Trainer trainer, Executors executors) {
    Batch first = test().iterator().next();
    Reconstructions reconstructions = new Reconstructions(shape, normalization);
    ImageGrids.Grid[] grid = new ImageGrids.Grid[1];
    trainer.evaluating(
        () -> {
          try (GraphExecutor executor = executors.of(trainer.network().evaluation())) {
            grid[0] =
                reconstructions.of(executor, splits.test(), input(first), config.get(Keys.SEED));
          }
        });
    return grid[0];
  }

  /** Accuracy of a linear probe on an encoder's features, in percent. */
  private double probed(
      Method method, Optional<Map<String, INDArray>> learned, Executors executors) {
    long seed = config.get(Keys.SEED);
    Network encoder = MaskedAutoencoder.features(shape, method, DataType.FLOAT, seed);
    learned.ifPresent(arrays -> Pretrained.into(encoder, arrays));
    LinearProbe probe =
        new LinearProbe(config.get(PROBE_RATE), config.get(PROBE_EPOCHS), PROBE_BATCH, seed);
    try (GraphExecutor executor = executors.of(encoder.evaluation())) {
      return 100
          * probe.accuracy(
              features(executor, splits.train()),
              features(executor, splits.test()),
              splits.train().classes(),
              executors::of);
    }
  }

  private LinearProbe.Features features(GraphExecutor encoder, Images images) {
    int width = shape.encoder().dim();
    float[] values = new float[images.count() * width];
    int at = 0;
    for (Batch batch : evaluation(images)) {
      float[] some =
          encoder
              .output(Map.of(Network.INPUT, input(batch)), List.of(MaskedAutoencoder.FEATURES))
              .get(MaskedAutoencoder.FEATURES)
              .dup('c')
              .data()
              .asFloat();
      System.arraycopy(some, 0, values, at, batch.size() * width);
      at += batch.size() * width;
    }
    return new LinearProbe.Features(values, images.labels());
  }

  /** Accuracy of a classifier that saw few labels, in percent; chance if it diverged. */
  private double tuned(
      Method method, Optional<Map<String, INDArray>> learned, Executors executors) {
    long seed = config.get(Keys.SEED);
    int all = splits.train().count();
    Images few = few(seed, (int) Math.max(1, Math.round(config.get(TUNE_SHARE) * all)));
    Network classifier =
        MaskedAutoencoder.classifier(
            shape, few.classes(), config.get(Keys.DROP_PATH), method, DataType.FLOAT, seed);
    learned.ifPresent(arrays -> Pretrained.into(classifier, arrays));
    Map<String, INDArray> parameters = Trainer.parameters(classifier);
    int depth = shape.encoder().depth();
    List<ParameterGroup> groups =
        ParameterGroup.layerDecay(
            ParameterGroup.byRank(
                parameters, config.get(Keys.WEIGHT_DECAY), config.get(Keys.DECAY_ALL)),
            config.get(LAYER_DECAY),
            depth + 1,
            name -> MaskedAutoencoder.layer(depth, name));
    TrainingBatches batches = stream(few, config.get(TUNE_BATCH), seed);
    long steps = (long) batches.stepsPerEpoch() * config.get(TUNE_EPOCHS);
    double rate = config.get(TUNE_RATE);
    try (Runner runner = Runner.of(classifier, executors::of)) {
      Trainer trainer =
          new Trainer(
              runner,
              new AdamW(parameters, groups),
              new WarmupCosine(
                  rate, Math.min(rate, LEAST_RATE), Math.round(TUNE_WARMUP * steps), steps),
              new TrainingSettings(seed, steps, batches.stepsPerEpoch(), config.get(Keys.CLIP)),
              List.of(),
              List.of(),
              List.of());
      return trainer.train(batches.from(0)).status() == Outcome.Status.DIVERGED
          ? 100.0 / few.classes()
          : 100 * trainer.evaluate("test", test()).value(Accuracy.NAME);
    }
  }
}
