package org.normfree.experiments.problem;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.Images;
import org.normfree.core.data.TrainingBatches;
import org.normfree.core.method.Method;
import org.normfree.core.model.Architecture;
import org.normfree.core.model.image.ImageClassifier;
import org.normfree.core.model.image.ImageClassifiers;
import org.normfree.core.model.image.ImageShape;
import org.normfree.core.nn.Network;
import org.normfree.core.probe.Rms;
import org.normfree.core.train.Trainer;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Schema;
import org.normfree.experiments.run.RunDirectory;

/** Classifying images with any of the {@link ImageClassifiers}. */
public class ImageClassification extends ImageProblem {
  static final List<Key<?>> KEYS =
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
  public static final Kind KIND =
      new Kind("train", KEYS, ImageClassification::new, ImageClassification::architecture);

  ImageClassification(Config config) {
    super(config);
  }

  @Override
  public Network network(Method method, long seed) {
    return classifier(config, shape(splits)).build(method, DataType.FLOAT, seed);
  }

  static Architecture architecture(Config config, Method method) {
    return classifier(config, shape(splits(config)));
  }

  /**
   * The architecture that a configuration describes.
   *
   * @throws InputException if its settings do not fit the images or each other, or one is set that
   *     the model does not read
   */
  private static ImageClassifier classifier(Config config, ImageShape images) {
    String model = config.get(Keys.MODEL);
    Map<String, Key<?>> keys = new TreeMap<>();
    Keys.model().forEach(key -> keys.put(key.name(), key));
    Set<String> read = new TreeSet<>();
    ImageClassifier classifier =
        ImageClassifiers.create(
            model,
            images,
            name -> {
              read.add(name);
              return config.get(keys.get(name));
            });
    read.add(Keys.MODEL.name());
    for (Key<?> key : keys.values()) {
      if (!read.contains(key.name()) && !config.get(key).equals(key.defaultValue())) {
        read.remove(Keys.MODEL.name());
        throw new InputException(
            "%s is nothing that model=%s has; leave it out%s"
                .formatted(
                    config.assignments(List.of(key)),
                    model,
                    read.isEmpty() ? "" : ", it has " + String.join(", ", read)));
      }
    }
    return classifier;
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

  /** {@code last_gain}: RMS of the last norm's gain, where it has one. */
  @Override
  public Map<String, Double> atEnd(
      Trainer trainer, Method method, RunDirectory directory, Executors executors) {
    List<Network.NormPoint> norms = trainer.network().norms();
    String gain = norms.isEmpty() ? "" : norms.get(norms.size() - 1).name() + ".gain";
    INDArray values = Trainer.parameters(trainer.network()).get(gain);
    return values == null ? Map.of() : Map.of("last_gain", Rms.of(values));
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
}
