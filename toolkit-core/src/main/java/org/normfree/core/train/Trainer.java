package org.normfree.core.train;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.Ema;
import org.normfree.core.optim.GradientClipping;
import org.normfree.core.optim.NamedArrays;
import org.normfree.core.optim.Optimizer;
import org.normfree.core.optim.Schedule;

/**
 * The training loop. One step: a forward and backward pass on the next batch with fresh random
 * inputs, clipping by global norm, the optimizer at the schedule's rate, the network's states moved
 * on, the weight average, the listeners. Nothing in it depends on time, and all randomness on seed
 * and step alone, so a run that is resumed from a {@link Checkpoint} gives the same bits as one
 * that was never stopped.
 *
 * <p>Used by one thread at a time.
 */
public final class Trainer {
  private final Network network;
  private final GraphExecutor executor;
  private final Optimizer optimizer;
  private final Schedule schedule;
  private final TrainingSettings settings;
  private final List<TrainingListener> listeners;
  private final Placeholders placeholders;
  private final GradientClipping clipping = new GradientClipping();
  private final Optional<Ema> ema;
  private final List<String> trainingOutputs;
  private Progress progress;

  /**
   * @param network what to train
   * @param executor runs the network's graph; closed by whoever made it
   * @param optimizer changes the network's {@link #parameters}
   * @param schedule the learning rate of each step
   * @param settings the rest
   * @param listeners followers of the run, called in this order
   */
  public Trainer(
      Network network,
      GraphExecutor executor,
      Optimizer optimizer,
      Schedule schedule,
      TrainingSettings settings,
      List<TrainingListener> listeners) {
    this.network = network;
    this.executor = executor;
    this.optimizer = optimizer;
    this.schedule = schedule;
    this.settings = settings;
    this.listeners = List.copyOf(listeners);
    placeholders = new Placeholders(network, settings.seed());
    ema =
        settings.emaDecay() == 0
            ? Optional.empty()
            : Optional.of(new Ema(parameters(network), settings.emaDecay()));
    trainingOutputs = new ArrayList<>(List.of(Network.LOSS, Network.LOGITS));
    movingStates().forEach(state -> trainingOutputs.add(state.next()));
    progress = Progress.start(settings.seed());
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
      GraphExecutor.Pass pass =
          executor.gradients(placeholders.training(batch, progress.step()), trainingOutputs);
      loss = pass.outputs().get(Network.LOSS).getDouble(0);
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
        step(batch, pass, loss, rate, norm);
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

  private void step(Batch batch, GraphExecutor.Pass pass, double loss, double rate, double norm) {
    int correct = Logits.correct(pass.outputs().get(Network.LOGITS), batch.targets());
    optimizer.step(rate, pass.gradients());
    movingStates()
        .forEach(state -> network.array(state.name()).assign(pass.outputs().get(state.next())));
    ema.ifPresent(Ema::update);
    int counted = batch.counted();
    progress = progress.afterStep(loss, correct, counted);
    Progress whole = progress;
    boolean epochEnds = progress.step() % settings.stepsPerEpoch() == 0;
    if (epochEnds) {
      progress = progress.afterEpoch();
    }
    TrainingListener.Step step =
        new TrainingListener.Step(
            progress.step(), progress.epoch(), loss, (double) correct / counted, rate, norm);
    tell(listener -> listener.onStep(this, step));
    if (epochEnds) {
      double examples = (double) whole.examples();
      TrainingListener.Epoch epoch =
          new TrainingListener.Epoch(
              progress.step(),
              progress.epoch(),
              whole.lossSum() / examples,
              (double) whole.correct() / examples);
      tell(listener -> listener.onEpochEnd(this, epoch));
    }
    tell(listener -> listener.onStepDone(this));
  }

  /**
   * Evaluates the network as it stands, on its averaged weights where there is an average, without
   * noise, and tells the listeners.
   *
   * @param split the split's name
   * @param batches the split's batches
   * @return loss and accuracy
   * @throws InputException if there is no batch
   */
  public Evaluation evaluate(String split, Iterable<Batch> batches) {
    double[] sums = new double[3];
    String loss = network.evaluationLoss();
    Runnable run =
        () -> {
          for (Batch batch : batches) {
            int counted = batch.counted();
            Map<String, INDArray> values = outputs(batch, List.of(loss, Network.LOGITS));
            sums[0] += values.get(loss).getDouble(0) * counted;
            sums[1] += Logits.correct(values.get(Network.LOGITS), batch.targets());
            sums[2] += counted;
          }
        };
    ema.ifPresentOrElse(average -> average.whileAveraged(run), run);
    if (sums[2] == 0) {
      throw new InputException(
          "the %s split is empty; give a data set with at least one example in it"
              .formatted(split));
    }
    Evaluation evaluation =
        new Evaluation(
            split,
            progress.step(),
            progress.epoch(),
            sums[0] / sums[2],
            sums[1] / sums[2],
            (long) sums[2]);
    tell(listener -> listener.onEvaluation(this, evaluation));
    return evaluation;
  }

  /**
   * A forward pass without noise on the weights as trained (not their average), for probes.
   *
   * @param batch the input
   * @param names the wanted variables
   * @return the value of each; valid until the next pass
   */
  public Map<String, INDArray> outputs(Batch batch, List<String> names) {
    return executor.output(placeholders.evaluation(batch), names);
  }

  /**
   * @return all that the run needs to go on from here, copied
   */
  public Checkpoint checkpoint() {
    Map<String, INDArray> model = new LinkedHashMap<>();
    model().forEach((name, array) -> model.put(name, array.dup('c')));
    return new Checkpoint(progress, model, optimizer.state(), ema.map(Ema::state).orElse(Map.of()));
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
    Map<String, INDArray> model = model();
    NamedArrays.requireSame("model", model, checkpoint.model());
    if (ema.isEmpty()) {
      NamedArrays.requireSame("weight average", Map.of(), checkpoint.average());
    }
    optimizer.restore(checkpoint.optimizer());
    ema.ifPresent(average -> average.restore(checkpoint.average()));
    model.forEach((name, array) -> array.assign(checkpoint.model().get(name)));
    progress = checkpoint.progress();
  }

  private Map<String, INDArray> model() {
    Map<String, INDArray> model = parameters(network);
    network.states().forEach(state -> model.put(state.name(), network.array(state.name())));
    return model;
  }

  private List<Network.State> movingStates() {
    return network.states().stream().filter(state -> state.next() != null).toList();
  }

  private void tell(Consumer<TrainingListener> event) {
    listeners.forEach(event);
  }
}
