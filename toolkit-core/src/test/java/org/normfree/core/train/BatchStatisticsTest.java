package org.normfree.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.data.Batch;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Mode;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;
import org.normfree.core.optim.AdamW;
import org.normfree.core.optim.Constant;
import org.normfree.core.optim.Ema;
import org.normfree.core.optim.ParameterGroup;

/** A network that is another one in training than in evaluation: batch normalization. */
class BatchStatisticsTest {
  @RegisterExtension static final CompiledExecutors COMPILED = new CompiledExecutors();

  private static final int FEATURES = 5;
  private static final int HIDDEN = 7;
  private static final int CLASSES = 3;
  private static final int BATCH = 11;
  private static final double EPSILON = 1e-5;
  private static final Iterable<Batch> VALIDATION = List.of(batch(13, 900), batch(4, 901));

  /** Statistics of the batch in training, running ones in evaluation; momentum 0.1. */
  private static SDVariable batchNorm(Scope scope, SDVariable x, long channels) {
    SDVariable mean = scope.state("mean", Initializer.constant(0), channels);
    SDVariable variance = scope.state("variance", Initializer.constant(1), 1, channels);
    SDVariable gain = scope.parameter("gain", Initializer.constant(1), channels);
    SDVariable bias = scope.parameter("bias", Initializer.constant(0), channels);
    SameDiff sd = scope.graph();
    SDVariable centre = mean;
    SDVariable spread = variance;
    if (scope.mode() == Mode.TRAINING) {
      centre = x.mean(0);
      SDVariable difference = x.sub(centre);
      spread = difference.mul(difference).mean(true, 0);
      scope.advance(mean, mean.mul(0.9).add(centre.mul(0.1)));
      double unbiased = (double) BATCH / (BATCH - 1);
      scope.advance(variance, variance.mul(0.9).add(spread.mul(0.1 * unbiased)));
    }
    SDVariable scale = sd.math.pow(spread.add(EPSILON), -0.5);
    return x.sub(centre).mul(scale).mul(scope.name("normalized"), gain).add(bias);
  }

  private static Network network(DataType type) {
    return Scope.build(
        type,
        3,
        root -> {
          SameDiff sd = root.graph();
          SDVariable x = sd.placeHolder(Network.INPUT, type, -1, FEATURES);
          SDVariable w1 = root.parameter("w1", Initializer.normal(1), FEATURES, HIDDEN);
          SDVariable w2 = root.parameter("w2", Initializer.normal(0.4), HIDDEN, CLASSES);
          SDVariable hidden = sd.math.tanh(batchNorm(root.child("norm"), x.mmul(w1), HIDDEN));
          SDVariable logits = root.ops().linear(Network.LOGITS, hidden, w2, null);
          SDVariable labels = sd.placeHolder(Network.LABELS, type, -1, CLASSES);
          root.ops().softmaxCrossEntropy("losses", logits, labels).mean(Network.LOSS);
          root.objective(Objective.classification(Network.LOSS));
        });
  }

  private static Batch batch(int size, long step) {
    SplittableRandom random = new SplittableRandom(70 + step);
    float[] input = new float[size * FEATURES];
    float[] labels = new float[size * CLASSES];
    int[] targets = new int[size];
    for (int i = 0; i < size; i++) {
      targets[i] = random.nextInt(CLASSES);
      labels[i * CLASSES + targets[i]] = 1;
      for (int f = 0; f < FEATURES; f++) {
        input[i * FEATURES + f] =
            (float) (2 + (f % CLASSES == targets[i] ? 3 : 0) + random.nextDouble());
      }
    }
    return new Batch(
        Map.of(
            Network.INPUT,
            new Batch.Reals(input, size, FEATURES),
            Network.LABELS,
            new Batch.Reals(labels, size, CLASSES),
            Network.TARGETS,
            new Batch.Integers(targets, size)),
        size,
        size);
  }

  private static Batch single(Batch batch, int i) {
    float[] input = batch.reals(Network.INPUT);
    float[] labels = batch.reals(Network.LABELS);
    return new Batch(
        Map.of(
            Network.INPUT,
            new Batch.Reals(
                Arrays.copyOfRange(input, i * FEATURES, (i + 1) * FEATURES), 1, FEATURES),
            Network.LABELS,
            new Batch.Reals(Arrays.copyOfRange(labels, i * CLASSES, (i + 1) * CLASSES), 1, CLASSES),
            Network.TARGETS,
            new Batch.Integers(new int[] {batch.integers(Network.TARGETS)[i]}, 1)),
        1,
        1);
  }

