package org.normfree.experiments.training;

import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;
import org.normfree.core.data.BatchStream;
import org.normfree.core.data.PrefetchedBatches;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.NativeThreads;
import org.normfree.core.exec.Precision;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.kernel.Bfloat16;
import org.normfree.core.kernel.Kernel;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.method.Alpha0;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.method.Stack;
import org.normfree.core.model.Architecture;
import org.normfree.core.nn.Accuracy;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.AdaptiveAdamW;
import org.normfree.core.optim.AdaptiveSgd;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.Ema;
import org.normfree.core.optim.Follower;
import org.normfree.core.optim.Lamb;
import org.normfree.core.optim.MaskedSteps;
import org.normfree.core.optim.Muon;
import org.normfree.core.optim.Optimizer;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.Sgd;
import org.normfree.core.optim.StepAdaptation;
import org.normfree.core.optim.WarmupCosine;
import org.normfree.core.record.DataIdentity;
import org.normfree.core.task.Team;
import org.normfree.core.train.Checkpoint;
import org.normfree.core.train.CheckpointListener;
import org.normfree.core.train.CheckpointStore;
import org.normfree.core.train.DivergenceAdvice;
import org.normfree.core.train.Evaluation;
import org.normfree.core.train.Runner;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.core.train.TrainingSettings;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.run.MetricLog;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.RunDirectory;
import org.normfree.experiments.run.TimingLog;
import org.normfree.experiments.sweep.Progress;
import org.normfree.experiments.sweep.SweepTrial;
import org.slf4j.LoggerFactory;

/**
 * One training run of a {@link Problem} as a configuration describes it: trained, evaluated,
 * recorded and checkpointed in a run directory, resumed where an earlier process left off. Every
 * study consists of such runs.
 */
public final class TrainingRun {
  private static final int PREFETCHED = 4;
  private static final String MUON = "muon";

  /** Steps of a run whose time is estimated. */
  private static final int TIMED_STEPS = 6;

  /** Of a parameter: its value, its gradient and two averages, in single precision. */
  private static final long TRAINED_BYTES = 16;

  private final Config config;
  private final RunDirectory directory;
  private final Progress.Part progress;
  private final Problem problem;

  private TrainingRun(
      Config config, RunDirectory directory, Progress.Part progress, Problem problem) {
    this.config = config;
    this.directory = directory;
    this.progress = progress;
    this.problem = problem;
  }

  /**
   * Does the run, or what is left of it.
   *
   * @param kind what kind of problem it is
   * @param config settings with the keys of that kind
   * @param directory the run's directory
   * @param progress is told how far the run is
   * @return how it ended; accuracies in percent
   * @throws InputException if the settings do not fit each other or the data
   */
  public static Outcome run(
      Problem.Kind kind, Config config, RunDirectory directory, Progress.Part progress) {
    return new TrainingRun(config, directory, progress, kind.of().apply(config)).run();
  }

  /**
   * A training run as one of a sweep.
   *
   * @param kind what kind of problem it is
   */
  public static SweepTrial.Body body(Problem.Kind kind) {
    return new SweepTrial.Body() {
      @Override
      public Outcome run(Config config, RunDirectory directory, Progress.Part progress) {
        return TrainingRun.run(kind, config, directory, progress);
      }

      @Override
      public boolean checkSettings(Config config) {
        return refusing(
                () -> {
                  requireSettingsAlone(config);
                  Architecture architecture = architecture(kind, config);
                  requireServed(architecture, config);
                  return architecture.surelyFits();
                })
            .orElse(false);
      }

      @Override
      public void check(Config config) {
        refusing(() -> rehearsed(kind, config).requireSettings());
      }

      @Override
      public void checkNetwork(Config config) {
        refusing(() -> rehearsed(kind, config).size());
      }

      @Override
      public Optional<DataIdentity> data(Config config) {
        return refusing(() -> kind.of().apply(config).data());
      }

      @Override
      public Optional<SweepTrial.Size> size(Config config) {
        return Optional.of(rehearsed(kind, config).size());
      }

      @Override
      public OptionalDouble secondsPerStep(Config config) {
        return rehearsed(kind, config).secondsPerStep();
      }
    };
  }

