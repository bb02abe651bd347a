package org.normfree.experiments.problem;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.InputException;
import org.normfree.core.data.Augmentation;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.EvaluationBatches;
import org.normfree.core.data.ImageSplits;
import org.normfree.core.data.Images;
import org.normfree.core.data.Normalization;
import org.normfree.core.data.TrainingBatches;
import org.normfree.core.method.Method;
import org.normfree.core.model.image.MultiTaskMlp;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.weighting.InverseLoss;
import org.normfree.core.optim.weighting.PriorLoss;
import org.normfree.core.optim.weighting.Weightings;
import org.normfree.core.train.Evaluation;
import org.normfree.core.train.TaskWeighting;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.config.Schema;

/**
 * Three tasks at once on images with pixels in [0, 1]: their class, whether the class' number is
 * even or odd, and their pixels; the three losses weighted by a rule.
 */
public final class ImageTasks extends ImageProblem {
  /** What the losses count. */
  public static final Key<String> WEIGHTING =
      Key.choice(
          "weighting",
          "equal",
          ImageTasks::rules,
          "what the losses count, from their values and their gradients' inner products");

  /** Whether heads follow the weights too. */
  public static final Key<Boolean> WHOLE =
      Key.flag(
          "weighting.heads",
          false,
          "weigh the gradients of the heads too, also where the rule is about shared parameters");

  /** Whether anything is shared. */
  public static final Key<String> TRUNK =
      Key.choice(
          "trunk",
          "shared",
          () -> List.of("shared", "separate"),
          "whether the tasks share the hidden layers, or each has its own");

  /** Factor on the reconstruction's loss. */
  public static final Key<Double> SCALE =
      Key.decimal(
          "reconstruction.scale",
          1,
          Range.any().above(0),
          "what the loss of the reconstruction is multiplied by");

  /** Dropout behind hidden layers. */
  private static final Key<Double> DROPOUT =
      Key.decimal(
          "dropout", 0, Range.any().atLeast(0).below(1), "dropout behind the hidden layers");

  /** How many classes are known. */
  public static final Key<Integer> KNOWN =
      Key.integer(
          "known",
          0,
          Range.any().atLeast(0),
          "training images whose class is known, the first of a random order; 0 = all");

  /** How many of them a batch has. */
  public static final Key<Integer> KNOWN_BATCH =
      Key.integer(
          "known.batch",
          32,
          Range.any().atLeast(1),
          "where few classes are known, how many of these images begin a batch");

  /** How many parities are wrong. */
  public static final Key<Double> WRONG =
      Key.decimal(
          "parity.wrong",
          0,
          Range.any().atLeast(0).atMost(1),
          "share of the training images whose parity is told wrongly");

  private static final Set<Key<?>> NOT_READ =
      Set.of(
          Keys.LABEL_SMOOTHING,
          Keys.MIXUP,
          Keys.CUTMIX,
          Keys.CROP,
          Keys.CROP_AREA,
          Keys.FLIP,
          Keys.RANDAUGMENT,
          Keys.JITTER,
          Keys.ERASE);

  private static final List<Key<?>> KEYS =
      Schema.of(
              List.of(Keys.METHOD),
              Keys.data(),
              List.of(Keys.DIMS, TRUNK, DROPOUT, WEIGHTING, WHOLE, SCALE),
              List.of(KNOWN, KNOWN_BATCH, WRONG),
              Keys.methodOptions(),
              Keys.training().stream().filter(key -> !NOT_READ.contains(key)).toList(),
              Keys.execution(),
              List.of(Keys.SEED))
          .withDefault(Keys.METHOD, "identity-no-alpha")
          .withDefault(Keys.AFFINE, false)
          .withDefault(Keys.DIMS, List.of(48, 24))
          .withDefault(Keys.EPOCHS, 25)
          .withDefault(Keys.BATCH, 64)
          .withDefault(Keys.WARMUP, 0.0)
          // above every rate, which then stays as it is
          .withDefault(Keys.MIN_LEARNING_RATE, 1.0)
          .withDefault(Keys.WEIGHT_DECAY, 0.0)
          .withDefault(Keys.EVAL_EVERY, 5)
          .keys();

  /** What runs of this problem are. */
  public static final Kind KIND =
      new Kind(
          "learn-tasks", KEYS, ImageTasks::new, (config, method) -> model(config, splits(config)));

  private static final String INITIAL = "inverse-initial";
  private static final String PRIOR = "inverse-prior";
  private static final int EVALUATION_BATCH = 300;

  private final int classes;

  /**
   * @param config settings with the keys of {@link #KIND}
   * @throws InputException if they do not fit each other or the data
   */
  public ImageTasks(Config config) {
    super(config, ImageTasks::asTheyAre);
    classes = splits.train().classes();
    int images = splits.train().count();
    if (config.get(KNOWN) > images) {
      throw new InputException(
          "known=%s, but there are %s training images; give at most as many, or 0 for all"
              .formatted(config.get(KNOWN), images));
    }
    if (separate(config) && !config.get(WEIGHTING).equals(WEIGHTING.defaultValue())) {
      throw new InputException(
          "weighting=%s with trunk=separate, where no two losses share a parameter; use weighting=%s or trunk=shared"
              .formatted(config.get(WEIGHTING), WEIGHTING.defaultValue()));
    }
  }