  private static Iterator<Batch> batches(long from) {
    return LongStream.iterate(from, s -> s + 1).mapToObj(s -> batch(BATCH, s)).iterator();
  }

  private static Trainer trainer(Network network, double decay, List<TrainingListener> listeners) {
    Map<String, INDArray> parameters = Trainer.parameters(network);
    return new Trainer(
        Runner.of(network, COMPILED::of),
        new AdamW(parameters, ParameterGroup.byRank(parameters, 0.01, false)),
        new Constant(0.02),
        new TrainingSettings(5, 17, 5, 1),
        List.of(),
        decay == 0 ? List.of() : List.of(Ema.average(parameters, new Constant(decay))),
        listeners);
  }

  @Test
  void bothGraphsComputeWithTheSameArrays() {
    Network network = network(DataType.FLOAT);
    Network twin = network.twin().orElseThrow();
    assertThat(twin.parameters()).isEqualTo(network.parameters());
    assertThat(network.moving()).containsExactlyInAnyOrder("norm.mean", "norm.variance");
    Trainer.arrays(network)
        .forEach((name, array) -> assertThat(twin.array(name)).as(name).isSameAs(array));
    Batch batch = batch(BATCH, 0);
    for (boolean plan : new boolean[] {true, false}) {
      try (Runner runner =
          Runner.of(network, n -> plan ? COMPILED.of(n) : new StockExecutor(n.graph()))) {
        Map<String, INDArray> values =
            new Inputs(network, "", 1)
                .of(new Source.Pass(batch, Mode.TRAINING, 0, 0), true, Map.of(), List.of());
        INDArray before = read(runner.evaluation(), values);
        network.array("w2").muli(2);
        assertThat(read(runner.evaluation(), values)).isEqualTo(before.mul(2));
        network.array("w2").muli(0.5);
        network.array("norm.mean").addi(1);
        assertThat(read(runner.evaluation(), values)).isNotEqualTo(before);
        network.array("norm.mean").subi(1);
      }
    }
  }

  private static INDArray read(GraphExecutor executor, Map<String, INDArray> values) {
    return executor.output(values, List.of(Network.LOGITS)).get(Network.LOGITS).dup();
  }

  @Test
  void trainingNormalizesByTheBatchAndEvaluationByWhatRan() {
    Network network = network(DataType.DOUBLE);
    Batch batch = batch(BATCH, 0);
    try (Runner runner = Runner.of(network, n -> new StockExecutor(n.graph()))) {
      Map<String, INDArray> values =
          new Inputs(network, "", 1)
              .of(new Source.Pass(batch, Mode.TRAINING, 0, 0), true, Map.of(), List.of());
      String name = "norm.normalized";
      INDArray trained = runner.training().output(values, List.of(name)).get(name).dup();
      INDArray evaluated = runner.evaluation().output(values, List.of(name)).get(name).dup();
      INDArray product = values.get(Network.INPUT).mmul(network.array("w1"));
      assertThat(trained.mean(0).norm2Number().doubleValue()).isCloseTo(0, within(1e-12));
      assertThat(Arrays.stream(trained.std(false, 0).toDoubleVector()).boxed())
          .allSatisfy(std -> assertThat(std).isBetween(0.999, 1.0));
      assertThat(evaluated.sub(product).norm2Number().doubleValue())
          .isLessThan(1e-4 * product.norm2Number().doubleValue());
    }

    double[] mean = new double[HIDDEN];
    double[] variance = new double[HIDDEN];
    Arrays.fill(variance, 1);
    Trainer trainer = trainer(network, 0, List.of());
    INDArray before = network.array("w1").dup();
    TrainingListener look =
        new TrainingListener() {
          @Override
          public void onStep(Trainer t, Step step) {
            float[] input = batch(BATCH, step.step() - 1).reals(Network.INPUT);
            INDArray x =
                Nd4j.createFromArray(input)
                    .reshape(BATCH, FEATURES)
                    .castTo(DataType.DOUBLE)
                    .mmul(before);
            for (int c = 0; c < HIDDEN; c++) {
              double[] column = x.getColumn(c).toDoubleVector();
              double m = Arrays.stream(column).average().orElseThrow();
              double square = Arrays.stream(column).map(v -> (v - m) * (v - m)).sum() / (BATCH - 1);
              mean[c] = 0.9 * mean[c] + 0.1 * m;
              variance[c] = 0.9 * variance[c] + 0.1 * square;
            }
            before.assign(network.array("w1"));
          }
        };
    trainer(network, 0, List.of(look)).train(batches(0));
    assertThat(network.array("norm.mean").toDoubleVector()).containsExactly(mean, within(1e-12));
    assertThat(network.array("norm.variance").reshape(HIDDEN).toDoubleVector())
        .containsExactly(variance, within(1e-10));

    Checkpoint checkpoint = trainer.checkpoint();
    assertThat(checkpoint.model())
        .containsOnlyKeys("w1", "w2", "norm.gain", "norm.bias", "norm.mean", "norm.variance");
    trainer.evaluate("validation", VALIDATION);
    assertThat(Bits.of(trainer.checkpoint())).isEqualTo(Bits.of(checkpoint));
  }

