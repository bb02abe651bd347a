package org.normfree.core.train;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.nn.Metric;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.Follower;
import org.normfree.core.optim.GradientClipping;
import org.normfree.core.optim.NamedArrays;
import org.normfree.core.optim.Optimizer;
import org.normfree.core.optim.Schedule;

/**
 * The training loop. One step: placeholders filled from the batch, fresh random inputs and the
 * run's sources; a forward and backward pass, or one a loss and their weighted sum; clipping; the
 * optimizer at the schedule's rate; the states moved on; the followers; the listeners. Nothing in
 * it depends on time, and all randomness on seed and step alone, so a run that is resumed from a
 * {@link Checkpoint} gives the same bits as one that was never stopped.
 *
 * <p>Used by one thread at a time.
 */
public final class Trainer {
  /** In checkpoints; no source's name is empty. */
  private static final String FIRST_LOSSES = "/first_losses";

  private final Network network;
  private final Runner runner;
  private final Optimizer optimizer;
  private final Schedule schedule;
  private final TrainingSettings settings;
  private final List<Source> sources;
  private final List<Follower> followers;
  private final List<TrainingListener> listeners;
  private final Inputs training;
  private final Inputs evaluation;
  private final GradientClipping clipping;
  private final Optional<WeightedTasks> tasks;
  private final Map<String, String> moved = new LinkedHashMap<>();
  private final List<String> trainingOutputs;
  private final Map<String, INDArray> model = new LinkedHashMap<>();
  private Progress progress;

  /**
   * A run of one network that has one graph, with nothing that follows it.
   *
   * @param network what to train
   * @param executor runs the network's graph; closed by whoever made it
   * @param optimizer changes the network's {@link #parameters}
   * @param schedule the learning rate of each step
   * @param settings the rest
   * @param listeners followers of the run, called in this order
   * @throws IllegalArgumentException if the network has a twin for evaluations
   */
  public Trainer(
      Network network,
      GraphExecutor executor,
      Optimizer optimizer,
      Schedule schedule,
      TrainingSettings settings,
      List<TrainingListener> listeners) {
    this(
        new Runner(network, executor, executor),
        optimizer,
        schedule,
        settings,
        List.of(),
        List.of(),
        listeners);
  }

  /**
   * @param runner the network to train and what runs it; closed by whoever made it
   * @param optimizer changes the network's {@link #parameters}
   * @param schedule the learning rate of each step
   * @param settings the rest
   * @param sources what fills placeholders besides batches and random inputs, in this order
   * @param followers what moves without a gradient, in this order
   * @param listeners followers of the run, called in this order
   * @throws IllegalArgumentException if the network has no loss, or a twin and one executor, or if
   *     two sources or two followers have the same name
   */
  public Trainer(
      Runner runner,
      Optimizer optimizer,
      Schedule schedule,
      TrainingSettings settings,
      List<Source> sources,
      List<Follower> followers,
      List<TrainingListener> listeners) {
    this(runner, optimizer, schedule, settings, sources, followers, listeners, Optional.empty());
  }

