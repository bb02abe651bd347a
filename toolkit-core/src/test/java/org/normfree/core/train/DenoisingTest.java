package org.normfree.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.data.Batch;
import org.normfree.core.nn.Distribution;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Metric;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.RandomInput;
import org.normfree.core.nn.Scope;
import org.normfree.core.nn.Size;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.Ema;
import org.normfree.core.optim.ParameterGroup;

/**
 * Denoising as in diffusion (arXiv 2006.11239): guess the noise that was mixed into an input as
 * strongly as a random time says.
 */
class DenoisingTest {
  @RegisterExtension static final CompiledExecutors COMPILED = new CompiledExecutors();

  private static final int FEATURES = 5;
  private static final int WIDTH = 17;
  private static final int TIMES = 23;
  private static final int STEPS = 300;
  private static final Iterable<Batch> VALIDATION = List.of(batch(13, 900), batch(4, 901));

  private static Network network(RandomInput.InEvaluation inEvaluation) {
    DataType type = DataType.FLOAT;
    return Scope.build(
        type,
        3,
        root -> {
          SameDiff sd = root.graph();
          SDVariable x = sd.placeHolder(Network.INPUT, type, -1, FEATURES);
          SDVariable noise =
              root.random(
                  "noise",
                  new Distribution.Normal(),
                  inEvaluation,
                  Size.BATCH,
                  Size.along(Network.INPUT, 1));
          SDVariable time =
              root.random("time", new Distribution.Integers(0, TIMES), inEvaluation, Size.BATCH);
          SDVariable kept = table(root, "kept", time, t -> Math.cos(t));
          SDVariable added = table(root, "added", time, t -> Math.sin(t));
          SDVariable noisy = x.mul(kept).add(noise.mul(added));
          SDVariable place =
              root.ops()
                  .embedding(
                      "place",
                      root.parameter("times", Initializer.normal(0.1), TIMES, WIDTH),
                      time);
          SDVariable w1 = root.parameter("w1", Initializer.xavierUniform(1), FEATURES, WIDTH);
          SDVariable w2 = root.parameter("w2", Initializer.constant(0), WIDTH, FEATURES);
          SDVariable guess = sd.math.tanh(noisy.mmul(w1).add(place)).mmul(w2);
          SDVariable error = guess.sub(noise);
          error.mul(error).mean("errors", 1).mean("error");
          root.objective(
              Objective.of("error", Metric.mean("loss", "error"), Metric.perItem("mse", "errors")));
        });
  }

  /** A column of a function of the time, from 0 to a right angle. */
  private static SDVariable table(
      Scope root, String name, SDVariable time, DoubleUnaryOperator of) {
    SDVariable table =
        root.constant(
            name,
            (shape, rng) ->
                LongStream.range(0, TIMES)
                    .mapToDouble(t -> of.applyAsDouble(Math.PI / 2 * (t + 1) / TIMES))
                    .toArray(),
            TIMES,
            1);
    return root.ops().embedding(name + "_now", table, time);
  }

  private static Batch batch(int size, long step) {
    SplittableRandom random = new SplittableRandom(70 + step);
    float[] input = new float[size * FEATURES];
    for (int i = 0; i < size; i++) {
      float sign = random.nextBoolean() ? 1 : -1;
      for (int f = 0; f < FEATURES; f++) {
        input[i * FEATURES + f] = sign * (f % 2 == 0 ? 1 : -1);
      }
    }
    return new Batch(Map.of(Network.INPUT, new Batch.Reals(input, size, FEATURES)), size, size);
  }

  private static Iterator<Batch> batches(long from) {
    return LongStream.iterate(from, s -> s + 1).mapToObj(s -> batch(11, s)).iterator();
  }

  private static Trainer trainer(
      RandomInput.InEvaluation inEvaluation, long steps, List<TrainingListener> listeners) {
    Network network = network(inEvaluation);
    Map<String, INDArray> parameters = Trainer.parameters(network);
    return new Trainer(
        Runner.of(network, COMPILED::of),
        new AdamW(parameters, ParameterGroup.byRank(parameters, 0, false)),
        new Constant(0.01),
        new TrainingSettings(5, steps, 7, 0),
        List.of(),
        List.of(Ema.average(parameters, new Constant(0.9))),
        listeners);
  }

  @Test
  void learnsToGuessTheNoise() {
    Trainer trainer = trainer(RandomInput.InEvaluation.SEEDED, STEPS, List.of());
    Evaluation before = trainer.evaluate("validation", VALIDATION);
    assertThat(before.value("mse")).isBetween(0.5, 1.6); // the noise's variance
    assertThat(trainer.network().twin()).isEmpty();
    trainer.train(batches(0));
    Evaluation after = trainer.evaluate("validation", VALIDATION);
    assertThat(after.value("mse")).isLessThan(0.6 * before.value("mse"));
    assertThat(after.value("loss")).isCloseTo(after.value("mse"), within(1e-6));
    assertThat(after.weight()).isEqualTo(17);
  }

  @Test
  void aSeededEvaluationIsTheSameEveryTimeAndOtherForEveryBatch() {
    Trainer trainer = trainer(RandomInput.InEvaluation.SEEDED, 9, List.of());
    Evaluation first = trainer.evaluate("validation", VALIDATION);
    assertThat(trainer.evaluate("validation", VALIDATION)).isEqualTo(first);
    trainer.train(batches(0));
    Batch batch = batch(11, 900);
    double once = trainer.evaluate("validation", List.of(batch)).value("mse");
    double twice = trainer.evaluate("validation", List.of(batch, batch)).value("mse");
    assertThat(twice).isNotEqualTo(once);
    assertThat(trainer.evaluate("validation", List.of(batch)).value("mse")).isEqualTo(once);
  }

  @Test
  void aNeutralEvaluationHasNoNoise() {
    Trainer trainer = trainer(RandomInput.InEvaluation.NEUTRAL, 9, List.of());
    Map<String, INDArray> values =
        trainer.outputs(batch(13, 900), List.of("kept_now", "added_now", "errors"));
    assertThat(values.get("errors").toFloatVector()).containsOnly(0f).hasSize(13);
    assertThat(values.get("kept_now").meanNumber().doubleValue())
        .isCloseTo(Math.cos(Math.PI / 2 / TIMES), within(1e-6));
  }

  @Test
  void aKilledRunGoesOnToTheSameBytes(@TempDir Path folder) throws IOException {
    Resumption.givesTheSameBytes(
        folder,
        listeners -> trainer(RandomInput.InEvaluation.SEEDED, 23, listeners),
        DenoisingTest::batches,
        VALIDATION,
        20,
        6);
  }
}
