package org.normfree.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.normfree.core.InputException;
import org.normfree.core.data.Batch;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Metric;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.Cosine;
import org.normfree.core.optim.Ema;
import org.normfree.core.optim.Follower;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.Schedule;
import org.normfree.core.optim.Sgd;

/**
 * Self-distillation as in DINO (arXiv 2104.14294): a student learns what a teacher says of another
 * view; the teacher is an average of students, and its answers are centred by a running mean.
 */
class TeacherTest {
  @RegisterExtension static final CompiledExecutors COMPILED = new CompiledExecutors();

  private static final int FEATURES = 5;
  private static final int WIDTH = 7;
  private static final int ANSWERS = 3;
  private static final int BATCH = 11;
  private static final int STEPS = 17;
  private static final String OTHER_VIEW = "other_view";
  private static final String ANSWER = "answer";
  private static final String TEMPERATURE = "temperature";
  private static final String CENTRE = "centre";
  private static final Schedule MOMENTUM = new Cosine(0.9, 1, STEPS);
  private static final Schedule SHARPENING = step -> 0.04 + 0.001 * step;
  private static final Iterable<Batch> VALIDATION = List.of(batch(13, 900), batch(4, 901));

  private static SDVariable scores(Scope root, SDVariable x, double dropPath) {
    SDVariable w1 = root.parameter("w1", Initializer.normal(0.5), FEATURES, WIDTH);
    SDVariable w2 = root.parameter("w2", Initializer.normal(0.5), WIDTH, ANSWERS);
    SDVariable hidden = root.graph().math.tanh(x.mmul(w1));
    SDVariable kept = root.child("drop").dropPath(hidden.reshape(-1, 1, WIDTH), dropPath);
    return kept.reshape(-1, WIDTH).mmul(w2);
  }

  private static Network student(DataType type) {
    return Scope.build(
        type,
        3,
        root -> {
          SameDiff sd = root.graph();
          SDVariable scores = scores(root, sd.placeHolder(Network.INPUT, type, -1, FEATURES), 0.2);
          SDVariable answer = sd.placeHolder(ANSWER, type, -1, ANSWERS);
          root.ops().softmaxCrossEntropy("losses", scores.div(0.1), answer).mean("distillation");
          root.objective(
              Objective.of(
                  "distillation",
                  Metric.mean("loss", "distillation"),
                  Metric.perItem("worst", "losses")));
        });
  }

  private static Network teacher(DataType type, long seed) {
    return Scope.build(
        type,
        seed,
        root -> {
          SameDiff sd = root.graph();
          SDVariable scores =
              scores(root, sd.placeHolder(Network.INPUT, type, -1, FEATURES), 0.2).rename("scores");
          SDVariable centre = root.state(CENTRE, Initializer.constant(0), ANSWERS);
          SDVariable temperature = sd.placeHolder(TEMPERATURE, type, 1);
          sd.nn.softmax(ANSWER, scores.sub(centre).mul(sd.math.reciprocal(temperature)), 1);
          root.advance(centre, centre.mul(0.9).add(scores.mean(0).mul(0.1)));
        });
  }

  private static Batch batch(int size, long step) {
    SplittableRandom random = new SplittableRandom(70 + step);
    float[] one = new float[size * FEATURES];
    float[] other = new float[size * FEATURES];
    for (int i = 0; i < one.length; i++) {
      double seen = random.nextDouble(-1, 1);
      one[i] = (float) (seen + random.nextDouble(-0.1, 0.1));
      other[i] = (float) (seen + random.nextDouble(-0.1, 0.1));
    }
    return new Batch(
        Map.of(
            Network.INPUT,
            new Batch.Reals(one, size, FEATURES),
            OTHER_VIEW,
            new Batch.Reals(other, size, FEATURES)),
        size,
        size);
  }

  private static Iterator<Batch> batches(long from) {
    return LongStream.iterate(from, s -> s + 1).mapToObj(s -> batch(BATCH, s)).iterator();
  }

