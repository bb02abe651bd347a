package org.normfree.experiments.problem;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.Images;
import org.normfree.core.data.MultiCropBatches;
import org.normfree.core.data.augment.ColorJitter;
import org.normfree.core.data.augment.DinoRecipe;
import org.normfree.core.data.augment.RandomResizedCrop;
import org.normfree.core.data.augment.Transform;
import org.normfree.core.method.Method;
import org.normfree.core.model.DistillationLoss;
import org.normfree.core.model.ProjectionHead;
import org.normfree.core.model.image.SelfDistillation;
import org.normfree.core.model.image.SelfDistillationConfig;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.Cosine;
import org.normfree.core.optim.Ema;
import org.normfree.core.optim.Follower;
import org.normfree.core.optim.GradientClipping;
import org.normfree.core.optim.LinearThen;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.PerEpoch;
import org.normfree.core.optim.Schedule;
import org.normfree.core.probe.AnswerEntropy;
import org.normfree.core.probe.NearestNeighbours;
import org.normfree.core.record.MetricLine;
import org.normfree.core.train.Companion;
import org.normfree.core.train.Evaluation;
import org.normfree.core.train.Runner;
import org.normfree.core.train.Scheduled;
import org.normfree.core.train.Source;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.core.train.TrainingSettings;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.config.Schema;

/** Describing images without labels: a Vision Transformer that learns from its own average. */
public final class SelfDistilling extends ImageProblem {
  private static final Range FRACTION = Range.any().atLeast(0).atMost(1);
  private static final Range POSITIVE = Range.any().above(0);
  private static final Range ONE_UP = Range.any().atLeast(1);

  /** The architecture. */
  public static final Key<String> MODEL =
      Key.choice(
          "model",
          "dino",
          () -> List.of("dino", "dino-tiny", "dino-small", "dino-base"),
          "the architecture; the named sizes override width, depth, heads and mlp.ratio");

  private static final Key<String> INIT =
      Key.choice(
          "init",
          "xavier",
          () -> List.of("xavier", "published"),
          "what weights start from; published is normal with deviation 0.02, made for wide networks");

  /** How crops are varied. */
  public static final Key<String> AUGMENT =
      Key.choice(
          "augment",
          "brightness",
          () -> List.of("brightness", "dino"),
          "what is done to crops: mild jitter of brightness, or DINO's flip, jitter, grey, blur, solarize");

  /** Crops that the student alone sees. */
  public static final Key<Integer> LOCALS =
      Key.integer(
          "crops.local", 4, Range.any().atLeast(0), "small crops that the student alone sees");

  /** Their side. */
  public static final Key<Integer> LOCAL_SIDE =
      Key.integer(
          "crops.local.size", 0, Range.any().atLeast(0), "their side in pixels; 0 = half an image");

  /** Where crops of the two kinds divide the areas. */
  public static final Key<Double> AREA =
      Key.decimal(
          "crops.area", 0.75, POSITIVE.atMost(1), "least area of a large crop, largest of a small");

  /** The smallest crop. */
  public static final Key<Double> LOCAL_AREA =
      Key.decimal("crops.local.area", 0.5, POSITIVE.atMost(1), "least area of a small crop");

  private static final Key<Integer> HEAD_LAYERS =
      Key.integer("head.layers", 3, ONE_UP, "linear maps down to the head's bottleneck");
  private static final Key<Integer> HEAD_HIDDEN =
      Key.integer("head.hidden", 128, ONE_UP, "channels between them");
  private static final Key<Integer> HEAD_BOTTLENECK =
      Key.integer("head.bottleneck", 32, ONE_UP, "channels of the bottleneck");

  /** Outputs of the head. */
  public static final Key<Integer> OUTPUTS =
      Key.integer("head.outputs", 64, Range.any().atLeast(2), "outputs of the head");

  private static final Key<Boolean> NORM_LAST =
      Key.flag("head.norm.last", true, "keep the lengths of the last layer's rows at 1");
  private static final Key<Double> FREEZE_LAST =
      Key.decimal(
          "head.freeze", 1, Range.any().atLeast(0), "epochs in which the last layer is frozen");
  private static final Key<Double> STUDENT_TEMPERATURE =
      Key.decimal("student.temperature", 0.1, POSITIVE, "the student's temperature");

  /** The teacher's temperature. */
  public static final Key<Double> TEACHER_TEMPERATURE =
      Key.decimal("teacher.temperature", 0.015, POSITIVE, "the teacher's temperature");

  /** The teacher's temperature at the start. */
  public static final Key<Double> TEACHER_TEMPERATURE_START =
      Key.decimal(
          "teacher.temperature.start", 0.015, POSITIVE, "its temperature in the first epoch");

