package org.normfree.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Rng;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.Cosine;
import org.normfree.core.optim.Ema;
import org.normfree.core.optim.Optimizer;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.Schedule;
import org.normfree.core.optim.Sgd;
import org.normfree.core.optim.WarmupCosine;

class TrainerTest {
  private static final int STEPS = 20;
  private static final Iterable<Batch> VALIDATION =
      List.of(SmallNetworks.batch(16, 900), SmallNetworks.batch(5, 901));

  /** Writes down every event. */
  private static final class Recorder implements TrainingListener {
    private final List<Object> events = new ArrayList<>();

    @Override
    public void onStart(Trainer trainer) {
      events.add("start " + trainer.progress().step());
    }

    @Override
    public void onStep(Trainer trainer, Step step) {
      events.add(step);
    }

    @Override
    public void onEpochEnd(Trainer trainer, Epoch epoch) {
      events.add(epoch);
      trainer.evaluate("validation", VALIDATION);
    }

    @Override
    public void onEvaluation(Trainer trainer, Evaluation evaluation) {
      events.add(evaluation);
    }

    @Override
    public void onStepDone(Trainer trainer) {
      events.add("done " + trainer.progress().step());
    }

    @Override
    public void onDivergence(Trainer trainer, Divergence divergence) {
      events.add(divergence);
    }

    @Override
    public void onEnd(Trainer trainer, Outcome outcome) {
      events.add(outcome);
    }

    private <T> List<T> all(Class<T> type) {
      return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
  }

  /** A run with everything on: drop path, a state, clipping, an average. */
  private static Trainer trainer(
      DataType type,
      boolean adam,
      double emaDecay,
      Schedule schedule,
      TrainingListener... listeners) {
    Network network = SmallNetworks.mlp(type, 11);
    Map<String, INDArray> parameters = Trainer.parameters(network);
    List<ParameterGroup> groups = ParameterGroup.byRank(parameters, 0.05, false);
    Optimizer optimizer = adam ? new AdamW(parameters, groups) : new Sgd(parameters, groups, 0.9);
    return new Trainer(
        Runner.of(network, n -> new StockExecutor(n.graph())),
        optimizer,
        schedule,
        new TrainingSettings(5, STEPS, 6, 1.0),
        List.of(),
        emaDecay == 0
            ? List.of()
            : List.of(Ema.average(Trainer.parameters(network), new Constant(emaDecay))),
        List.of(listeners));
  }

  private static Trainer trainer(
      DataType type, boolean adam, double emaDecay, TrainingListener... listeners) {
    return trainer(type, adam, emaDecay, new WarmupCosine(0.05, 0, 4, STEPS), listeners);
  }