  /** Student, teacher and the loop around them. */
  private record Pair(Network student, Network teacher, Trainer trainer) {
    static Pair of(DataType type, Follower.Place place, List<TrainingListener> listeners) {
      Network student = TeacherTest.student(type);
      Network teacher = TeacherTest.teacher(type, 4);
      Map<String, INDArray> parameters = Trainer.parameters(student);
      Companion companion =
          new Companion(
              "teacher",
              Runner.of(teacher, COMPILED::of),
              Mode.EVALUATION,
              5,
              new Companion.Wiring(Map.of(Network.INPUT, OTHER_VIEW), Map.of(ANSWER, ANSWER)),
              List.of(new Scheduled(teacher, TEMPERATURE, SHARPENING)));
      Follower follower =
          Ema.of("teacher", place, Trainer.parameters(teacher), parameters, MOMENTUM)
              .startingAsCopy();
      Trainer trainer =
          new Trainer(
              Runner.of(student, COMPILED::of),
              new Sgd(parameters, ParameterGroup.byRank(parameters, 0, false), 0.9),
              new Constant(0.1),
              new TrainingSettings(5, STEPS, 5, 1),
              List.of(companion),
              List.of(follower),
              listeners);
      return new Pair(student, teacher, trainer);
    }
  }

  private static INDArray scores(Network network, INDArray x) {
    return Transforms.tanh(x.mmul(network.array("w1"))).mmul(network.array("w2"));
  }

