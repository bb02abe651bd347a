package org.normfree.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.data.Batch;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.NativeThreads;
import org.normfree.core.exec.Precision;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.method.Alpha0;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.ImageShape;
import org.normfree.core.model.image.MultiTaskMlp;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.weighting.Weightings;
import org.normfree.core.task.Team;
import org.normfree.core.train.Runner;
import org.normfree.core.train.TaskWeighting;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingSettings;

/**
 * What a step with the gradients of three losses costs beside one with the gradient of their sum:
 * steps of the training loop, AdamW and metrics included, the making of batches not. Counted is the
 * processor time of the one thread that does them, and of a round the fastest of several short
 * turns, so that other work on the machine matters little; sides take turns.
 */
final class TasksBench {
  private static final String SUM = "sum of losses";
  private static final int TURNS = 12;
  private static final int STEPS = 8;
  private static final int CLASSES = 10;

  /** Nothing stands where a norm would. */
  private static final MethodOptions PLAIN =
      new MethodOptions(Alpha0.everywhere(0.5), false, true, false, true, 1e-4);

  private final Setting setting;
  private final Results results;

  TasksBench(Setting setting, Results results) {
    this.setting = setting;
    this.results = results;
  }

  void run() {
    NativeThreads.limit(1);
    Team.size(1);
    measure("mlp 64-48-24, batch 64", new ImageShape(8, 8, 1, CLASSES), List.of(48, 24), 64);
    measure(
        "mlp 1024-512-256, batch 64", new ImageShape(32, 32, 1, CLASSES), List.of(512, 256), 64);
  }

  private void measure(String name, ImageShape images, List<Integer> hidden, int size) {
    Batch batch = batch(images, size);
    Map<String, Side> sides = new LinkedHashMap<>();
    sides.put(SUM, new Side(images, hidden, Optional.empty()));
    for (String rule : List.of("equal", "unit-gradients", "mgda", "pcgrad", "nash", "upgrad")) {
      TaskWeighting weighting = TaskWeighting.by(Weightings.named(rule));
      sides.put(rule, new Side(images, hidden, Optional.of(weighting)));
    }
    Map<String, double[]> micros = new LinkedHashMap<>();
    sides.keySet().forEach(side -> micros.put(side, new double[setting.rounds()]));
    for (int round = -setting.warmUp(); round < setting.rounds(); round++) {
      Map<String, Double> fastest = new HashMap<>();
      for (int turn = 0; turn < TURNS; turn++) {
        sides.forEach((side, network) -> fastest.merge(side, network.steps(batch), Math::min));
      }
      if (round >= 0) {
        int counted = round;
        fastest.forEach((side, taken) -> micros.get(side)[counted] = taken);
      }
    }
    sides.values().forEach(Side::close);
    double base = new Sample(micros.get(SUM)).median();
    micros.forEach(
        (side, taken) -> {
          Sample sample = new Sample(taken);
          setting.say("%s, %s: %.0f us a step", name, side, sample.median());
          results.add(Row.of("tasks", name, side, SUM, "us", sample, base));
        });
  }

  /** A network in training. */
  private static final class Side {
    private final Runner runner;
    private final AdamW optimizer;
    private final Optional<TaskWeighting> weighting;

    Side(ImageShape images, List<Integer> hidden, Optional<TaskWeighting> weighting) {
      this.weighting = weighting;
      Network network =
          new MultiTaskMlp(images, hidden, 0, true, 1, 0)
              .build(Methods.create("identity-no-alpha", PLAIN), DataType.FLOAT, 1);
      CompilerSettings compiler =
          new CompilerSettings(1, Precision.FLOAT32, Kernels.standard(), network.moving(), false);
      runner = Runner.of(network, graph -> new CompiledExecutor(graph.graph(), compiler));
      Map<String, INDArray> parameters = Trainer.parameters(network);
      optimizer = new AdamW(parameters, ParameterGroup.byRank(parameters, 0, false));
    }

    /** Microseconds of processor time a step. */
    double steps(Batch batch) {
      Trainer trainer =
          new Trainer(
              runner,
              optimizer,
              new Constant(1e-4),
              new TrainingSettings(1, STEPS, STEPS, 0),
              List.of(),
              List.of(),
              List.of(),
              weighting);
      Iterator<Batch> same = Stream.generate(() -> batch).iterator();
      long before = processorTime();
      trainer.train(same);
      return (processorTime() - before) / 1e3 / STEPS;
    }

    void close() {
      runner.close();
    }
  }

  private static long processorTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static Batch batch(ImageShape images, int size) {
    SplittableRandom random = new SplittableRandom(1);
    float[] input = new float[size * images.height() * images.width()];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextDouble();
    }
    float[] labels = new float[size * CLASSES];
    float[] parities = new float[size * 2];
    float[] weights = new float[size];
    for (int i = 0; i < size; i++) {
      int label = random.nextInt(CLASSES);
      labels[i * CLASSES + label] = 1;
      parities[2 * i + label % 2] = 1;
      weights[i] = 1f / size;
    }
    Map<String, Batch.Feed> feeds = new HashMap<>();
    feeds.put(Network.INPUT, new Batch.Reals(input, size, images.height(), images.width(), 1));
    feeds.put(Network.LABELS, new Batch.Reals(labels, size, CLASSES));
    feeds.put(MultiTaskMlp.PARITY_LABELS, new Batch.Reals(parities, size, 2));
    feeds.put(MultiTaskMlp.CLASS_WEIGHTS, new Batch.Reals(weights, size));
    feeds.put(MultiTaskMlp.OTHER_WEIGHTS, new Batch.Reals(weights, size));
    return new Batch(feeds, size, size);
  }
}
