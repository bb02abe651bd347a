package org.normfree.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.data.Batch;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.ViTConfig;
import org.normfree.core.model.image.VisionTransformer;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.ParameterGroup;

/** What methods move with the steps goes on where it was: a killed run ends as one left alone. */
class MethodStateResumptionTest {
  @RegisterExtension static final CompiledExecutors COMPILED = new CompiledExecutors();

  private static final ViTConfig CONFIG =
      new ViTConfig(4, 4, 1, 3, 2, 8, 2, 2, 2, ViTConfig.Pooling.MEAN, 0);

  /** All factors are on the way between the steps at which the run is killed and ends. */
  private static final MethodOptions OPTIONS =
      MethodOptions.DEFAULTS.withRamps(new MethodOptions.Ramps(4, 5, 6));

  private static final int STEPS = 9;

  private static Network network(String method) {
    return VisionTransformer.build(CONFIG, Methods.create(method, OPTIONS), DataType.FLOAT, 3);
  }

  private static Trainer trainer(Network network, List<TrainingListener> listeners) {
    Map<String, INDArray> parameters = Trainer.parameters(network);
    return new Trainer(
        Runner.of(network, COMPILED::of),
        new AdamW(parameters, ParameterGroup.byRank(parameters, 0.01, false)),
        new Constant(0.01),
        new TrainingSettings(5, STEPS, 3, 1),
        List.of(),
        List.of(),
        listeners);
  }

  private static Batch batch(int size, long step) {
    SplittableRandom random = new SplittableRandom(40 + step);
    float[] input = new float[size * 16];
    float[] labels = new float[size * 3];
    int[] targets = new int[size];
    for (int i = 0; i < size; i++) {
      targets[i] = random.nextInt(3);
      labels[i * 3 + targets[i]] = 1;
      for (int p = 0; p < 16; p++) {
        input[i * 16 + p] = (float) (random.nextDouble() + (p % 3 == targets[i] ? 1 : 0));
      }
    }
    return new Batch(
        Map.of(
            Network.INPUT,
            new Batch.Reals(input, size, 4, 4, 1),
            Network.LABELS,
            new Batch.Reals(labels, size, 3),
            Network.TARGETS,
            new Batch.Integers(targets, size)),
        size,
        size);
  }

  private static Iterator<Batch> batches(long from) {
    return LongStream.iterate(from, s -> s + 1).mapToObj(s -> batch(6, s)).iterator();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pro-res", "taper-norm", "siamese-norm", "hyper-connections"})
  void aKilledRunEndsAsOneLeftAlone(String method, @TempDir Path folder) throws IOException {
    Resumption.givesTheSameBytes(
        folder,
        listeners -> trainer(network(method), listeners),
        MethodStateResumptionTest::batches,
        List.of(batch(7, 900)),
        8,
        3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pro-res", "taper-norm"})
  void aRunCountsItsStepsAndEvaluationsDoNot(String method) {
    Network network = network(method);
    Trainer trainer = trainer(network, List.of());
    trainer.train(batches(0));
    trainer.evaluate("validation", List.of(batch(7, 900)));
    assertThat(network.array("training_steps").getDouble(0)).isEqualTo(STEPS);
    if (method.equals("taper-norm")) {
      // averages stop where the norm begins to fade
      assertThat(network.array("block1.ffn.norm.weight").getDouble(0))
          .isCloseTo(1 - Math.pow(0.99, 5), org.assertj.core.data.Offset.offset(1e-6));
    }
  }
}