  private static final Key<Integer> TEACHER_TEMPERATURE_EPOCHS =
      Key.integer(
          "teacher.temperature.epochs",
          0,
          Range.any().atLeast(0),
          "epochs in which it goes from the one to the other, both included");
  private static final Key<Double> TEACHER_MOMENTUM =
      Key.decimal(
          "teacher.momentum", 0.99, FRACTION, "the teacher's average at the start; at the end 1");

  /** The momentum of the centre. */
  public static final Key<Double> CENTRE_MOMENTUM =
      Key.decimal("centre.momentum", 0.9, FRACTION, "momentum of the centre; 1 = no centring");

  private static final Key<Double> WEIGHT_DECAY_END =
      Key.decimal(
          "weight.decay.end", 0.05, Range.any().atLeast(0), "weight decay a cosine ends at");
  private static final Key<Integer> NEIGHBOURS =
      Key.integer("knn.k", 20, ONE_UP, "neighbours that vote");

  private static final List<Key<?>> KEYS =
      Schema.of(
              List.of(Keys.METHOD),
              Keys.data(),
              List.of(
                  MODEL,
                  Keys.PATCH,
                  Keys.WIDTH.withDefault(64),
                  Keys.DEPTH.withDefault(3),
                  Keys.HEADS.withDefault(4),
                  Keys.MLP_RATIO,
                  Keys.DROP_PATH,
                  INIT,
                  HEAD_LAYERS,
                  HEAD_HIDDEN,
                  HEAD_BOTTLENECK,
                  OUTPUTS,
                  NORM_LAST,
                  FREEZE_LAST,
                  AUGMENT,
                  LOCALS,
                  LOCAL_SIDE,
                  AREA,
                  LOCAL_AREA,
                  STUDENT_TEMPERATURE,
                  TEACHER_TEMPERATURE,
                  TEACHER_TEMPERATURE_START,
                  TEACHER_TEMPERATURE_EPOCHS,
                  TEACHER_MOMENTUM,
                  CENTRE_MOMENTUM,
                  WEIGHT_DECAY_END,
                  NEIGHBOURS),
              Keys.methodOptions(),
              List.of(Keys.BATCH.withDefault(64)),
              Keys.training().stream()
                  .filter(key -> !Keys.imagesOnly().contains(key) && key != Keys.LABEL_SMOOTHING)
                  .toList(),
              Keys.execution(),
              List.of(Keys.SEED))
          .withDefault(Keys.EPOCHS, 20)
          .withDefault(Keys.LEARNING_RATE, 5e-4)
          .withDefault(Keys.WARMUP, 3.0)
          .withDefault(Keys.CLIP, 1.0)
          .withDefault(Keys.EVAL_EVERY, 5)
          .keys();

  /** What runs of this problem are. */
  public static final Kind KIND =
      new Kind(
          "distill",
          KEYS,
          SelfDistilling::new,
          (config, method) -> shape(config, splits(config).train()));

  /** Test images whose class the neighbours of their features tell, in percent. */
  public static final String KNN = "test_knn";

  /** The same with the features of the network before its training. */
  public static final String UNTRAINED_KNN = "untrained_knn";

  /** The same with the pixels themselves. */
  public static final String PIXEL_KNN = "pixel_knn";

  /** What training added, in points. */
  public static final String KNN_GAIN = "knn_gain";

  /** What the teacher's answers say of their images, in percent of ln K. */
  public static final String INFORMATION = "information";

  /** Mean of H(q), in percent of ln K. */
  public static final String ANSWER_ENTROPY = "answer_entropy";

  /** H of the mean of q, in percent of ln K. */
  public static final String MEAN_ANSWER_ENTROPY = "mean_answer_entropy";

  private static final double BRIGHTNESS = 0.2;
  private static final String LAST_LAYER = "head.last.";

  private final SelfDistillationConfig shape;

  private SelfDistilling(Config config) {
    super(config);
    this.shape = shape(config, splits.train());
    if (config.get(NEIGHBOURS) > splits.train().count()) {
      throw new InputException(
          "knn.k=%s neighbours of %s training images; lower it"
              .formatted(config.get(NEIGHBOURS), splits.train().count()));
    }
  }