  @ParameterizedTest
  @CsvSource({"FLOAT,true,0.9", "FLOAT,false,0", "DOUBLE,true,0"})
  void learnsSeparableData(DataType type, boolean adam, double emaDecay) {
    Recorder recorder = new Recorder();
    Trainer trainer = trainer(type, adam, emaDecay, recorder);
    Evaluation before = trainer.evaluate("before", VALIDATION);
    Outcome outcome = trainer.train(SmallNetworks.batches(0));

    assertThat(outcome.status()).isEqualTo(Outcome.Status.COMPLETED);
    assertThat(outcome.step()).isEqualTo(STEPS);
    Evaluation after = trainer.evaluate("after", VALIDATION);
    assertThat(after.value("loss")).isLessThan(0.6 * before.value("loss"));
    assertThat(after.value("accuracy")).isGreaterThan(0.9);
    assertThat(after.weight()).isEqualTo(21);
    assertThatThrownBy(() -> after.value("perplexity"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("perplexity")
        .hasMessageContaining("[loss, accuracy]");
  }

  @Test
  void tellsItsListenersInOrder() {
    Recorder recorder = new Recorder();
    trainer(DataType.FLOAT, true, 0, recorder).train(SmallNetworks.batches(0));

    assertThat(recorder.events.get(0)).isEqualTo("start 0");
    assertThat(recorder.events.subList(11, 16))
        .extracting(event -> event instanceof String ? event : event.getClass().getSimpleName())
        .containsExactly("Step", "Epoch", "Evaluation", "done 6", "Step");
    assertThat(recorder.events.get(recorder.events.size() - 1)).isInstanceOf(Outcome.class);
    List<TrainingListener.Step> steps = recorder.all(TrainingListener.Step.class);
    assertThat(steps)
        .extracting(TrainingListener.Step::step)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, STEPS).boxed().toList());
    assertThat(steps).extracting(TrainingListener.Step::epoch).startsWith(0, 0, 0, 0, 0, 1, 1);
    assertThat(steps.get(0).learningRate()).isEqualTo(0.0125);
    List<TrainingListener.Epoch> epochs = recorder.all(TrainingListener.Epoch.class);
    assertThat(epochs).extracting(TrainingListener.Epoch::step).containsExactly(6L, 12L, 18L);
    assertThat(epochs.get(1).values().get("loss"))
        .isEqualTo(
            steps.subList(6, 12).stream()
                .mapToDouble(TrainingListener.Step::loss)
                .average()
                .orElseThrow(),
            within(1e-12));
    assertThat(epochs.get(1).values().get("accuracy"))
        .isEqualTo(
            steps.subList(6, 12).stream()
                .mapToDouble(step -> step.values().get("accuracy"))
                .average()
                .orElseThrow(),
            within(1e-12));
  }

  @Test
  void oneStepIsWhatTheGradientSays() {
    Network network = SmallNetworks.mlp(DataType.DOUBLE, 11);
    Network twin = SmallNetworks.mlp(DataType.DOUBLE, 11);
    Map<String, INDArray> parameters = Trainer.parameters(network);
    Trainer trainer =
        new Trainer(
            network,
            new StockExecutor(network.graph()),
            new Sgd(parameters, ParameterGroup.byRank(parameters, 0, false), 0),
            new Constant(0.1),
            new TrainingSettings(5, 1, 1, 0),
            List.of());
    Batch batch = SmallNetworks.batch(8, 0);
    Map<String, INDArray> values = training(new Inputs(twin, "", 5), batch, 0);
    StockExecutor executor = new StockExecutor(twin.graph());
    var pass = executor.gradients(values, List.of("mean.next"));

    trainer.train(List.of(batch).iterator());

    parameters.forEach(
        (name, array) ->
            assertThat(array.dup().reshape(-1).toDoubleVector())
                .containsExactly(
                    twin.array(name)
                        .sub(pass.gradients().get(name).mul(0.1))
                        .dup('c')
                        .reshape(-1)
                        .toDoubleVector(),
                    within(1e-15)));
    assertThat(Bits.of(network.array("mean"))).isEqualTo(Bits.of(pass.outputs().get("mean.next")));
    assertThat(network.array("mean").norm2Number().doubleValue()).isPositive();
  }

  @Test
  void noiseIsAFunctionOfSeedStepAndNameAndAbsentInEvaluation() {
    Network network = SmallNetworks.mlp(DataType.FLOAT, 1);
    Batch batch = SmallNetworks.batch(4000, 0);
    Inputs inputs = new Inputs(network, "", 5);
    float[] first = training(inputs, batch, 7).get("drop").dup().data().asFloat();
    float[] other = training(inputs, batch, 8).get("drop").dup().data().asFloat();
    float[] again = training(new Inputs(network, "", 5), batch, 7).get("drop").data().asFloat();
    assertThat(again).containsExactly(first).isNotEqualTo(other);
    assertThat(first).containsOnly(0f, (float) (1 / 0.75));
    Rng rng = Rng.of(5, "noise/drop", 7); // the bits of runs that were recorded long ago
    for (float f : first) {
      assertThat(f).isEqualTo(rng.uniform() < 0.25 ? 0f : (float) (1 / 0.75));
    }
    double mean = 0;
    for (float f : first) {
      mean += f / first.length;
    }
    assertThat(mean).isCloseTo(1, within(0.03));
    Source.Pass evaluation = new Source.Pass(batch, Mode.EVALUATION, 7, 0);
    assertThat(inputs.of(evaluation, false, Map.of(), List.of()).get("drop").data().asFloat())
        .containsOnly(1f);
  }