  /** Lets refusals through; a fault, which leaves nothing, is told in full by the run itself. */
  private static <T> Optional<T> refusing(Supplier<T> look) {
    try {
      return Optional.of(look.get());
    } catch (InputException | InvalidPathException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      if (Outcome.isOutOfMemory(e)) {
        throw new InputException(
            "Java's memory is too small for this (%s); make it smaller, or allow more with TOOLKIT_JAVA_OPTS=-Xmx8g (8 GB)"
                .formatted(Outcome.messageOf(e)),
            e);
      }
      return Optional.empty();
    }
  }

  private static TrainingRun rehearsed(Problem.Kind kind, Config config) {
    return new TrainingRun(
        config, RunDirectory.rehearsal(config), (done, total) -> {}, kind.of().apply(config));
  }

  /** Refuses what does not fit, as far as settings tell it. */
  private static void requireSettingsAlone(Config config) {
    requirePrecision(config);
    adaptation(config);
    method(config);
    requireRates(config);
  }

  private static Architecture architecture(Problem.Kind kind, Config config) {
    return kind.architecture().apply(config, method(config));
  }

  /** Refuses a network that the method, or the optimizer, cannot serve. */
  private static void requireServed(Architecture architecture, Config config) {
    architecture.requireServedBy(method(config));
    if (config.get(Keys.OPTIMIZER).equals(MUON)
        && architecture.stacks().stream().allMatch(Stack::isConvolutional)) {
      throw noHiddenMatrices();
    }
  }

  private static InputException noHiddenMatrices() {
    return new InputException(
        "optimizer=muon with a model none of whose matrices maps hidden vectors in an attention or feed-forward branch; use adamw or sgd");
  }

  /** Refuses what does not fit the data. */
  private TrainingSettings requireSettings() {
    long seed = config.get(Keys.SEED);
    TrainingSettings settings = settings(problem.batches(seed), seed);
    schedule(settings);
    return settings;
  }

  /** Refuses what does not fit, on the way. */
  private SweepTrial.Size size() {
    long seed = config.get(Keys.SEED);
    TrainingSettings settings = requireSettings();
    Network network = Scope.outlined(() -> problem.network(method(config), seed));
    requireHiddenMatrices(network);
    long parameters =
        Trainer.parameters(network).values().stream().mapToLong(INDArray::length).sum();
    return new SweepTrial.Size(settings.steps(), parameters, TRAINED_BYTES * parameters);
  }

  /**
   * The shortest of a few steps, the first ones of the run; what comes between steps is left out.
   */
  private OptionalDouble secondsPerStep() {
    long seed = config.get(Keys.SEED);
    Network network = problem.network(method(config), seed);
    BatchStream batches = problem.batches(seed);
    TrainingSettings whole = settings(batches, seed);
    TrainingSettings few =
        new TrainingSettings(
            seed,
            Math.min(TIMED_STEPS, whole.steps()),
            whole.stepsPerEpoch(),
            whole.clipNorm(),
            whole.clipOver());
    formTeam();
    StepClock clock = new StepClock();
    try (Runner runner = Runner.of(network, this::executor);
        PrefetchedBatches stream = new PrefetchedBatches(batches.from(0), PREFETCHED);
        Problem.Company company =
            problem.company(
                new Problem.Run(network, method(config), few, this::executor, line -> {}))) {
      Problem.Optimization optimization = optimization(network, whole);
      List<Follower> followers = new ArrayList<>(company.followers());
      followers.addAll(followers(network));
      new Trainer(
              runner,
              company.optimizer(optimizer(network, optimization.groups(), seed)),
              optimization.learningRate(),
              few,
              company.sources(),
              followers,
              List.of(clock),
              problem.weighting())
          .train(stream);
    }
    return clock.seconds();
  }

  /**
   * Gives the team its size. It is the only place where work is divided: threads of OpenMP would
   * spin beside it.
   */
  private void formTeam() {
    NativeThreads.limit(1);
    config.get(Keys.THREADS).ifPresent(Team::size);
  }