  @Test
  void anEvaluationDoesNotDependOnWhatElseIsInTheBatch() {
    Network network = network(DataType.FLOAT);
    Trainer trainer = trainer(network, 0, List.of());
    trainer.train(batches(0));
    Batch large = batch(13, 900);
    List<String> wanted = List.of(Network.LOGITS);
    INDArray all = trainer.outputs(large, wanted).get(Network.LOGITS).dup();
    float[] first = Arrays.copyOf(large.reals(Network.INPUT), FEATURES);
    Batch alone = new Batch(Map.of(Network.INPUT, new Batch.Reals(first, 1, FEATURES)), 1, 1);
    INDArray one = trainer.outputs(alone, wanted).get(Network.LOGITS);
    assertThat(one.sub(all.getRow(0, true)).norm2Number().doubleValue()).isLessThan(1e-6);
    assertThat(trainer.evaluate("validation", VALIDATION).value("accuracy")).isGreaterThan(0.8);
    double together = trainer.evaluate("validation", List.of(large)).value("loss");
    List<Batch> singles = IntStream.range(0, 13).mapToObj(i -> single(large, i)).toList();
    assertThat(trainer.evaluate("validation", singles).value("loss"))
        .isCloseTo(together, within(1e-6));
  }

  @Test
  void anAverageOfWeightsIsEvaluatedWithTheStatisticsAsTheyAre() {
    Network network = network(DataType.FLOAT);
    Trainer trainer = trainer(network, 0.8, List.of());
    trainer.train(batches(0));
    Checkpoint checkpoint = trainer.checkpoint();
    assertThat(checkpoint.followers())
        .containsOnlyKeys("ema/w1", "ema/w2", "ema/norm.gain", "ema/norm.bias");
    Evaluation averaged = trainer.evaluate("validation", VALIDATION);
    assertThat(Bits.of(trainer.checkpoint())).isEqualTo(Bits.of(checkpoint));

    Network other = network(DataType.FLOAT);
    checkpoint.followers().forEach((name, array) -> other.array(name.substring(4)).assign(array));
    for (String state : other.moving()) {
      other.array(state).assign(checkpoint.model().get(state));
    }
    assertThat(trainer(other, 0, List.of()).evaluate("validation", VALIDATION).values())
        .isEqualTo(averaged.values());
  }

  @Test
  void aKilledRunGoesOnToTheSameBytes(@TempDir Path folder) throws IOException {
    Resumption.givesTheSameBytes(
        folder,
        listeners -> trainer(network(DataType.FLOAT), 0.8, listeners),
        BatchStatisticsTest::batches,
        VALIDATION,
        13,
        4);
  }

  @Test
  void aNetworkThatNeedsTwoGraphsCannotBeHadWithOne() {
    Scope root = Scope.root(DataType.FLOAT, 1);
    SDVariable x = root.graph().placeHolder(Network.INPUT, DataType.FLOAT, -1, 3);
    batchNorm(root.child("norm"), x, 3);
    assertThatThrownBy(root::network)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Scope.build");
    Network network = network(DataType.FLOAT);
    GraphExecutor executor = new StockExecutor(network.graph());
    assertThatThrownBy(
            () ->
                new Trainer(
                    network,
                    executor,
                    new AdamW(Map.of(), List.of()),
                    new Constant(0),
                    new TrainingSettings(1, 1, 1, 0),
                    List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Runner.of");
  }

  @Test
  void anEvaluationGraphWithArraysOfItsOwnIsRefused() {
    assertThatThrownBy(
            () ->
                Scope.build(
                    DataType.FLOAT,
                    1,
                    root -> {
                      long size = root.mode() == Mode.TRAINING ? 2 : 3;
                      root.parameter("w", Initializer.constant(1), size);
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("[3]")
        .hasMessageContaining("[2]");
    assertThatThrownBy(
            () ->
                Scope.build(
                    DataType.FLOAT,
                    1,
                    root -> {
                      if (root.mode() == Mode.EVALUATION) {
                        root.state("s", Initializer.constant(1), 2);
                      }
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("missing");
  }
}