  private static SelfDistillationConfig shape(Config config, Images images) {
    Optional<SelfDistillationConfig.Preset> preset =
        SelfDistillationConfig.Preset.named(config.get(MODEL));
    int outputs = config.get(OUTPUTS);
    return new SelfDistillationConfig(
        new SelfDistillationConfig.Backbone(
            images.height(),
            images.width(),
            images.channels(),
            config.get(Keys.PATCH),
            preset.map(SelfDistillationConfig.Preset::dim).orElse(config.get(Keys.WIDTH)),
            preset.map(SelfDistillationConfig.Preset::depth).orElse(config.get(Keys.DEPTH)),
            preset.map(SelfDistillationConfig.Preset::heads).orElse(config.get(Keys.HEADS)),
            preset.isPresent() ? 4 : config.get(Keys.MLP_RATIO),
            config.get(Keys.DROP_PATH),
            SelfDistillationConfig.Weights.valueOf(config.get(INIT).toUpperCase(Locale.ROOT))),
        new SelfDistillationConfig.Crops(
            images.height(),
            images.width(),
            local(config, images.height()),
            local(config, images.width())),
        new ProjectionHead(
            config.get(HEAD_LAYERS),
            config.get(HEAD_HIDDEN),
            config.get(HEAD_BOTTLENECK),
            outputs,
            config.get(NORM_LAST)),
        new DistillationLoss(
            outputs,
            config.get(LOCALS),
            config.get(STUDENT_TEMPERATURE),
            config.get(CENTRE_MOMENTUM)));
  }

  private static int local(Config config, int side) {
    return config.get(LOCAL_SIDE) == 0 ? side / 2 : config.get(LOCAL_SIDE);
  }

  @Override
  public Network network(Method method, long seed) {
    return SelfDistillation.student(shape, method, DataType.FLOAT, seed);
  }

  @Override
  public BatchStream batches(long seed) {
    SelfDistillationConfig.Crops crops = shape.crops();
    int locals = config.get(LOCALS);
    double split = config.get(AREA);
    Transform global = crop(crops.globalHeight(), crops.globalWidth(), split, 1);
    boolean dino = config.get(AUGMENT).equals("dino");
    Transform jitter = new ColorJitter(BRIGHTNESS, 0, 0, 0);
    List<MultiCropBatches.Views> views = new ArrayList<>();
    views.add(
        new MultiCropBatches.Views(
            Network.INPUT,
            dino
                ? DinoRecipe.globals(global)
                : Collections.nCopies(
                    DistillationLoss.GLOBALS, Transform.sequence(global, jitter))));
    if (locals > 0) {
      Transform local =
          crop(crops.localHeight(), crops.localWidth(), config.get(LOCAL_AREA), split);
      views.add(
          new MultiCropBatches.Views(
              SelfDistillation.LOCAL_CROPS,
              dino
                  ? DinoRecipe.locals(local, locals)
                  : Collections.nCopies(locals, Transform.sequence(local, jitter))));
    }
    return new MultiCropBatches(splits.train(), normalization, views, config.get(Keys.BATCH), seed);
  }

  private static Transform crop(int height, int width, double least, double most) {
    if (least > most) {
      throw new InputException(
          "crops.local.area=%s is above crops.area=%s; a small crop's area goes from the one to the other"
              .formatted(least, most));
    }
    RandomResizedCrop square = RandomResizedCrop.square(height, least, most);
    return new RandomResizedCrop(
        height, width, square.area(), square.aspect(), square.interpolation());
  }

  @Override
  public Map<String, Double> chance() {
    return Map.of(KNN, 100.0 / splits.train().classes(), INFORMATION, 0.0);
  }

  @Override
  public Optimization optimization(Optimization usual, TrainingSettings settings) {
    Schedule decay =
        new Cosine(config.get(Keys.WEIGHT_DECAY), config.get(WEIGHT_DECAY_END), settings.steps());
    List<ParameterGroup> groups = new ArrayList<>();
    for (ParameterGroup group : usual.groups()) {
      boolean decays = group.weightDecay().rate(0) > 0;
      groups.add(
          decays ? new ParameterGroup(group.names(), decay, group.learningRateScale(), 0) : group);
    }
    Set<String> last = Set.of(LAST_LAYER + "v", LAST_LAYER + "g");
    long frozen = Math.round(config.get(FREEZE_LAST) * settings.stepsPerEpoch());
    return new Optimization(usual.learningRate(), ParameterGroup.freezing(groups, last, frozen));
  }

  /** Parameter by parameter, as DINO's code. */
  @Override
  public GradientClipping.Over clipping() {
    return GradientClipping.Over.EACH;
  }

  @Override
  public Company company(Run run) {
    return new Teacher(run);
  }

  /** What the student learns from, and what its features are worth. */
  private final class Teacher implements Company {
    private final Run run;
    private final Runner runner;
    private final Schedule temperature;

    Teacher(Run run) {
      this.run = run;
      runner = Runner.of(network(), run.executors()::of);
      double last = config.get(TEACHER_TEMPERATURE);
      temperature =
          new PerEpoch(
              new LinearThen(
                  config.get(TEACHER_TEMPERATURE_START),
                  last,
                  config.get(TEACHER_TEMPERATURE_EPOCHS),
                  new Constant(last)),
              run.settings().stepsPerEpoch());
    }

    /** The teacher at its start, a copy of the student. */
    private Network network() {
      return SelfDistillation.teacher(shape, run.method(), DataType.FLOAT, run.settings().seed());
    }