  private Outcome run() {
    directory.trainedOn(problem.data());
    long seed = config.get(Keys.SEED);
    Network network = problem.network(method(config), seed);
    BatchStream batches = problem.batches(seed);
    TrainingSettings settings = settings(batches, seed);
    CheckpointStore store = new CheckpointStore(directory.checkpoints(), config.hash());
    Optional<Checkpoint> checkpoint = store.latest();
    long done = checkpoint.map(c -> c.progress().step()).orElse(0L);
    formTeam();
    try (Runner runner = Runner.of(network, this::executor);
        MetricLog metrics =
            checkpoint.isPresent() ? directory.metricsUpTo(done) : directory.metrics();
        TimingLog timing = directory.timing();
        PrefetchedBatches stream = new PrefetchedBatches(batches.from(done), PREFETCHED)) {
      // a run whose last checkpoint is there has recorded everything; only its numbers are missing
      Recorder recorder = new Recorder(metrics, done < settings.steps());
      try (Problem.Company company =
          problem.company(
              new Problem.Run(network, method(config), settings, this::executor, recorder::add))) {
        Evaluator evaluator =
            new Evaluator(problem.validation(), problem.test(), config.get(Keys.EVAL_EVERY));
        Watch.View view =
            new Watch.View(
                network.evaluation(),
                batches,
                problem.test().iterator().next(),
                directory,
                recorder,
                config.get(Keys.PROBE_LAYERS));
        List<Watch> watches = Probes.watches(config);
        List<TrainingListener> listeners = new ArrayList<>(List.of(recorder, evaluator));
        listeners.addAll(company.listeners());
        listeners.addAll(Probes.listeners(config, view.network(), batches.batch(0), recorder));
        watches.forEach(watch -> listeners.addAll(watch.listeners(view)));
        listeners.add(new DivergenceAdvice());
        listeners.add(new Pace(timing, progress));
        // last: what the others recorded for a step is on the disk before the step is saved
        listeners.add(recorder.forcing());
        listeners.add(new CheckpointListener(store, config.get(Keys.CHECKPOINT_EVERY)));
        Problem.Optimization optimization = optimization(network, settings);
        List<Follower> followers = new ArrayList<>(company.followers());
        followers.addAll(followers(network));
        Trainer trainer =
            new Trainer(
                runner,
                company.optimizer(optimizer(network, optimization.groups(), settings.seed())),
                optimization.learningRate(),
                settings,
                company.sources(),
                followers,
                listeners,
                problem.weighting());
        checkpoint.ifPresent(trainer::restore);
        org.normfree.core.train.Outcome end = trainer.train(stream);
        if (end.status() == org.normfree.core.train.Outcome.Status.DIVERGED) {
          Map<String, Double> values = new LinkedHashMap<>(bestValidation());
          values.putAll(chance());
          return Outcome.diverged(end.step() + 1, values);
        }
        Map<String, Double> values = new LinkedHashMap<>(chance());
        evaluator.last().forEach(evaluation -> add(values, evaluation));
        values.putAll(problem.atEnd(trainer, method(config), directory, this::executor));
        values.putAll(company.atEnd(trainer));
        if (problem.weighting().isPresent()) {
          values.putAll(TaskAgreement.of(Recorder.read(directory), trainer.progress()));
        }
        watches.forEach(watch -> values.putAll(watch.atEnd(view, trainer)));
        Map<String, double[]> items = problem.items(trainer);
        if (!items.isEmpty()) {
          directory.writeItems(items);
        }
        return Outcome.done(values);
      }
    }
  }

  private void add(Map<String, Double> values, Evaluation evaluation) {
    evaluation
        .values()
        .forEach(
            (name, value) ->
                values.put(
                    evaluation.split() + "_" + name,
                    name.equals(Accuracy.NAME) ? 100 * value : value));
    problem
        .scores(evaluation)
        .forEach((name, value) -> values.put(evaluation.split() + "_" + name, value));
  }

  /** What chance gives, which is what a run counts for that diverged. */
  private Map<String, Double> chance() {
    Map<String, Double> values = new LinkedHashMap<>();
    problem.chance().forEach((name, value) -> values.put(Outcome.CHANCE + name, value));
    return values;
  }