  /**
   * The same of a network with several losses that are weighted anew at every step.
   *
   * @param runner as above
   * @param optimizer as above
   * @param schedule as above
   * @param settings as above
   * @param sources as above
   * @param followers as above
   * @param listeners as above
   * @param weighting what the losses count; empty for their sum, by one backward pass
   * @throws IllegalArgumentException also if losses are to be weighted and the network has none
   */
  public Trainer(
      Runner runner,
      Optimizer optimizer,
      Schedule schedule,
      TrainingSettings settings,
      List<Source> sources,
      List<Follower> followers,
      List<TrainingListener> listeners,
      Optional<TaskWeighting> weighting) {
    this.runner = runner;
    this.network = runner.network();
    this.optimizer = optimizer;
    this.schedule = schedule;
    this.settings = settings;
    this.clipping = new GradientClipping(settings.clipOver());
    this.sources = List.copyOf(sources);
    this.followers = List.copyOf(followers);
    this.listeners = List.copyOf(listeners);
    require(
        !network.objective().loss().isEmpty(),
        "the network has no objective; declare what to minimize with Scope.objective");
    require(
        network.twin().isEmpty() || !runner.training().equals(runner.evaluation()),
        "the network has another graph for evaluations, which needs an executor of its own; see Runner.of");
    requireDifferent("sources", sources.stream().map(Source::name).toList());
    requireDifferent("followers", followers.stream().map(Follower::name).toList());
    training = new Inputs(network, "", settings.seed());
    evaluation = new Inputs(network.evaluation(), "", settings.seed());
    List<String> losses = network.objective().tasks();
    require(
        weighting.isEmpty() || losses.size() > 1,
        "losses are to be weighted, but the network's objective names %s; name several with Objective.ofTasks"
            .formatted(losses));
    tasks = weighting.map(rule -> new WeightedTasks(losses, rule, settings.seed()));
    Set<String> outputs = new LinkedHashSet<>(List.of(network.objective().loss()));
    tasks.ifPresent(weighted -> outputs.addAll(losses));
    outputs.addAll(variables(network.objective().training()));
    network.states().forEach(s -> s.next().ifPresent(next -> moved.put(s.name(), next)));
    outputs.addAll(moved.values());
    trainingOutputs = List.copyOf(outputs);
    model.putAll(arrays(network));
    for (Source source : sources) {
      source.arrays().forEach((name, array) -> model.put(source.name() + "/" + name, array));
    }
    tasks.ifPresent(weighted -> model.put(FIRST_LOSSES, weighted.firstLosses()));
    progress = Progress.start(settings.seed());
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  private static void requireDifferent(String what, List<String> names) {
    require(
        Set.copyOf(names).size() == names.size() && names.stream().noneMatch(n -> n.contains("/")),
        "the %s are called %s; expected different names without a slash, because checkpoints tell them apart by name"
            .formatted(what, names));
  }

  private static List<String> variables(List<Metric> metrics) {
    return metrics.stream().flatMap(metric -> metric.variables().stream()).distinct().toList();
  }

  /**
   * @param network a network
   * @return its trainable arrays by name, in the order they were declared
   */
  public static Map<String, INDArray> parameters(Network network) {
    Map<String, INDArray> parameters = new LinkedHashMap<>();
    network.parameters().forEach(p -> parameters.put(p.name(), network.array(p.name())));
    return parameters;
  }

  /**
   * @param network a network
   * @return its parameters and its states by name
   */
  public static Map<String, INDArray> arrays(Network network) {
    Map<String, INDArray> arrays = parameters(network);
    network.states().forEach(state -> arrays.put(state.name(), network.array(state.name())));
    return arrays;
  }

  /** What is trained. */
  public Network network() {
    return network;
  }

  /** What the run is. */
  public TrainingSettings settings() {
    return settings;
  }

  /** How far the run has come. */
  public Progress progress() {
    return progress;
  }

  /**
   * Runs all steps that are still to do, or up to the step whose loss or gradient is not finite.
   *
   * @param batches the batch of step {@code progress().step()} and those that follow
   * @return how it ended
   */
  public Outcome train(Iterator<Batch> batches) {
    tell(listener -> listener.onStart(this));
    double loss = Double.NaN;
    boolean finite = true;
    while (finite && progress.step() < settings.steps()) {
      Batch batch = batches.next();
      Source.Pass from = new Source.Pass(batch, Mode.TRAINING, progress.step(), progress.step());
      Map<String, INDArray> values = training.of(from, true, Map.of(), sources);
      GraphExecutor.Pass pass = pass(values);
      loss = pass.outputs().get(network.objective().loss()).getDouble(0);
      double rate = schedule.rate(progress.step());
      if (Double.isFinite(loss)) {
        tell(listener -> listener.onGradients(this, pass.gradients()));
      }
      double norm =
          settings.clipNorm() > 0
              ? clipping.clip(pass.gradients(), settings.clipNorm())
              : clipping.norm(pass.gradients());
      finite = Double.isFinite(loss) && Double.isFinite(norm);
      if (finite) {
        step(shares(batch, values, pass), pass, loss, rate, norm);
      } else {
        TrainingListener.Divergence divergence =
            new TrainingListener.Divergence(progress.step() + 1, loss, norm, rate);
        tell(listener -> listener.onDivergence(this, divergence));
      }
    }
    Outcome outcome =
        new Outcome(
            finite ? Outcome.Status.COMPLETED : Outcome.Status.DIVERGED, progress.step(), loss);
    tell(listener -> listener.onEnd(this, outcome));
    return outcome;
  }

  private GraphExecutor.Pass pass(Map<String, INDArray> values) {
    return tasks.isPresent()
        ? tasks.get().pass(runner.training(), values, trainingOutputs, progress.step())
        : runner.training().gradients(values, trainingOutputs);
  }

  /** What the step's batch adds to the metrics, read before anything moves. */
  private Map<String, Metric.Share> shares(
      Batch batch, Map<String, INDArray> values, GraphExecutor.Pass pass) {
    Map<String, Metric.Share> shares = new LinkedHashMap<>();
    for (Metric metric : network.objective().training()) {
      shares.put(metric.name(), share(metric, training, batch, values, pass.outputs()));
    }
    tasks.ifPresent(weighted -> shares.putAll(weighted.shares()));
    return shares;
  }

  private static Metric.Share share(
      Metric metric,
      Inputs inputs,
      Batch batch,
      Map<String, INDArray> values,
      Map<String, INDArray> outputs) {
    Map<String, INDArray> read = inputs.read(metric.inputs(), batch, values);
    metric.variables().forEach(name -> read.put(name, outputs.get(name)));
    return metric.share(read, batch.weight());
  }

  private static Map<String, Double> means(Map<String, Metric.Share> shares) {
    Map<String, Double> means = new LinkedHashMap<>();
    shares.forEach((name, share) -> means.put(name, share.mean()));
    return means;
  }

  private void step(
      Map<String, Metric.Share> shares,
      GraphExecutor.Pass pass,
      double loss,
      double rate,
      double norm) {
    follow(Follower.Place.BEFORE_STEP);
    optimizer.step(rate, pass.gradients());
    moved.forEach((state, next) -> network.array(state).assign(pass.outputs().get(next)));
    sources.forEach(Source::advance);
    follow(Follower.Place.AFTER_STEP);
    progress = progress.afterStep(shares);
    Progress whole = progress;
    boolean epochEnds = progress.step() % settings.stepsPerEpoch() == 0;
    if (epochEnds) {
      progress = progress.afterEpoch();
    }
    TrainingListener.Step step =
        new TrainingListener.Step(
            progress.step(), progress.epoch(), loss, means(shares), rate, norm);
    tell(listener -> listener.onStep(this, step));
    if (epochEnds) {
      TrainingListener.Epoch epoch =
          new TrainingListener.Epoch(progress.step(), progress.epoch(), means(whole.sums()));
      tell(listener -> listener.onEpochEnd(this, epoch));
    }
    tell(listener -> listener.onStepDone(this));
  }

  private void follow(Follower.Place place) {
    followers.stream()
        .filter(follower -> follower.place() == place)
        .forEach(follower -> follower.follow(progress.step()));
  }

  /**
   * Evaluates the network as it stands, on its averaged weights where there is an average, with its
   * evaluation graph where it has one, and tells the listeners.
   *
   * @param split the split's name
   * @param batches the split's batches
   * @return the objective's metrics
   * @throws InputException if there is no batch
   */
  public Evaluation evaluate(String split, Iterable<Batch> batches) {
    List<Metric> metrics = network.evaluation().objective().evaluation();
    List<String> names = variables(metrics);
    Map<String, Metric.Share> sums = new LinkedHashMap<>();
    metrics.forEach(metric -> sums.put(metric.name(), Metric.Share.NONE));
    double[] weight = new double[1];
    Runnable run =
        () -> {
          long index = 0;
          for (Batch batch : batches) {
            Map<String, INDArray> values = evaluated(batch, index++);
            Map<String, INDArray> outputs =
                names.isEmpty() ? Map.of() : runner.evaluation().output(values, names);
            for (Metric metric : metrics) {
              sums.merge(
                  metric.name(),
                  share(metric, evaluation, batch, values, outputs),
                  Metric.Share::plus);
            }
            weight[0] += batch.weight();
          }
        };
    evaluating(run);
    if (weight[0] == 0) {
      throw new InputException(
          "the %s split is empty; give a data set with at least one example in it"
              .formatted(split));
    }
    Evaluation found =
        new Evaluation(split, progress.step(), progress.epoch(), means(sums), weight[0]);
    tell(listener -> listener.onEvaluation(this, found));
    return found;
  }

  /**
   * Runs something on the weights that evaluations use: on their average where there is one.
   *
   * @param evaluation what to run; it must not change arrays of the network
   */
  public void evaluating(Runnable evaluation) {
    Runnable run = evaluation;
    for (Follower follower : followers) {
      Runnable inner = run;
      run = () -> follower.evaluating(inner);
    }
    run.run();
  }

  private Map<String, INDArray> evaluated(Batch batch, long index) {
    Source.Pass from = new Source.Pass(batch, Mode.EVALUATION, progress.step(), index);
    return evaluation.of(from, false, Map.of(), sources);
  }

  /**
   * A forward pass of the evaluation graph on the weights as trained (not their average), for
   * probes.
   *
   * @param batch the input
   * @param names the wanted variables, of {@link Network#evaluation}
   * @return the value of each; valid until the next pass
   */
  public Map<String, INDArray> outputs(Batch batch, List<String> names) {
    return runner.evaluation().output(evaluated(batch, 0), names);
  }

  /**
   * @return all that the run needs to go on from here, copied
   */
  public Checkpoint checkpoint() {
    Map<String, INDArray> copies = new LinkedHashMap<>();
    model.forEach((name, array) -> copies.put(name, array.dup('c')));
    return new Checkpoint(progress, copies, optimizer.state(), followed());
  }

  private Map<String, INDArray> followed() {
    Map<String, INDArray> all = new LinkedHashMap<>();
    followers.forEach(
        follower ->
            follower
                .state()
                .forEach((name, array) -> all.put(follower.name() + "/" + name, array)));
    return all;
  }

  /**
   * Goes back to a checkpoint; {@link #train} then does the steps after it.
   *
   * @param checkpoint what {@link #checkpoint} gave, of a run with the same configuration
   * @throws InputException if seed, names or shapes do not fit this run
   */
  public void restore(Checkpoint checkpoint) {
    if (checkpoint.progress().seed() != settings.seed()) {
      throw new InputException(
          "the checkpoint belongs to a run with seed %s, this one has seed %s; use the same seed or another directory"
              .formatted(checkpoint.progress().seed(), settings.seed()));
    }
    tell(listener -> listener.onRestore(this));
    NamedArrays.requireSame("model", model, checkpoint.model());
    NamedArrays.requireSame("followers", followed(), checkpoint.followers());
    optimizer.restore(checkpoint.optimizer());
    for (Follower follower : followers) {
      String prefix = follower.name() + "/";
      Map<String, INDArray> own = new LinkedHashMap<>();
      checkpoint
          .followers()
          .forEach(
              (name, array) -> {
                if (name.startsWith(prefix)) {
                  own.put(name.substring(prefix.length()), array);
                }
              });
      follower.restore(own);
    }
    model.forEach((name, array) -> array.assign(checkpoint.model().get(name)));
    progress = checkpoint.progress();
  }

  private void tell(Consumer<TrainingListener> event) {
    listeners.forEach(event);
  }
}
