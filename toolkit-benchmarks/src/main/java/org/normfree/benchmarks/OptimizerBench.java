package org.normfree.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.NativeThreads;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.ViTConfig;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.AdaptiveAdamW;
import org.normfree.core.optim.MaskedSteps;
import org.normfree.core.optim.Optimizer;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.StepAdaptation;
import org.normfree.core.task.Team;
import org.normfree.core.train.Trainer;

/**
 * What steps that adapt and masks add to a training step of a ViT (width 192, depth 6, 64 tokens,
 * batch 32) by AdamW. All optimizers change the same network, in turn, each after a forward and
 * backward pass of its own. Counted is the time of the one thread that does it all, not that of the
 * wall, so that other work on the machine matters little.
 */
final class OptimizerBench {
  private static final int BATCH = 32;
  private static final double RATE = 1e-5;
  private static final double KEPT = 0.3;

  private final Setting setting;
  private final Results results;

  OptimizerBench(Setting setting, Results results) {
    this.setting = setting;
    this.results = results;
  }

  void run() {
    NativeThreads.limit(1);
    Team.size(1);
    ViTConfig config = new ViTConfig(32, 32, 3, 10, 4, 192, 6, 3, 4, ViTConfig.Pooling.MEAN, 0);
    Network network =
        config.build(Methods.create("pre-ln", MethodOptions.DEFAULTS), DataType.FLOAT, 1);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, BATCH, 10);
    for (int i = 0; i < BATCH; i++) {
      labels.putScalar(i, i % 10, 1);
    }
    Nd4j.getRandom().setSeed(1);
    INDArray images = Nd4j.randn(DataType.FLOAT, BATCH, 32, 32, 3);
    Map<String, INDArray> batch = Map.of(Network.INPUT, images, Network.LABELS, labels);
    Map<String, Optimizer> optimizers = optimizers(Trainer.parameters(network));
    try (GraphExecutor executor = Executors.create("compiled", network.graph(), 1)) {
      time(executor, batch, optimizers);
    }
  }

  private static Map<String, Optimizer> optimizers(Map<String, INDArray> parameters) {
    List<ParameterGroup> groups = ParameterGroup.byRank(parameters, 0.05, false);
    Map<String, INDArray> half = new LinkedHashMap<>();
    parameters.forEach((name, array) -> half.put(name, array.gt(0).castTo(DataType.FLOAT)));
    Map<String, Optimizer> all = new LinkedHashMap<>();
    all.put("plain", new AdamW(parameters, groups));
    all.put(
        "step.adaptation=both",
        new AdaptiveAdamW(
            parameters,
            groups,
            AdamW.BETA1,
            AdamW.BETA2,
            AdamW.EPSILON,
            new StepAdaptation(StepAdaptation.Kind.BOTH, true, 0.01, 0.01, 0.9)));
    all.put(
        "step.mask=gradients", MaskedSteps.randomGradients(new AdamW(parameters, groups), KEPT, 1));
    all.put("step.mask=fisher", MaskedSteps.fixedGradients(new AdamW(parameters, groups), half));
    all.put(
        "step.mask=updates",
        MaskedSteps.randomUpdates(new AdamW(parameters, groups), parameters, KEPT, 1));
    return all;
  }

  private void time(
      GraphExecutor executor, Map<String, INDArray> batch, Map<String, Optimizer> optimizers) {
    List<String> names = List.copyOf(optimizers.keySet());
    Map<String, double[]> millis = new LinkedHashMap<>();
    names.forEach(name -> millis.put(name, new double[setting.rounds()]));
    double[] passes = new double[setting.rounds()];
    for (int round = -setting.warmUp(); round < setting.rounds(); round++) {
      for (int turn = 0; turn < names.size(); turn++) {
        String name = names.get(Math.floorMod(round + turn, names.size()));
        long start = processorTime();
        GraphExecutor.Pass pass = executor.gradients(batch, List.of(Network.LOSS));
        long passed = processorTime();
        optimizers.get(name).step(RATE, pass.gradients());
        long end = processorTime();
        if (round >= 0) {
          passes[round] += (passed - start) / 1e6 / names.size();
          millis.get(name)[round] = (end - passed) / 1e6;
        }
      }
    }
    double pass = new Sample(passes).median();
    double plain = new Sample(millis.get(names.get(0))).median();
    for (String name : names) {
      Sample sample = new Sample(millis.get(name));
      setting.say(
          "optimizer %s: %.2f ms of %.2f, %+.1f %% of a step",
          name, sample.median(), pass + plain, 100 * (sample.median() - plain) / (pass + plain));
      results.add(Row.of("optimizer", "vit-192", name, "toolkit", "ms", sample, sample.median()));
    }
  }

  private static long processorTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