  /** The best accuracy before the run broke, which the papers print. */
  private Map<String, Double> bestValidation() {
    return Recorder.read(directory).stream()
        .filter(line -> line.scope().equals("validation"))
        .filter(line -> line.values().containsKey(Accuracy.NAME))
        .map(line -> 100 * line.values().get(Accuracy.NAME))
        .max(Double::compare)
        .map(best -> Map.of("best_validation_accuracy", best))
        .orElse(Map.of());
  }

  private GraphExecutor executor(Network network) {
    List<Kernel> kernels = Kernels.load(config.get(Keys.KERNELS), config.get(Keys.VECTOR));
    if (config.get(Keys.EXECUTOR).equals("stock")) {
      requireSession(config);
      return new StockExecutor(network.graph(), kernels);
    }
    boolean single = config.get(Keys.PRECISION).equals("float32");
    return new CompiledExecutor(
        network.graph(),
        new CompilerSettings(
            Team.size(),
            single ? Precision.FLOAT32 : Precision.BF16,
            kernels,
            network.moving(),
            false));
  }

  /** Whether this processor and these kernels compute in the precision asked for. */
  private static void requirePrecision(Config config) {
    requireSession(config);
    if (!config.get(Keys.PRECISION).equals("float32")) {
      Bfloat16.missing(config.get(Keys.KERNELS), config.get(Keys.VECTOR))
          .ifPresent(
              missing -> {
                throw CompilerSettings.unavailable(missing);
              });
    }
  }

  /** SameDiff's session computes in one precision. */
  private static void requireSession(Config config) {
    if (config.get(Keys.EXECUTOR).equals("stock")
        && !config.get(Keys.PRECISION).equals("float32")) {
      throw new InputException(
          "precision=%s with executor=stock; only executor=compiled has it, or use precision=float32"
              .formatted(config.get(Keys.PRECISION)));
    }
  }

  private static Method method(Config config) {
    MethodOptions options =
        new MethodOptions(
            alpha0(config),
            config.get(Keys.ALPHA_PER_CHANNEL),
            config.get(Keys.ALPHA_LEARNED),
            config.get(Keys.AFFINE),
            config.get(Keys.EMBEDDING_SCALE),
            config.get(Keys.LAYER_SCALE),
            config.get(Keys.EMBEDDING_NORM),
            config.get(Keys.BHYT_LAMBDA),
            new MethodOptions.Ramps(
                config.get(Keys.PRORES_WARMUP),
                config.get(Keys.TAPER_WARMUP),
                config.get(Keys.TAPER_DECAY)));
    return Methods.create(config.get(Keys.METHOD), options);
  }

  private static Alpha0 alpha0(Config config) {
    if (config.get(Keys.ALPHA0_TABLE)) {
      return new Alpha0.ByWidth();
    }
    double other = config.get(Keys.ALPHA0);
    double attention = config.get(Keys.ALPHA0_ATTENTION);
    return new Alpha0.BySite(attention > 0 ? attention : other, other);
  }

  private TrainingSettings settings(BatchStream batches, long seed) {
    int perEpoch = batches.stepsPerEpoch();
    long steps = config.get(Keys.STEPS);
    return new TrainingSettings(
        seed,
        steps > 0 ? steps : (long) perEpoch * config.get(Keys.EPOCHS),
        perEpoch,
        config.get(Keys.CLIP),
        problem.clipping());
  }

  private List<Follower> followers(Network network) {
    double decay = config.get(Keys.EMA);
    return decay == 0
        ? List.of()
        : List.of(Ema.average(Trainer.parameters(network), new Constant(decay)));
  }

  private static void requireRates(Config config) {
    double base = config.get(Keys.LEARNING_RATE);
    double least = config.get(Keys.MIN_LEARNING_RATE);
    if (least > base && config.isGiven(Keys.MIN_LEARNING_RATE)) {
      throw new InputException(
          "lr.min=%s is above lr=%s, at which the rate that falls to it begins; choose a smaller lr.min"
              .formatted(Key.plain(least), Key.plain(base)));
    }
  }

