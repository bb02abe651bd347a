package org.normfree.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.model.image.MultiTaskMlp;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Rng;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.Sgd;
import org.normfree.core.optim.weighting.InverseLoss;
import org.normfree.core.optim.weighting.Weighting;
import org.normfree.core.optim.weighting.Weightings;

/** The training loop with several losses. */
class TaskWeightingTest {
  @RegisterExtension static final CompiledExecutors COMPILED = new CompiledExecutors();

  private static final double RATE = 0.05;
  private static final long SEED = 6;
  private static final TaskWeighting INITIAL = TaskWeighting.byFirst(InverseLoss::initial);

  static Stream<String> rules() {
    return Weightings.names().stream();
  }

  private static TaskWeighting by(String rule) {
    return TaskWeighting.by(Weightings.named(rule));
  }

  private static Trainer trainer(
      Network network,
      GraphExecutor executor,
      long steps,
      Optional<TaskWeighting> weighting,
      TrainingListener... listeners) {
    Map<String, INDArray> parameters = Trainer.parameters(network);
    return new Trainer(
        new Runner(network, executor, executor),
        new Sgd(parameters, ParameterGroup.byRank(parameters, 0, false), 0),
        new Constant(RATE),
        new TrainingSettings(SEED, steps, 4, 0),
        List.of(),
        List.of(),
        List.of(listeners),
        weighting);
  }

  private static Map<String, INDArray> trained(
      MultiTaskMlp model, DataType type, long steps, Optional<TaskWeighting> weighting) {
    Network network = ManyTasks.build(model, type);
    Trainer trainer = trainer(network, COMPILED.of(network), steps, weighting);
    assertThat(trainer.train(ManyTasks.batches(0)).status()).isEqualTo(Outcome.Status.COMPLETED);
    return Trainer.parameters(network);
  }

  private static double distance(Map<String, INDArray> one, Map<String, INDArray> other) {
    double sum = 0;
    for (String name : one.keySet()) {
      double off = one.get(name).sub(other.get(name)).norm2Number().doubleValue();
      sum += off * off;
    }
    return Math.sqrt(sum);
  }