    @Override
    public List<Source> sources() {
      return List.of(
          new Companion(
              "teacher",
              runner,
              Mode.TRAINING,
              run.settings().seed(),
              new Companion.Wiring(
                  Map.of(), Map.of(SelfDistillation.ANSWER, SelfDistillation.ANSWER)),
              List.of(new Scheduled(runner.network(), SelfDistillation.TEMPERATURE, temperature))));
    }

    @Override
    public List<Follower> followers() {
      return List.of(
          Ema.of(
              "teacher",
              Follower.Place.AFTER_STEP,
              Trainer.parameters(runner.network()),
              Trainer.parameters(run.network()),
              new Cosine(config.get(TEACHER_MOMENTUM), 1, run.settings().steps())));
    }

    /** Records neighbours and entropies with every evaluation. */
    @Override
    public List<TrainingListener> listeners() {
      return List.of(
          new TrainingListener() {
            @Override
            public void onEvaluation(Trainer trainer, Evaluation evaluation) {
              if (evaluation.split().equals("validation")) {
                Seen seen = see(runner, splits.validation(), trainer.progress().step());
                Map<String, Double> values = new LinkedHashMap<>();
                values.put("knn", accuracy(runner, seen, splits.validation()));
                values.putAll(entropies(seen));
                run.record()
                    .accept(
                        new MetricLine(
                            MetricLine.PROBE,
                            trainer.progress().step(),
                            trainer.progress().epoch(),
                            "teacher",
                            values));
              }
            }
          });
    }

    @Override
    public Map<String, Double> atEnd(Trainer trainer) {
      long step = trainer.progress().step();
      Seen seen = see(runner, splits.test(), step);
      Map<String, Double> values = new LinkedHashMap<>(entropies(seen));
      double trained = accuracy(runner, seen, splits.test());
      double untrained;
      try (Runner fresh = Runner.of(network(), run.executors()::of)) {
        untrained = accuracy(fresh, see(fresh, splits.test(), step), splits.test());
      }
      values.put(KNN, trained);
      values.put(UNTRAINED_KNN, untrained);
      values.put(KNN_GAIN, trained - untrained);
      values.put(PIXEL_KNN, accuracy(pixels(splits.train()), pixels(splits.test()), splits.test()));
      return values;
    }

    private double accuracy(Runner network, Seen seen, Images images) {
      INDArray known = see(network, splits.train(), 0).features;
      return accuracy(known, seen.features, images);
    }

    private double accuracy(INDArray known, INDArray features, Images images) {
      Images train = splits.train();
      return new NearestNeighbours(known, train.labels(), train.classes())
          .accuracy(
              features, images.labels(), config.get(NEIGHBOURS), NearestNeighbours.TEMPERATURE);
    }

    private Map<String, Double> entropies(Seen seen) {
      AnswerEntropy entropy = AnswerEntropy.of(seen.answers);
      double percent = 100 / Math.log(entropy.outputs());
      return Map.of(
          ANSWER_ENTROPY,
          percent * entropy.each(),
          MEAN_ANSWER_ENTROPY,
          percent * entropy.ofMean(),
          INFORMATION,
          percent * entropy.information());
    }

    private Seen see(Runner network, Images images, long step) {
      List<INDArray> features = new ArrayList<>();
      List<INDArray> answers = new ArrayList<>();
      INDArray tau = Nd4j.createFromArray((float) temperature.rate(step));
      for (Batch batch : evaluation(images)) {
        Map<String, INDArray> values =
            network
                .evaluation()
                .output(
                    Map.of(Network.INPUT, input(batch), SelfDistillation.TEMPERATURE, tau),
                    List.of(SelfDistillation.FEATURES, SelfDistillation.ANSWER));
        features.add(values.get(SelfDistillation.FEATURES).dup());
        answers.add(values.get(SelfDistillation.ANSWER).dup());
      }
      return new Seen(
          Nd4j.concat(0, features.toArray(INDArray[]::new)),
          Nd4j.concat(0, answers.toArray(INDArray[]::new)));
    }

    private INDArray pixels(Images images) {
      List<INDArray> rows = new ArrayList<>();
      for (Batch batch : evaluation(images)) {
        rows.add(input(batch).reshape(batch.size(), images.imageSize()));
      }
      return Nd4j.concat(0, rows.toArray(INDArray[]::new));
    }

    private INDArray input(Batch batch) {
      return Nd4j.createFromArray(batch.reals(Network.INPUT))
          .reshape(batch.feeds().get(Network.INPUT).shape());
    }

    @Override
    public void close() {
      runner.close();
    }
  }

  /**
   * What a network says of images.
   *
   * @param features [images, width]
   * @param answers q, [images, K]
   */
  private record Seen(INDArray features, INDArray answers) {}
}
