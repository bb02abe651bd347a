package org.normfree.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.data.Batch;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.DistillationLoss;
import org.normfree.core.model.ProjectionHead;
import org.normfree.core.model.image.SelfDistillation;
import org.normfree.core.model.image.SelfDistillationConfig;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.Cosine;
import org.normfree.core.optim.Ema;
import org.normfree.core.optim.Follower;
import org.normfree.core.optim.GradientClipping;
import org.normfree.core.optim.LinearThen;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.PerEpoch;

/** Self-distillation with its whole recipe, at its smallest. */
class SelfDistillationTrainingTest {
  @RegisterExtension static final CompiledExecutors COMPILED = new CompiledExecutors();

  private static final int IMAGES = 3;
  private static final int STEPS = 15;
  private static final int PER_EPOCH = 4;
  private static final SelfDistillationConfig CONFIG =
      new SelfDistillationConfig(
          new SelfDistillationConfig.Backbone(4, 4, 1, 2, 4, 2, 2, 2, 0.3),
          SelfDistillationConfig.Crops.square(4, 2),
          new ProjectionHead(2, 5, 3, 6, true),
          new DistillationLoss(6, 2, 0.1, 0.9));
  private static final String LAST = "head.last.v";

  private static Batch batch(long step, boolean whole) {
    SplittableRandom random = new SplittableRandom(step);
    Batch.Reals globals = reals(random, 2 * IMAGES, 4);
    Batch.Reals locals = reals(random, 2 * IMAGES, 2);
    return new Batch(
        whole
            ? Map.of(Network.INPUT, globals)
            : Map.of(Network.INPUT, globals, SelfDistillation.LOCAL_CROPS, locals),
        IMAGES,
        IMAGES);
  }

  private static Batch.Reals reals(SplittableRandom random, int count, int side) {
    float[] pixels = new float[count * side * side];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble(-1, 1);
    }
    return new Batch.Reals(pixels, count, side, side, 1);
  }

  private static Iterator<Batch> batches(long from) {
    return LongStream.iterate(from, s -> s + 1).mapToObj(s -> batch(s, false)).iterator();
  }

  private static Trainer trainer(String name, List<TrainingListener> listeners) {
    Method method = Methods.create(name, MethodOptions.DEFAULTS);
    Network student = SelfDistillation.student(CONFIG, method, DataType.FLOAT, 3);
    Network teacher = SelfDistillation.teacher(CONFIG, method, DataType.FLOAT, 3);
    Map<String, INDArray> parameters = Trainer.parameters(student);
    Companion companion =
        new Companion(
            "teacher",
            Runner.of(teacher, COMPILED::of),
            Mode.TRAINING,
            5,
            new Companion.Wiring(
                Map.of(), Map.of(SelfDistillation.ANSWER, SelfDistillation.ANSWER)),
            List.of(
                new Scheduled(
                    teacher,
                    SelfDistillation.TEMPERATURE,
                    new PerEpoch(new LinearThen(0.04, 0.07, 2, new Constant(0.07)), PER_EPOCH))));
    Follower follower =
        Ema.of(
            "teacher",
            Follower.Place.AFTER_STEP,
            Trainer.parameters(teacher),
            parameters,
            new Cosine(0.9, 1, STEPS));
    List<ParameterGroup> groups =
        ParameterGroup.freezing(
            ParameterGroup.byRank(parameters, new Cosine(0.04, 0.4, STEPS), false),
            Set.of(LAST),
            PER_EPOCH);
    return new Trainer(
        Runner.of(student, COMPILED::of),
        new AdamW(parameters, groups),
        new LinearThen(0, 0.01, 3, new Cosine(0.01, 1e-6, STEPS - 3)),
        new TrainingSettings(5, STEPS, PER_EPOCH, 0.3, GradientClipping.Over.EACH),
        List.of(companion),
        List.of(follower),
        listeners);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dyt", "batch-norm", "sigma-reparam"})
  void aKilledRunGoesOnToTheSameBytes(String method, @TempDir Path folder) throws IOException {
    Resumption.givesTheSameBytes(
        folder,
        listeners -> trainer(method, listeners),
        SelfDistillationTrainingTest::batches,
        List.of(batch(900, true), batch(901, true)),
        11,
        3);
  }

  @Test
  void theLastLayerIsFrozenForAnEpochAndTheTeacherComesAfterTheStudent() {
    TrainingListener listener =
        new TrainingListener() {
          private INDArray last;
          private INDArray first;
          private INDArray centre;

          @Override
          public void onStart(Trainer trainer) {
            last = array(trainer, LAST);
            first = array(trainer, "head.fc1.weight");
            centre = array(trainer, "teacher/centre");
            assertThat(array(trainer, "teacher/" + LAST)).isEqualTo(last);
          }

          private INDArray array(Trainer trainer, String name) {
            return trainer.checkpoint().model().get(name);
          }

          @Override
          public void onStep(Trainer trainer, Step step) {
            boolean frozen = step.step() <= PER_EPOCH;
            assertThat(array(trainer, LAST).equals(last)).isEqualTo(frozen);
            // the first rate of this schedule is 0
            assertThat(array(trainer, "head.fc1.weight").equals(first)).isEqualTo(step.step() == 1);
            assertThat(array(trainer, "teacher/centre")).isNotEqualTo(centre);
            centre = array(trainer, "teacher/centre");
          }
        };
    Trainer trainer = trainer("pre-ln", List.of(listener));
    assertThat(trainer.train(batches(0)).status()).isEqualTo(Outcome.Status.COMPLETED);
    Map<String, INDArray> end = trainer.checkpoint().model();
    assertThat(end.get("teacher/head.fc1.weight")).isNotEqualTo(end.get("head.fc1.weight"));
    assertThat(trainer.evaluate("validation", List.of(batch(900, true))).value("loss")).isFinite();
  }
}
