package org.normfree.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.normfree.core.model.image.MaskedAutoencoder;
import org.normfree.core.model.image.MaskedAutoencoderConfig;
import org.normfree.core.model.image.MaskedAutoencoderConfig.Tower;
import org.normfree.core.model.image.Patches;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.ParameterGroup;

/** Masked reconstruction (arXiv 2111.06377): waves of one of three lengths, a third kept. */
class MaskedReconstructionTest {
  @RegisterExtension static final CompiledExecutors COMPILED = new CompiledExecutors();

  private static final Patches PATCHES = new Patches(6, 6, 1, 2);
  private static final Iterable<Batch> VALIDATION = List.of(batch(13, 900), batch(4, 901));

  private static Batch batch(int size, long step) {
    SplittableRandom random = new SplittableRandom(70 + step);
    float[] input = new float[size * 36];
    for (int i = 0; i < size; i++) {
      double length = 2 + random.nextInt(3);
      double phase = 6.28 * random.nextDouble();
      for (int k = 0; k < 36; k++) {
        input[i * 36 + k] = (float) Math.sin(phase + 6.28 * (k % 6) / length);
      }
    }
    return new Batch(Map.of(Network.INPUT, new Batch.Reals(input, size, 6, 6, 1)), size, size);
  }

  private static Iterator<Batch> batches(long from) {
    return LongStream.iterate(from, s -> s + 1).mapToObj(s -> batch(32, s)).iterator();
  }

  private static Trainer trainer(String method, long steps, List<TrainingListener> listeners) {
    MaskedAutoencoderConfig config =
        new MaskedAutoencoderConfig(
            PATCHES, new Tower(24, 2, 2), new Tower(16, 1, 2), 2, 0.65, false);
    Network network =
        MaskedAutoencoder.build(
            config,
            Methods.create(method, MethodOptions.DEFAULTS),
            DataType.FLOAT,
            3,
            Optional.of(new double[36]));
    Map<String, INDArray> parameters = Trainer.parameters(network);
    return new Trainer(
        Runner.of(network, COMPILED::of),
        new AdamW(parameters, ParameterGroup.byRank(parameters, 0.05, false)),
        new Constant(0.005),
        new TrainingSettings(5, steps, 7, 0),
        List.of(),
        List.of(),
        listeners);
  }

  @Test
  void learnsWhatIsHiddenFromWhatIsKept() {
    Trainer trainer = trainer("dyt", 200, List.of());
    Evaluation before = trainer.evaluate("validation", VALIDATION);
    trainer.train(batches(0));
    Evaluation after = trainer.evaluate("validation", VALIDATION);
    assertThat(trainer.evaluate("validation", VALIDATION)).isEqualTo(after);
    assertThat(after.value("zero_loss"))
        .isEqualTo(before.value("zero_loss"))
        .isEqualTo(after.value("mean_image_loss"))
        .isBetween(0.4, 0.6);
    assertThat(after.value("loss")).isLessThan(0.5 * after.value("zero_loss"));
    assertThat(before.value("loss")).isGreaterThan(0.9 * after.value("zero_loss"));
  }

  @Test
  void aKilledRunGoesOnToTheSameBytes(@TempDir Path folder) throws IOException {
    Resumption.givesTheSameBytes(
        folder,
        listeners -> trainer("sigma-reparam", 23, listeners),
        MaskedReconstructionTest::batches,
        VALIDATION,
        20,
        6);
  }
}
