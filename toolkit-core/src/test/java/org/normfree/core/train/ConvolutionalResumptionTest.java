package org.normfree.core.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
import org.normfree.core.model.image.ConvNeXtConfig;
import org.normfree.core.model.image.ImageClassifier;
import org.normfree.core.model.image.ImageShape;
import org.normfree.core.model.image.ResNetConfig;
import org.normfree.core.model.image.VggConfig;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.ParameterGroup;

/** Networks of convolutions, killed between two steps, end as those that were left alone. */
class ConvolutionalResumptionTest {
  @RegisterExtension static final CompiledExecutors COMPILED = new CompiledExecutors();

  private static final ImageShape IMAGES = new ImageShape(9, 8, 2, 3);

  private static Batch batch(int size, long step) {
    SplittableRandom random = new SplittableRandom(40 + step);
    int pixels = IMAGES.height() * IMAGES.width() * IMAGES.channels();
    float[] input = new float[size * pixels];
    float[] labels = new float[size * IMAGES.classes()];
    int[] targets = new int[size];
    for (int i = 0; i < size; i++) {
      targets[i] = random.nextInt(IMAGES.classes());
      labels[i * IMAGES.classes() + targets[i]] = 1;
      for (int p = 0; p < pixels; p++) {
        input[i * pixels + p] =
            (float) (random.nextDouble() + (p % IMAGES.classes() == targets[i] ? 1 : 0));
      }
    }
    return new Batch(
        Map.of(
            Network.INPUT,
            new Batch.Reals(input, size, IMAGES.height(), IMAGES.width(), IMAGES.channels()),
            Network.LABELS,
            new Batch.Reals(labels, size, IMAGES.classes()),
            Network.TARGETS,
            new Batch.Integers(targets, size)),
        size,
        size);
  }

  private static Iterator<Batch> batches(long from) {
    return LongStream.iterate(from, s -> s + 1).mapToObj(s -> batch(6, s)).iterator();
  }

  private static void resumes(Path folder, String method, ImageClassifier config)
      throws IOException {
    Resumption.givesTheSameBytes(
        folder,
        listeners -> {
          Network network =
              config.build(Methods.create(method, MethodOptions.DEFAULTS), DataType.FLOAT, 3);
          Map<String, INDArray> parameters = Trainer.parameters(network);
          return new Trainer(
              Runner.of(network, COMPILED::of),
              new AdamW(parameters, ParameterGroup.byRank(parameters, 0.01, false)),
              new Constant(0.01),
              new TrainingSettings(5, 9, 3, 1),
              List.of(),
              List.of(),
              listeners);
        },
        ConvolutionalResumptionTest::batches,
        List.of(batch(7, 900)),
        8,
        3);
  }

  @Test
  void convNeXtWithDropPath(@TempDir Path folder) throws IOException {
    resumes(
        folder,
        "dyt",
        new ConvNeXtConfig(
            IMAGES,
            2,
            2,
            3,
            List.of(4, 6),
            List.of(1, 2),
            0.1,
            0.4,
            ConvNeXtConfig.Weights.FAN_IN));
  }

  @Test
  void resNetWithBatchStatistics(@TempDir Path folder) throws IOException {
    resumes(
        folder,
        "batch-norm",
        new ResNetConfig(
            IMAGES,
            ResNetConfig.Stem.SMALL,
            ResNetConfig.Block.BASIC,
            ResNetConfig.Shortcut.PAD,
            4,
            List.of(4, 8),
            List.of(1, 1)));
  }

  @Test
  void vggWithDropout(@TempDir Path folder) throws IOException {
    resumes(
        folder,
        "batch-norm",
        new VggConfig(IMAGES, List.of(4, VggConfig.POOL, 5), 4, List.of(6), 0.5));
  }
}
