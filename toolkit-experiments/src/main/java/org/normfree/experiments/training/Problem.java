package org.normfree.experiments.training;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.normfree.core.data.Batch;
import org.normfree.core.data.BatchStream;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.method.Method;
import org.normfree.core.model.Architecture;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.Follower;
import org.normfree.core.optim.GradientClipping;
import org.normfree.core.optim.Optimizer;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.Schedule;
import org.normfree.core.record.DataIdentity;
import org.normfree.core.record.MetricLine;
import org.normfree.core.train.Evaluation;
import org.normfree.core.train.Source;
import org.normfree.core.train.TaskWeighting;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.core.train.TrainingSettings;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.run.RunDirectory;

/** What a training run learns: a network and its data, as a configuration describes them. */
public interface Problem {
  /**
   * A kind of problem.
   *
   * @param name name of the configuration of its runs
   * @param keys what describes it, and how it is trained
   * @param of makes the problem of a configuration
   * @param architecture what its network will be like, which refuses settings that do not fit each
   *     other; of data it looks at no more than it must
   */
  record Kind(
      String name,
      List<Key<?>> keys,
      Function<Config, Problem> of,
      BiFunction<Config, Method, Architecture> architecture) {
    /** The settings of its runs where none are given. */
    public Config defaults() {
      return Config.defaults(name, keys);
    }
  }

  /** Makes what runs a network. */
  @FunctionalInterface
  interface Executors {
    GraphExecutor of(Network network);
  }

  /**
   * How the optimizer changes parameters over a run.
   *
   * @param learningRate the rate of each step
   * @param groups decay, and what begins later
   */
  record Optimization(Schedule learningRate, List<ParameterGroup> groups) {
    /** Copies the groups. */
    public Optimization {
      groups = List.copyOf(groups);
    }
  }

  /**
   * A run that is about to begin.
   *
   * @param network what is trained
   * @param method what keeps it trainable
   * @param settings seed, steps and epochs
   * @param executors makes what runs another network with the run's settings
   * @param record where to record
   */
  record Run(
      Network network,
      Method method,
      TrainingSettings settings,
      Executors executors,
      Consumer<MetricLine> record) {}

  /** What a run has besides the network that is trained, such as a teacher. */
  interface Company extends AutoCloseable {
    /** No company. */
    Company NONE = () -> {};

    /** What fills placeholders. */
    default List<Source> sources() {
      return List.of();
    }

    /** What moves without a gradient. */
    default List<Follower> followers() {
      return List.of();
    }

    /**
     * What makes the steps.
     *
     * @param usual what the keys that all problems share say
     */
    default Optimizer optimizer(Optimizer usual) {
      return usual;
    }

    /** What looks at it. */
    default List<TrainingListener> listeners() {
      return List.of();
    }

    /**
     * What is measured of it when the run has ended well.
     *
     * @param trainer the run
     * @return values by name
     */
    default Map<String, Double> atEnd(Trainer trainer) {
      return Map.of();
    }

    @Override
    void close();
  }

  /** The network at its start. */
  Network network(Method method, long seed);

  /** What was read to learn from, be evaluated on and be encoded with. */
  DataIdentity data();

  /** The training batches. */
  BatchStream batches(long seed);

  /** The validation split. */
  Iterable<Batch> validation();

  /** The test split. */
  Iterable<Batch> test();

  /**
   * What belongs to a run besides its network; closed when the run has ended.
   *
   * @param run the run
   */
  default Company company(Run run) {
    return Company.NONE;
  }

  /**
   * How parameters change over a run.
   *
   * @param usual what the keys that all problems share say
   * @param settings seed, steps and epochs
   */
  default Optimization optimization(Optimization usual, TrainingSettings settings) {
    return usual;
  }

  /**
   * What each of several losses counts; empty for a network of one loss, or for the sum of several.
   */
  default Optional<TaskWeighting> weighting() {
    return Optional.empty();
  }

  /** What the norm is taken over that gradients are clipped by. */
  default GradientClipping.Over clipping() {
    return GradientClipping.Over.ALL;
  }

  /**
   * What an evaluation says besides loss and accuracy.
   *
   * @param evaluation of the validation or test split at the run's end
   * @return values by name, to which the split's is put in front
   */
  default Map<String, Double> scores(Evaluation evaluation) {
    return Map.of();
  }

  /**
   * What chance gives, by the name of the value, accuracies in percent: what a run counts for that
   * diverged.
   */
  default Map<String, Double> chance() {
    return Map.of();
  }

  /**
   * What the network gets right of each test item, so that two networks can be compared on the same
   * items.
   *
   * @param trainer a run that ended well
   * @return by metric a number an item, whose mean is the metric; empty if items mean nothing
   */
  default Map<String, double[]> items(Trainer trainer) {
    return Map.of();
  }

  /**
   * What else is measured when a run has ended well.
   *
   * @param trainer the run
   * @param method what it was trained with
   * @param directory where to record
   * @param executors makes what runs another network with the run's settings
   * @return values by name
   */
  default Map<String, Double> atEnd(
      Trainer trainer, Method method, RunDirectory directory, Executors executors) {
    return Map.of();
  }
}