  private static Map<String, INDArray> training(Inputs inputs, Batch batch, long step) {
    Source.Pass pass = new Source.Pass(batch, Mode.TRAINING, step, step);
    return inputs.of(pass, true, Map.of(), List.of());
  }

  @Test
  void aDivergedRunIsAResult() {
    Recorder recorder = new Recorder();
    Trainer trainer =
        trainer(DataType.FLOAT, false, 0, s -> s < 3 ? 0.01 : Double.MAX_VALUE, recorder);
    Outcome outcome = trainer.train(SmallNetworks.batches(0));
    assertThat(outcome.status()).isEqualTo(Outcome.Status.DIVERGED);
    assertThat(outcome.step()).isEqualTo(4);
    List<TrainingListener.Divergence> divergences = recorder.all(TrainingListener.Divergence.class);
    assertThat(divergences).hasSize(1);
    assertThat(divergences.get(0).step()).isEqualTo(5);
    assertThat(DivergenceAdvice.message(divergences.get(0)))
        .contains("step 5", "learning rate", "warm-up", "alpha0", "clipping");
    assertThat(recorder.events.get(recorder.events.size() - 1)).isEqualTo(outcome);
  }

  @Test
  void evaluationUsesTheAverageAndLeavesTheWeights() {
    Trainer averaged = trainer(DataType.FLOAT, true, 0.5);
    Trainer plain = trainer(DataType.FLOAT, true, 0);
    averaged.train(SmallNetworks.batches(0));
    plain.train(SmallNetworks.batches(0));
    Checkpoint before = averaged.checkpoint();
    assertThat(averaged.evaluate("validation", VALIDATION).value("loss"))
        .isNotEqualTo(plain.evaluate("validation", VALIDATION).value("loss"));
    assertThat(Bits.of(averaged.checkpoint())).isEqualTo(Bits.of(before));
    assertThat(Bits.of(before.model())).isEqualTo(Bits.of(plain.checkpoint().model()));

    plain.restore(
        new Checkpoint(before.progress(), withParameters(before), before.optimizer(), Map.of()));
    assertThat(plain.evaluate("validation", VALIDATION).value("loss"))
        .isNotEqualTo(Double.NaN)
        .isEqualTo(trainerAt(before).evaluate("validation", VALIDATION).value("loss"));
  }

  private static Map<String, INDArray> withParameters(Checkpoint checkpoint) {
    Map<String, INDArray> model = new LinkedHashMap<>(checkpoint.model());
    checkpoint
        .followers()
        .forEach((name, array) -> model.put(name.substring("ema/".length()), array));
    return model;
  }

  private static Trainer trainerAt(Checkpoint checkpoint) {
    Trainer trainer = trainer(DataType.FLOAT, true, 0.5);
    trainer.restore(checkpoint);
    return trainer;
  }

