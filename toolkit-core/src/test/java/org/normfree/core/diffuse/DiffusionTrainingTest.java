package org.normfree.core.diffuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.data.Batch;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.DiTConfig;
import org.normfree.core.model.image.DiffusionTransformer;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.Ema;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.train.CompiledExecutors;
import org.normfree.core.train.Evaluation;
import org.normfree.core.train.Resumption;
import org.normfree.core.train.Runner;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.core.train.TrainingSettings;

/** A DiT that learns two images, one a class: all black and all white. */
class DiffusionTrainingTest {
  @RegisterExtension static final CompiledExecutors COMPILED = new CompiledExecutors();

  private static final int TIMES = 40;
  private static final Iterable<Batch> VALIDATION = List.of(batch(13, 900), batch(4, 901));

  private static final Denoising DENOISING =
      new Denoising(
          new DiffusionTransformer(
              new DiTConfig(4, 4, 1, 2, 2, 16, 1, 2, 2, TIMES, 8, false, DiTConfig.ZeroInit.DIT),
              Methods.create("dyt", MethodOptions.DEFAULTS)),
          NoiseSchedule.linear(TIMES),
          0.2);

  private static Batch batch(int size, long step) {
    SplittableRandom random = new SplittableRandom(70 + step);
    float[] input = new float[size * 16];
    float[] labels = new float[size * 2];
    int[] targets = new int[size];
    for (int i = 0; i < size; i++) {
      targets[i] = random.nextInt(2);
      labels[2 * i + targets[i]] = 1;
      Arrays.fill(input, 16 * i, 16 * i + 16, 2 * targets[i] - 1);
    }
    return Batch.images(new Batch.Reals(input, size, 4, 4, 1), labels, targets);
  }

  private static Iterator<Batch> batches(long from) {
    return LongStream.iterate(from, s -> s + 1).mapToObj(s -> batch(16, s)).iterator();
  }

  private static Trainer trainer(long steps, List<TrainingListener> listeners) {
    Network network = DENOISING.network(DataType.FLOAT, 3);
    Map<String, INDArray> parameters = Trainer.parameters(network);
    return new Trainer(
        Runner.of(network, COMPILED::of),
        new AdamW(parameters, ParameterGroup.byRank(parameters, 0, false)),
        new Constant(0.02),
        new TrainingSettings(5, steps, 7, 0),
        List.of(),
        List.of(Ema.average(parameters, new Constant(0.97))),
        listeners);
  }

  private static Sampler sampler(Trainer trainer, OptionalDouble eta, double guidance, int batch) {
    Network network = DENOISING.denoiser(DataType.FLOAT, 1);
    trainer.evaluating(() -> Denoising.adopt(network, trainer.network()));
    NoiseSchedule schedule = DENOISING.schedule().respaced(15);
    return new Sampler(
        COMPILED.of(network),
        DENOISING.model(),
        new ReverseStep(schedule, ReverseStep.Variance.FIXED_SMALL, true),
        eta,
        new Guidance(guidance, 1),
        batch);
  }

  @Test
  void drawsTheImageOfTheClassThatIsAskedFor() {
    Trainer trainer = trainer(400, List.of());
    Evaluation before = trainer.evaluate("validation", VALIDATION);
    // zero-initialized: the first guess is 0, and the noise has variance 1
    assertThat(before.value("squared_error")).isBetween(0.7, 1.3);
    trainer.train(batches(0));
    Evaluation after = trainer.evaluate("validation", VALIDATION);
    assertThat(after.value("loss")).isLessThan(0.3 * before.value("loss"));
    int[] labels = {0, 1, 1, 0, 1, 0, 0};
    for (OptionalDouble eta : List.of(OptionalDouble.empty(), OptionalDouble.of(0))) {
      INDArray images = sampler(trainer, eta, 1.5, 100).sample(labels, 9);
      assertThat(images.shape()).containsExactly(7, 4, 4, 1);
      for (int i = 0; i < labels.length; i++) {
        double brightness = images.slice(i).meanNumber().doubleValue();
        assertThat(brightness * (2 * labels[i] - 1)).as("image %s", i).isGreaterThan(0.5);
      }
    }
  }

  @Test
  void anImageDependsOnSeedNumberAndLabelAlone() {
    Trainer trainer = trainer(20, List.of());
    trainer.train(batches(0));
    int[] labels = {0, 1, 1, 0, 1, 0, 0};
    INDArray whole = sampler(trainer, OptionalDouble.empty(), 1, 7).sample(labels, 9);
    INDArray parts = sampler(trainer, OptionalDouble.empty(), 1, 3).sample(labels, 9);
    assertThat(parts.sub(whole).amaxNumber().doubleValue()).isLessThan(1e-4);
    INDArray other = sampler(trainer, OptionalDouble.empty(), 1, 7).sample(labels, 10);
    assertThat(other.sub(whole).amaxNumber().doubleValue()).isGreaterThan(0.1);
  }

  @Test
  void aKilledRunGoesOnToTheSameBytes(@TempDir Path folder) throws IOException {
    Resumption.givesTheSameBytes(
        folder,
        listeners -> trainer(23, listeners),
        DiffusionTrainingTest::batches,
        VALIDATION,
        20,
        6);
  }
}