  private WarmupCosine schedule(TrainingSettings settings) {
    double base = config.get(Keys.LEARNING_RATE);
    double least = config.get(Keys.MIN_LEARNING_RATE);
    long warmup = Math.round(config.get(Keys.WARMUP) * settings.stepsPerEpoch());
    if (warmup > settings.steps()) {
      String longer =
          "warmup=%s is %s steps (%s an epoch), longer than the run of %s"
              .formatted(
                  Key.plain(config.get(Keys.WARMUP)),
                  warmup,
                  settings.stepsPerEpoch(),
                  settings.steps());
      if (config.isGiven(Keys.WARMUP)) {
        throw new InputException(longer + "; choose a shorter one, such as warmup=0");
      }
      // no constant: every start loads this class, and setting up a log takes a tenth of it
      LoggerFactory.getLogger(TrainingRun.class)
          .warn("{}, so the rate rises to its end; warmup=0 trains at the full rate", longer);
    }
    return new WarmupCosine(
        base, Math.min(base, least), Math.min(warmup, settings.steps()), settings.steps());
  }

  private Problem.Optimization optimization(Network network, TrainingSettings settings) {
    List<ParameterGroup> all =
        ParameterGroup.byRank(
            Trainer.parameters(network), config.get(Keys.WEIGHT_DECAY), config.get(Keys.DECAY_ALL));
    Set<String> exempt = network.undecayed();
    List<ParameterGroup> groups = exempt.isEmpty() ? all : ParameterGroup.exempting(all, exempt);
    return problem.optimization(new Problem.Optimization(schedule(settings), groups), settings);
  }

  private Optimizer optimizer(Network network, List<ParameterGroup> groups, long seed) {
    requireHiddenMatrices(network);
    Map<String, INDArray> parameters = Trainer.parameters(network);
    Optimizer plain = optimizer(parameters, groups, network.hiddenMatrices());
    double kept = config.get(Keys.STEP_KEPT);
    return switch (config.get(Keys.STEP_MASK)) {
      case "gradients" -> MaskedSteps.randomGradients(plain, kept, seed);
      case "updates" -> MaskedSteps.randomUpdates(plain, parameters, kept, seed);
      default -> plain;
    };
  }

  private Optimizer optimizer(
      Map<String, INDArray> parameters, List<ParameterGroup> groups, Set<String> matrices) {
    double beta1 = config.get(Keys.BETA1);
    double beta2 = config.get(Keys.BETA2);
    double momentum = config.get(Keys.MOMENTUM);
    Optional<StepAdaptation> adaptation = adaptation(config);
    return switch (config.get(Keys.OPTIMIZER)) {
      case "sgd" ->
          adaptation.isPresent()
              ? new AdaptiveSgd(parameters, groups, momentum, adaptation.get())
              : new Sgd(parameters, groups, momentum);
      case "lamb" -> new Lamb(parameters, groups, beta1, beta2, Lamb.EPSILON);
      case "muon" ->
          new Muon(parameters, groups, matrices, config.get(Keys.MUON_MOMENTUM), beta1, beta2);
      default ->
          adaptation.isPresent()
              ? new AdaptiveAdamW(parameters, groups, beta1, beta2, AdamW.EPSILON, adaptation.get())
              : new AdamW(parameters, groups, beta1, beta2, AdamW.EPSILON);
    };
  }

  /** Muon without a matrix of its own would be AdamW under another name. */
  private void requireHiddenMatrices(Network network) {
    if (config.get(Keys.OPTIMIZER).equals(MUON) && network.hiddenMatrices().isEmpty()) {
      throw noHiddenMatrices();
    }
  }

  private static Optional<StepAdaptation> adaptation(Config config) {
    String name = config.get(Keys.STEP_ADAPTATION);
    if (name.equals("none")) {
      return Optional.empty();
    }
    String optimizer = config.get(Keys.OPTIMIZER);
    if (optimizer.equals("lamb") || optimizer.equals("muon")) {
      throw new InputException(
          "step.adaptation=%s with optimizer=%s, which has no such steps; use adamw or sgd, or none"
              .formatted(name, optimizer));
    }
    StepAdaptation.Kind kind = StepAdaptation.Kind.valueOf(name.toUpperCase(Locale.ROOT));
    return Optional.of(
        new StepAdaptation(
            kind,
            kind != StepAdaptation.Kind.HYPERGRADIENT,
            config.get(Keys.STEP_GAIN_RATE),
            config.get(Keys.STEP_SCALE_RATE),
            config.get(Keys.STEP_AVERAGE)));
  }
}
