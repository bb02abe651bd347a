package org.normfree.experiments.study;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.data.BatchStream;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.Precision;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.method.Alpha0;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.Sgd;
import org.normfree.core.record.Metric;
import org.normfree.core.task.Team;
import org.normfree.core.train.Runner;
import org.normfree.core.train.TaskWeighting;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingSettings;
import org.normfree.experiments.config.Config;
import org.normfree.experiments.config.Key;
import org.normfree.experiments.config.Keys;
import org.normfree.experiments.config.Range;
import org.normfree.experiments.problem.ImageTasks;
import org.normfree.experiments.run.Outcome;
import org.normfree.experiments.run.Quantity;
import org.normfree.experiments.run.RunDirectory;

/**
 * Whether a rule takes the same steps when one of the losses, the reconstruction's, is multiplied
 * by 1000 or has 1 added: how far parameters are from each other after some steps of SGD, over how
 * far they are from the start. In double precision, and with heads weighted too, so that a rule
 * that does not see the change takes the same steps but for rounding.
 */
final class AlteredLoss {
  /** The axis of what is done to the loss. */
  static final String AXIS = "altered";

  static final String TIMES = "times-1000";
  static final String PLUS = "plus-1";

  /** Distances up to which steps count as the same. */
  static final double SAME = 1e-6;

  static final Metric APART =
      Metric.number("steps_apart", "distance after the same steps with one loss altered", "");

  static final Key<Integer> STEPS =
      Key.integer(
          "altered.steps",
          20,
          Range.any().atLeast(1),
          "steps of SGD with and without an altered loss");

  static final Key<Double> RATE =
      Key.decimal("altered.lr", 0.01, Range.any().above(0), "learning rate of these steps");

  private static final double FACTOR = 1000;
  private static final double SUMMAND = 1;

  /** One run: one rule and seed. */
  static final SingleRun RUN =
      new SingleRun(
          "altered-loss",
          "steps of one rule with and without an altered loss",
          List.of(
              Keys.METHOD,
              Keys.DATA,
              Keys.DATA_PATH,
              Keys.DATA_SIZE,
              Keys.DIMS.withDefault(List.of(48, 24)),
              Keys.BATCH.withDefault(64),
              ImageTasks.WEIGHTING,
              STEPS,
              RATE,
              Keys.SEED),
          (config, directory, progress) -> new AlteredLoss(config).measure(directory),
          APART);

  private final Config config;

  private AlteredLoss(Config config) {
    this.config = config;
  }

  private Outcome measure(RunDirectory directory) {
    Team.size(1);
    ImageTasks plain = tasks(1);
    directory.trainedOn(plain.data());
    int steps = config.get(STEPS);
    Map<String, INDArray> start = parameters(plain, 0, 0);
    Map<String, INDArray> end = parameters(plain, 0, steps);
    Map<String, Map<String, INDArray>> others =
        Map.of(TIMES, parameters(tasks(FACTOR), 0, steps), PLUS, parameters(plain, SUMMAND, steps));
    Map<String, Double> values = new LinkedHashMap<>();
    others.forEach(
        (altered, other) ->
            values.put(
                Quantity.at(APART.name(), AXIS, altered),
                distance(end, other) / (distance(end, start) + distance(other, start))));
    return Outcome.done(values);
  }

  private ImageTasks tasks(double scale) {
    return new ImageTasks(
        config.forExperiment(ImageTasks.KIND.defaults()).with(ImageTasks.SCALE, scale));
  }

  private Map<String, INDArray> parameters(ImageTasks tasks, double shift, int steps) {
    long seed = config.get(Keys.SEED);
    MethodOptions options =
        new MethodOptions(Alpha0.everywhere(0.5), false, true, false, true, 1e-4);
    Network network =
        tasks
            .model()
            .plus(shift)
            .build(Methods.create(config.get(Keys.METHOD), options), DataType.DOUBLE, seed);
    Map<String, INDArray> parameters = Trainer.parameters(network);
    if (steps > 0) {
      BatchStream batches = tasks.batches(seed);
      CompilerSettings settings =
          new CompilerSettings(1, Precision.FLOAT32, Kernels.standard(), network.moving(), false);
      try (Runner runner =
          Runner.of(network, graph -> new CompiledExecutor(graph.graph(), settings))) {
        new Trainer(
                runner,
                new Sgd(parameters, ParameterGroup.byRank(parameters, 0, false), 0),
                new Constant(config.get(RATE)),
                new TrainingSettings(seed, steps, batches.stepsPerEpoch(), 0),
                List.of(),
                List.of(),
                List.of(),
                tasks.weighting().map(TaskWeighting::ofWholeLosses))
            .train(batches.from(0));
      }
    }
    return parameters;
  }

  private static double distance(Map<String, INDArray> one, Map<String, INDArray> other) {
    double sum = 0;
    for (Map.Entry<String, INDArray> entry : one.entrySet()) {
      double off = entry.getValue().sub(other.get(entry.getKey())).norm2Number().doubleValue();
      sum += off * off;
    }
    return Math.sqrt(sum);
  }
}