  /** One step beside one made by hand: a gradient graph of its own for each loss, plain sums. */
  @ParameterizedTest
  @MethodSource("rules")
  void sharedParametersMoveByTheWeightedSumAndHeadsAsTheRuleSays(String name) {
    MultiTaskMlp model = ManyTasks.model(0, true);
    Network start = ManyTasks.build(model, DataType.DOUBLE);
    Map<String, INDArray> values =
        new Inputs(start, "", SEED)
            .of(
                new Source.Pass(ManyTasks.batch(9, 0), org.normfree.core.nn.Mode.TRAINING, 0, 0),
                true,
                Map.of(),
                List.of());
    List<Map<String, INDArray>> gradients = new ArrayList<>();
    double[] losses = new double[3];
    for (int i = 0; i < 3; i++) {
      Network alone = ManyTasks.build(model, DataType.DOUBLE);
      alone.graph().setLossVariables(ManyTasks.LOSSES.get(i));
      try (StockExecutor executor = new StockExecutor(alone.graph())) {
        GraphExecutor.Pass pass = executor.gradients(values, List.of(ManyTasks.LOSSES.get(i)));
        losses[i] = pass.outputs().get(ManyTasks.LOSSES.get(i)).getDouble(0);
        Map<String, INDArray> copy = new LinkedHashMap<>();
        pass.gradients().forEach((n, gradient) -> copy.put(n, gradient.dup()));
        gradients.add(copy);
      }
    }
    double[][] gram = new double[3][3];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        for (String parameter : gradients.get(i).keySet()) {
          if (parameter.startsWith("trunk")) {
            gram[i][j] +=
                gradients
                    .get(i)
                    .get(parameter)
                    .mul(gradients.get(j).get(parameter))
                    .sumNumber()
                    .doubleValue();
          }
        }
      }
    }
    Weighting rule = Weightings.named(name);
    double[] weights = rule.weights(losses, gram, Rng.of(SEED, "weighting", 0));
    for (boolean whole : new boolean[] {false, true}) {
      TaskWeighting weighting = whole ? by(name).ofWholeLosses() : by(name);
      Map<String, INDArray> moved = trained(model, DataType.DOUBLE, 1, Optional.of(weighting));
      boolean heads = whole || rule.ofWholeLosses();
      for (Network.Parameter parameter : start.parameters()) {
        INDArray expected = start.array(parameter.name()).dup();
        for (int i = 0; i < 3; i++) {
          INDArray gradient = gradients.get(i).get(parameter.name());
          if (gradient != null) {
            boolean weighted = heads || parameter.name().startsWith("trunk");
            expected.subi(gradient.mul(RATE * (weighted ? weights[i] : 1)));
          }
        }
        INDArray off = moved.get(parameter.name()).sub(expected);
        assertThat(off.amaxNumber().doubleValue()).as(parameter.name()).isLessThan(1e-12);
      }
    }
  }

  @Test
  void theSumByOnePassAndByThreeIsTheSame() {
    MultiTaskMlp model = ManyTasks.model(0.3, true);
    Map<String, INDArray> one = trained(model, DataType.DOUBLE, 8, Optional.empty());
    Map<String, INDArray> three = trained(model, DataType.DOUBLE, 8, Optional.of(by("equal")));
    assertThat(distance(one, three)).isLessThan(1e-12);
  }

  /** With heads weighted too, what the rules say they do not see they do not see. */
  @ParameterizedTest
  @ValueSource(strings = {"geometric-mean", "unit-gradients", "nash", "mgda-normalized"})
  void twentyStepsAreTheSameWhenALossIsMultiplied(String name) {
    assertThat(altered(by(name), 1000, 0)).isLessThan(1e-6);
  }

  @Test
  void inverseInitialLossesAreThoseOfTheScaledLosses() {
    assertThat(altered(INITIAL, 1000, 0)).isLessThan(1e-6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"equal", "mgda", "pcgrad", "cagrad"})
  void orNot(String name) {
    assertThat(altered(by(name), 1000, 0)).isGreaterThan(1e-3);
  }

  @Test
  void aConstantCountsForTheGeometricMeanAndForNoGradient() {
    assertThat(altered(by("unit-gradients"), 1, 1)).isLessThan(1e-12);
    assertThat(altered(by("pcgrad"), 1, 1)).isLessThan(1e-12);
    assertThat(altered(by("geometric-mean"), 1, 1)).isGreaterThan(1e-3);
  }

  /** How far from each other, over how far from the start. */
  private static double altered(TaskWeighting weighting, double scale, double shift) {
    MultiTaskMlp model = ManyTasks.model(0.2, true);
    Optional<TaskWeighting> whole = Optional.of(weighting.ofWholeLosses());
    Map<String, INDArray> plain = trained(model, DataType.DOUBLE, 20, whole);
    Map<String, INDArray> other =
        trained(model.withReconstruction(scale, shift), DataType.DOUBLE, 20, whole);
    Map<String, INDArray> start = Trainer.parameters(ManyTasks.build(model, DataType.DOUBLE));
    return distance(plain, other) / distance(plain, start);
  }

  /** The order of projections and the losses of the first step are those of the unbroken run. */
  @ParameterizedTest
  @ValueSource(strings = {"pcgrad", "inverse-initial"})
  void aKilledRunEndsAsOneLeftAlone(String name, @TempDir Path folder) throws IOException {
    TaskWeighting weighting = name.equals("inverse-initial") ? INITIAL : by(name);
    Resumption.givesTheSameBytes(
        folder,
        listeners -> {
          Network network = ManyTasks.build(ManyTasks.model(0.3, true), DataType.FLOAT);
          return trainer(
              network,
              COMPILED.of(network),
              11,
              Optional.of(weighting),
              listeners.toArray(TrainingListener[]::new));
        },
        ManyTasks::batches,
        List.of(ManyTasks.batch(7, 900)),
        8,
        3);
  }

  @Test
  void stepsTellWeightsCosinesAndConflicts() {
    Network network = ManyTasks.build(ManyTasks.model(0, true), DataType.FLOAT);
    List<Map<String, Double>> steps = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(Trainer trainer, Step step) {
            steps.add(step.values());
          }
        };
    trainer(network, COMPILED.of(network), 12, Optional.of(by("mgda")), listener)
        .train(ManyTasks.batches(0));
    assertThat(steps).hasSize(12);
    for (Map<String, Double> step : steps) {
      double sum = 0;
      for (String loss : ManyTasks.LOSSES) {
        assertThat(step.get("weight_" + loss)).isBetween(0.0, 1.0);
        assertThat(step.get("falls_" + loss)).isEqualTo(1);
        sum += step.get("weight_" + loss);
      }
      assertThat(sum).isCloseTo(1, within(1e-12));
      assertThat(step.get("rises")).isZero();
      String pair = "_class_loss_parity_loss";
      assertThat(step.get("cosine" + pair)).isBetween(-1.0, 1.0);
      assertThat(step.get("conflict" + pair)).isEqualTo(step.get("cosine" + pair) < 0 ? 1 : 0);
    }
  }

  /** The loss, or inner products of gradients that are finite themselves. */
  @ParameterizedTest
  @ValueSource(doubles = {1e30, 1e12})
  void whatIsNotFiniteEndsTheRunAsAlways(double size) {
    for (String rule : Weightings.names()) {
      Network network = ManyTasks.build(ManyTasks.model(0, true), DataType.FLOAT);
      network.array("reconstruction.weight").assign(size);
      Outcome outcome =
          trainer(network, COMPILED.of(network), 3, Optional.of(by(rule)))
              .train(ManyTasks.batches(0));
      assertThat(outcome.status()).as(rule).isEqualTo(Outcome.Status.DIVERGED);
    }
  }

  @Test
  void oneLossIsNothingToWeigh() {
    Network network = SmallNetworks.mlp(DataType.FLOAT, 1);
    assertThat(network.objective().tasks()).isEmpty();
    assertThat(Objective.of("loss").ofTasks("a", "b").tasks()).containsExactly("a", "b");
    assertThatThrownBy(() -> trainer(network, COMPILED.of(network), 1, Optional.of(by("equal"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Objective.ofTasks");
  }
}
