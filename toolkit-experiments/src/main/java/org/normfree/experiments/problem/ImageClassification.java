package org.normfree.experiments.problem;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.DataSets;
import org.normfree.core.data.EvaluationBatches;
import org.normfree.core.data.ImageSplits;
import org.normfree.core.data.Images;
import org.normfree.core.data.Normalization;
import org.normfree.core.data.TrainingBatches;
import org.normfree.core.method.Method;
import org.normfree.core.model.image.ViTConfig;
import org.normfree.core.model.image.VisionTransformer;
import org.normfree.core.nn.Network;
import org.normfree.core.record.DataIdentity;
import org.normfree.core.train.Trainer;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.training.Problem;

/** Classifying images with a Vision Transformer. */
public final class ImageClassification implements Problem {
  private static final List<Key<?>> KEYS =
      Schema.of(
              List.of(Keys.METHOD),
              Keys.data(),
              Keys.model(),
              Keys.methodOptions(),
              Keys.training(),
              Keys.execution(),
              List.of(Keys.SEED))
          .keys();

  /** What runs of this problem are. */
  public static final Kind KIND = new Kind("train", KEYS, ImageClassification::new);

  private static final int EVALUATION_BATCH = 300;

  private final Config config;
  private final ImageSplits splits;
  private final Normalization normalization;

  private ImageClassification(Config config) {
    this.config = config;
    this.splits =
        DataSets.load(
            config.get(Keys.DATA), config.get(Keys.DATA_PATH), config.get(Keys.DATA_SIZE));
    this.normalization = Normalization.of(splits.train());
  }

  @Override
  public Network network(Method method, long seed) {
    Images images = splits.train();
    String model = config.get(Keys.MODEL);
    Optional<ViTConfig.Preset> preset = ViTConfig.Preset.named(model);
    ViTConfig shape =
        new ViTConfig(
            images.height(),
            images.width(),
            images.channels(),
            images.classes(),
            config.get(Keys.PATCH),
            preset.map(ViTConfig.Preset::dim).orElse(config.get(Keys.WIDTH)),
            preset.map(ViTConfig.Preset::depth).orElse(config.get(Keys.DEPTH)),
            preset.map(ViTConfig.Preset::heads).orElse(config.get(Keys.HEADS)),
            config.get(Keys.MLP_RATIO),
            ViTConfig.Pooling.valueOf(config.get(Keys.POOL).toUpperCase(Locale.ROOT)),
            config.get(Keys.DROP_PATH));
    return VisionTransformer.build(shape, method, DataType.FLOAT, seed);
  }

  @Override
  public DataIdentity data() {
    return new DataIdentity(
        config.assignments(Keys.data()),
        new TreeMap<>(
            Map.of(
                "classes", Fingerprint.ofClasses(splits.train().classNames()),
                "train", Fingerprint.of(splits.train()),
                "validation", Fingerprint.of(splits.validation()),
                "test", Fingerprint.of(splits.test()))));
  }

  @Override
  public BatchStream batches(long seed) {
    Images images = splits.train();
    return new TrainingBatches(
        images,
        normalization,
        ImageAugmentation.of(config, images, normalization),
        config.get(Keys.BATCH),
        seed);
  }

  @Override
  public Iterable<Batch> validation() {
    return evaluation(splits.validation());
  }

  @Override
  public Iterable<Batch> test() {
    return evaluation(splits.test());
  }

  @Override
  public Map<String, Double> chance() {
    int classes = splits.train().classes();
    return Map.of(
        "validation_accuracy",
        100.0 / classes,
        "test_accuracy",
        100.0 / classes,
        "validation_loss",
        Math.log(classes),
        "test_loss",
        Math.log(classes));
  }

  @Override
  public Map<String, double[]> items(Trainer trainer) {
    DoubleStream.Builder right = DoubleStream.builder();
    for (Batch batch : test()) {
      INDArray logits = trainer.outputs(batch, List.of(Network.LOGITS)).get(Network.LOGITS);
      int[] chosen = logits.argMax(1).toIntVector();
      int[] targets = batch.integers(Network.TARGETS);
      for (int i = 0; i < targets.length; i++) {
        right.add(chosen[i] == targets[i] ? 100 : 0);
      }
    }
    return Map.of("test_accuracy", right.build().toArray());
  }

  private EvaluationBatches evaluation(Images images) {
    return new EvaluationBatches(images, normalization, EVALUATION_BATCH);
  }
}