  /** All rules by name, those that need losses to begin with too. */
  public static List<String> rules() {
    List<String> names = new ArrayList<>(Weightings.names());
    names.addAll(1, List.of(INITIAL, PRIOR));
    return names;
  }

  private static Normalization asTheyAre(Images images) {
    float[] ones = new float[images.channels()];
    Arrays.fill(ones, 1);
    return new Normalization(new float[images.channels()], ones);
  }

  private static boolean separate(Config config) {
    return config.get(TRUNK).equals("separate");
  }

  /** The network that the configuration describes. */
  public MultiTaskMlp model() {
    return model(config, splits);
  }

  private static MultiTaskMlp model(Config config, ImageSplits splits) {
    return new MultiTaskMlp(
        shape(splits),
        config.get(Keys.DIMS),
        config.get(DROPOUT),
        !separate(config),
        config.get(SCALE),
        0);
  }

  @Override
  public Network network(Method method, long seed) {
    return model().build(method, DataType.FLOAT, seed);
  }

  @Override
  public BatchStream batches(long seed) {
    Images all = splits.train();
    int known = config.get(KNOWN);
    BatchStream coded =
        stream(TaskBatches.coded(all, config.get(WRONG), seed), config.get(Keys.BATCH), seed);
    Optional<BatchStream> labelled =
        known == 0
            ? Optional.empty()
            : Optional.of(
                stream(
                    TaskBatches.coded(known(all, known, seed), 0, seed),
                    config.get(KNOWN_BATCH),
                    seed));
    return new TaskBatches(coded, labelled, classes);
  }

  private TrainingBatches stream(Images images, int batch, long seed) {
    return new TrainingBatches(images, normalization, Augmentation.NONE, batch, seed);
  }

  @Override
  public Iterable<Batch> validation() {
    return tasks(splits.validation());
  }

  @Override
  public Iterable<Batch> test() {
    return tasks(splits.test());
  }

  private Iterable<Batch> tasks(Images images) {
    EvaluationBatches batches =
        new EvaluationBatches(TaskBatches.coded(images, 0, 1), normalization, EVALUATION_BATCH);
    return () -> {
      Iterator<Batch> coded = batches.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return coded.hasNext();
        }

        @Override
        public Batch next() {
          return TaskBatches.of(coded.next(), classes);
        }
      };
    };
  }

  @Override
  public Optional<TaskWeighting> weighting() {
    if (separate(config)) {
      return Optional.empty();
    }
    String name = config.get(WEIGHTING);
    TaskWeighting weighting =
        switch (name) {
          case INITIAL -> TaskWeighting.byFirst(InverseLoss::initial);
          case PRIOR -> TaskWeighting.by(InverseLoss.prior(priorLosses()));
          default -> TaskWeighting.by(Weightings.named(name));
        };
    return Optional.of(config.get(WHOLE) ? weighting.ofWholeLosses() : weighting);
  }

  /** Losses of the best answers that ignore the image, in the order of the tasks. */
  private double[] priorLosses() {
    int[] labels = splits.train().labels();
    return new double[] {
      PriorLoss.crossEntropy(shares(classes, Arrays.stream(labels))),
      PriorLoss.crossEntropy(shares(2, Arrays.stream(labels).map(label -> label % 2))),
      config.get(SCALE) * pixelVariance()
    };
  }

  private static double[] shares(int classes, IntStream labels) {
    double[] counts = new double[classes];
    labels.forEach(label -> counts[label]++);
    double all = Arrays.stream(counts).sum();
    return Arrays.stream(counts).map(count -> count / all).toArray();
  }

  /** The mean over the pixels of their variance. */
  private double pixelVariance() {
    Images images = splits.train();
    int size = images.imageSize();
    return IntStream.range(0, size)
        .mapToDouble(
            pixel ->
                PriorLoss.squaredOfMean(
                    IntStream.range(0, images.count())
                        .mapToDouble(i -> images.pixels()[i * size + pixel])
                        .toArray()))
        .average()
        .orElseThrow();
  }

  @Override
  public Map<String, Double> scores(Evaluation evaluation) {
    return Map.of(
        MultiTaskMlp.PARITY_ACCURACY, 100 * evaluation.value(MultiTaskMlp.PARITY_ACCURACY));
  }

  @Override
  public Map<String, Double> chance() {
    Map<String, Double> values = new LinkedHashMap<>();
    for (String split : List.of("validation_", "test_")) {
      values.put(split + "accuracy", 100.0 / classes);
      values.put(split + "loss", Math.log(classes));
      values.put(split + MultiTaskMlp.PARITY_ACCURACY, 50.0);
      values.put(split + MultiTaskMlp.ERROR, pixelVariance());
    }
    return values;
  }
}