  @Test
  void anEmptySplitIsRefused() {
    assertThatThrownBy(() -> trainer(DataType.FLOAT, true, 0).evaluate("test", List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("test");
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT,true,0.9",
    "FLOAT,true,0",
    "FLOAT,false,0.9",
    "DOUBLE,true,0.9",
    "DOUBLE,false,0"
  })
  void aResumedRunIsBitIdentical(
      DataType type, boolean adam, double emaDecay, @TempDir Path directory) {
    Recorder whole = new Recorder();
    Trainer uninterrupted = trainer(type, adam, emaDecay, whole);
    uninterrupted.train(SmallNetworks.batches(0));

    CheckpointStore store = new CheckpointStore(directory, "config");
    Recorder first = new Recorder();
    RuntimeException kill = new RuntimeException("killed");
    TrainingListener killer =
        new TrainingListener() {
          @Override
          public void onStep(Trainer trainer, Step step) {
            if (step.step() == 11) {
              throw kill;
            }
          }
        };
    Trainer killed = trainer(type, adam, emaDecay, first, new CheckpointListener(store, 3), killer);
    assertThatThrownBy(() -> killed.train(SmallNetworks.batches(0))).isSameAs(kill);

    Recorder second = new Recorder();
    Trainer resumed = trainer(type, adam, emaDecay, second, new CheckpointListener(store, 3));
    resumed.restore(store.latest().orElseThrow());
    assertThat(resumed.progress().step()).isEqualTo(9);
    resumed.train(SmallNetworks.batches(9));

    List<Object> resumedEvents = second.events.subList(1, second.events.size());
    assertThat(resumedEvents)
        .isEqualTo(whole.events.subList(whole.events.indexOf("done 9") + 1, whole.events.size()));
    assertThat(Bits.of(resumed.checkpoint())).isEqualTo(Bits.of(uninterrupted.checkpoint()));
    assertThat(Bits.of(store.latest().orElseThrow()))
        .isEqualTo(Bits.of(uninterrupted.checkpoint()));
  }

  @Test
  void runsInParallelThreadsGiveTheBitsTheyGiveAlone() throws Exception {
    Callable<Checkpoint> floats = () -> trained(DataType.FLOAT);
    Callable<Checkpoint> doubles = () -> trained(DataType.DOUBLE);
    Checkpoint aloneFloats = floats.call();
    Checkpoint aloneDoubles = doubles.call();
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      List<Future<Checkpoint>> results =
          pool.invokeAll(List.of(floats, doubles, floats, doubles, floats, doubles));
      for (int i = 0; i < results.size(); i++) {
        assertThat(Bits.of(results.get(i).get()))
            .isEqualTo(Bits.of(i % 2 == 0 ? aloneFloats : aloneDoubles));
      }
    } finally {
      pool.shutdown();
    }
  }

  private static Checkpoint trained(DataType type) {
    Trainer trainer = trainer(type, true, 0.9);
    trainer.train(SmallNetworks.batches(0));
    return trainer.checkpoint();
  }

  @Test
  void aCheckpointOfAnotherRunIsRefused() {
    Checkpoint checkpoint = trained(DataType.FLOAT);
    Progress progress = checkpoint.progress();
    Checkpoint otherSeed =
        new Checkpoint(
            new Progress(progress.step(), progress.epoch(), 6, Map.of()),
            checkpoint.model(),
            checkpoint.optimizer(),
            checkpoint.followers());
    assertThatThrownBy(() -> trainer(DataType.FLOAT, true, 0.9).restore(otherSeed))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("seed 6");
    assertThatThrownBy(() -> trainer(DataType.FLOAT, true, 0).restore(checkpoint))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("followers");
    assertThatThrownBy(() -> trainer(DataType.FLOAT, false, 0.9).restore(checkpoint))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("optimizer");
    assertThatThrownBy(() -> trainer(DataType.DOUBLE, true, 0.9).restore(checkpoint))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("FLOAT")
        .hasMessageContaining("DOUBLE");
  }

  @Test
  void wrongSettingsAreRefused() {
    for (Callable<?> settings :
        List.<Callable<?>>of(
            () -> new TrainingSettings(1, 0, 1, 0),
            () -> new TrainingSettings(1, 1, 0, 0),
            () -> new TrainingSettings(1, 1, 1, -1),
            () -> new Cosine(0.9, Double.NaN, 3),
            () -> new Cosine(0.9, 1, 0),
            () -> new CheckpointListener(new CheckpointStore(Path.of("x"), ""), -1))) {
      assertThatThrownBy(settings::call).isInstanceOf(InputException.class);
    }
  }
}