  @Test
  void theTeacherAnswersBeforeItMoves() {
    for (Follower.Place place : Follower.Place.values()) {
      List<Double> losses = new ArrayList<>();
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void onStep(Trainer trainer, Step step) {
              losses.add(step.loss());
            }
          };
      Pair pair = Pair.of(DataType.DOUBLE, place, List.of(listener));
      Network twin = student(DataType.DOUBLE);
      INDArray centre = pair.teacher.array(CENTRE).dup();
      Iterator<Batch> batches = batches(0);
      List<Batch> first = List.of(batches.next(), batches.next(), batches.next());
      Inputs inputs = new Inputs(twin, "", 5);
      Trainer trainer = pair.trainer;
      // by hand, on the pair's own arrays, one step at a time
      Map<String, INDArray> kept = copy(pair.teacher);
      for (int step = 0; step < first.size(); step++) {
        Map<String, INDArray> studentBefore = copy(pair.student);
        Batch batch = first.get(step);
        INDArray said = scores(pair.teacher, view(batch));
        INDArray answer =
            Transforms.softmax(said.subRowVector(centre).div(SHARPENING.rate(step)), true);
        centre = centre.mul(0.9).add(said.mean(0).mul(0.1));
        Map<String, INDArray> values =
            inputs.of(new Source.Pass(batch, Mode.TRAINING, step, step), true, Map.of(), List.of());
        values.put(ANSWER, answer);
        studentBefore.forEach((name, array) -> twin.array(name).assign(array));
        double expected = twin.graph().outputSingle(values, "distillation").getDouble(0);

        oneStep(trainer, batch);

        assertThat(losses.get(step)).isCloseTo(expected, within(1e-12));
        assertThat(pair.teacher.array(CENTRE).toDoubleVector())
            .containsExactly(centre.toDoubleVector(), within(1e-14));
        double m = MOMENTUM.rate(step);
        Map<String, INDArray> led =
            place == Follower.Place.AFTER_STEP ? copy(pair.student) : studentBefore;
        for (String name : List.of("w1", "w2")) {
          INDArray moved = kept.get(name).mul(m).add(led.get(name).mul(1 - m));
          assertThat(pair.teacher.array(name).sub(moved).norm2Number().doubleValue())
              .isLessThan(1e-14);
          assertThat(studentBefore.get(name)).isNotEqualTo(pair.student.array(name));
        }
        kept = copy(pair.teacher);
      }
    }
  }

  private static void oneStep(Trainer trainer, Batch batch) {
    RuntimeException enough = new RuntimeException("enough");
    Iterator<Batch> one =
        new Iterator<>() {
          private boolean given;

          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public Batch next() {
            if (given) {
              throw enough;
            }
            given = true;
            return batch;
          }
        };
    assertThatThrownBy(() -> trainer.train(one)).isSameAs(enough);
  }

  private static INDArray view(Batch batch) {
    return Nd4j.createFromArray(batch.reals(OTHER_VIEW))
        .reshape(batch.size(), FEATURES)
        .castTo(DataType.DOUBLE);
  }

  private static Map<String, INDArray> copy(Network network) {
    Map<String, INDArray> arrays = Trainer.parameters(network);
    arrays.replaceAll((name, array) -> array.dup());
    return arrays;
  }

  @Test
  void allThatMovesIsInTheCheckpointUnderANameOfItsOwn() {
    Pair pair = Pair.of(DataType.FLOAT, Follower.Place.AFTER_STEP, List.of());
    pair.trainer.train(batches(0));
    Checkpoint checkpoint = pair.trainer.checkpoint();
    assertThat(checkpoint.model())
        .containsOnlyKeys("w1", "w2", "teacher/w1", "teacher/w2", "teacher/centre");
    assertThat(checkpoint.followers()).isEmpty();
    assertThat(checkpoint.model().get("teacher/w1")).isNotEqualTo(checkpoint.model().get("w1"));
    assertThat(checkpoint.model().get("teacher/centre").norm2Number().doubleValue()).isPositive();

    Evaluation once = pair.trainer.evaluate("validation", VALIDATION);
    assertThat(once.values()).containsOnlyKeys("loss", "worst");
    assertThat(once.value("loss")).isCloseTo(once.value("worst"), within(1e-6));
    assertThat(Bits.of(pair.trainer.checkpoint())).isEqualTo(Bits.of(checkpoint));

    Pair other = Pair.of(DataType.FLOAT, Follower.Place.AFTER_STEP, List.of());
    other.trainer.restore(checkpoint);
    assertThat(Bits.of(other.trainer.checkpoint())).isEqualTo(Bits.of(checkpoint));
    assertThat(other.trainer.evaluate("validation", VALIDATION)).isEqualTo(once);
    Trainer alone =
        new Trainer(
            Runner.of(other.student, COMPILED::of),
            new Sgd(Map.of(), List.of(), 0),
            new Constant(0),
            new TrainingSettings(5, STEPS, 5, 1),
            List.of(),
            List.of(),
            List.of());
    assertThatThrownBy(() -> alone.restore(checkpoint))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("teacher/");
  }

  @Test
  void aKilledRunGoesOnToTheSameBytes(@TempDir Path folder) throws IOException {
    Resumption.givesTheSameBytes(
        folder,
        listeners -> Pair.of(DataType.FLOAT, Follower.Place.AFTER_STEP, listeners).trainer,
        TeacherTest::batches,
        VALIDATION,
        14,
        3);
  }

  @Test
  void whatTheStudentDrewIsSharedWithAPlaceholderButNotWithARandomInput() {
    Network drawing = teacher(DataType.FLOAT, 1);
    Network reading =
        Scope.build(
            DataType.FLOAT,
            1,
            root -> root.graph().placeHolder("drop.drop_path", DataType.FLOAT, -1, 1, 1));
    INDArray given = Nd4j.valueArrayOf(new long[] {3, 1, 1}, 7f);
    Map<String, INDArray> students =
        Map.of("drop.drop_path", given, Network.INPUT, Nd4j.zeros(3, FEATURES));
    Batch batch = batch(3, 0);
    Source.Pass pass = new Source.Pass(batch, Mode.TRAINING, 2, 2);
    assertThat(new Inputs(reading, "t/", 5).of(pass, true, students, List.of()))
        .containsEntry("drop.drop_path", given);
    Map<String, INDArray> drawn = new Inputs(drawing, "t/", 5).of(pass, true, students, List.of());
    assertThat(drawn.get("drop.drop_path").maxNumber().doubleValue()).isLessThan(2);
  }

  @Test
  void aPlaceholderThatReadsWhatNobodyBringsIsRefused() {
    Inputs inputs =
        new Inputs(teacher(DataType.FLOAT, 1), "t/", 5, Map.of(Network.INPUT, "third_view"));
    Source.Pass pass = new Source.Pass(batch(3, 0), Mode.TRAINING, 0, 0);
    assertThatThrownBy(() -> inputs.of(pass, true, Map.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("third_view")
        .hasMessageContaining(OTHER_VIEW);
  }

  @Test
  void whatFollowsMustHaveSomethingToFollow() {
    Map<String, INDArray> teacher = Trainer.arrays(teacher(DataType.FLOAT, 1));
    Map<String, INDArray> student = Trainer.parameters(student(DataType.FLOAT));
    assertThatThrownBy(
            () -> Ema.of("teacher", Follower.Place.AFTER_STEP, teacher, student, MOMENTUM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("centre");
  }

  @Test
  void twoSourcesOfOneNameAreRefused() {
    Network teacher = teacher(DataType.FLOAT, 1);
    Network student = student(DataType.FLOAT);
    Source source = new Scheduled(teacher, TEMPERATURE, SHARPENING);
    assertThatThrownBy(
            () ->
                new Trainer(
                    Runner.of(student, COMPILED::of),
                    new Sgd(Map.of(), List.of(), 0),
                    new Constant(0),
                    new TrainingSettings(5, STEPS, 5, 1),
                    List.of(source, source),
                    List.of(),
                    List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(TEMPERATURE);
  }
}
