package org.normfree.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.ViTConfig;
import org.normfree.core.model.image.VisionTransformer;
import org.normfree.core.nn.Network;
import org.normfree.core.optim.ParameterGroup;
import org.normfree.core.optim.Sgd;
import org.normfree.core.train.Checkpoint;
import org.normfree.core.train.SmallNetworks;
import org.normfree.core.train.Trainer;
import org.normfree.core.train.TrainingListener;
import org.normfree.core.train.TrainingSettings;

/** The probes against numbers computed by hand. */
class LayerProbesTest {
  private static final List<String> NORMS =
      List.of(
          "block0.attention.norm",
          "block0.ffn.norm",
          "block1.attention.norm",
          "block1.ffn.norm",
          "norm");

  private final Network network = network("dyt");

  private static Network network(String method) {
    ViTConfig config = new ViTConfig(4, 4, 1, 3, 2, 8, 2, 2, 2, ViTConfig.Pooling.MEAN, 0);
    return VisionTransformer.build(
        config, Methods.create(method, MethodOptions.DEFAULTS), DataType.DOUBLE, 3);
  }

  private Map<String, INDArray> values(Probe probe) {
    double[] pixels = new SplittableRandom(2).doubles(5 * 16, -1, 1).toArray();
    INDArray input = Nd4j.createFromArray(pixels).reshape(5, 4, 4, 1);
    return network.graph().output(Map.of(Network.INPUT, input), probe.variables());
  }

  private static double[][] rows(INDArray x) {
    return x.dup('c').reshape(-1, x.size(x.rank() - 1)).toDoubleMatrix();
  }

  private double[][] input(Map<String, INDArray> values, int norm) {
    return rows(values.get(network.norms().get(norm).input()));
  }

  @Test
  void normInputsAreMeansOfTheTokensNorms() {
    Probe probe = new NormInputs(network);
    Map<String, INDArray> values = values(probe);
    Map<String, Double> read = probe.read(values);
    assertThat(read).containsOnlyKeys(NORMS);
    double sum = 0;
    double[][] rows = input(values, 2);
    for (double[] row : rows) {
      double squares = 0;
      for (double v : row) {
        squares += v * v;
      }
      sum += Math.sqrt(squares / row.length);
    }
    assertThat(read.get(NORMS.get(2))).isCloseTo(sum / rows.length, within(1e-9));
  }

  @Test
  void activationRmsIsThatOfWhatComesOut() {
    Probe probe = new ActivationRms(network);
    Map<String, INDArray> values = values(probe);
    Map<String, Double> read = probe.read(values);
    assertThat(read).containsKeys("block1.ffn.norm", Network.LOGITS).hasSize(6);
    double squares = 0;
    double[] logits = values.get(Network.LOGITS).dup('c').reshape(-1).toDoubleVector();
    for (double v : logits) {
      squares += v * v;
    }
    assertThat(read.get(Network.LOGITS))
        .isCloseTo(Math.sqrt(squares / logits.length), within(1e-9));
  }

  @Test
  void saturationCountsElementsBeyondTheThreshold() {
    network.array("block1.ffn.norm.alpha").assign(3.0);
    Probe probe = new Saturation(network);
    Map<String, INDArray> values = values(probe);
    Map<String, Double> read = probe.read(values);
    double[][] rows = input(values, 3);
    int beyond = 0;
    for (double[] row : rows) {
      for (double v : row) {
        beyond += Math.abs(3 * v) > 2 ? 1 : 0;
      }
    }
    assertThat(beyond).isPositive();
    assertThat(read.get("block1.ffn.norm"))
        .isCloseTo((double) beyond / rows.length / rows[0].length, within(1e-9));
    assertThat(new Saturation(network("pre-ln")).variables()).isEmpty();
  }

  @Test
  void uniformAttentionHasTheEntropyOfTheKeysItSees() {
    double[][] zero = new double[3][4];
    double[] all = {};
    assertThat(AttentionEntropy.entropy(zero, zero, 2, false, all))
        .isCloseTo(Math.log(3), within(1e-12));
    assertThat(AttentionEntropy.entropy(zero, zero, 2, true, all))
        .isCloseTo((Math.log(2) + Math.log(3)) / 3, within(1e-12));
    assertThat(AttentionEntropy.entropy(zero, zero, 2, false, new double[] {1, 0, 1}))
        .isCloseTo(Math.log(2), within(1e-12));
    double[][] sharp = {{100, 0}, {0, 100}};
    assertThat(AttentionEntropy.entropy(sharp, sharp, 1, false, all)).isCloseTo(0, within(1e-9));
  }

  @Test
  void attentionOfANetworkIsBetweenNoneAndUniform() {
    Probe probe = new AttentionEntropy(network);
    Map<String, Double> read = probe.read(values(probe));
    assertThat(read).containsOnlyKeys("block0.attention", "block1.attention");
    assertThat(read.values()).allMatch(entropy -> entropy > 0 && entropy <= Math.log(4) + 1e-9);
  }

  @Test
  void gradientsAreSummedByBranch() {
    Map<String, INDArray> gradients = new LinkedHashMap<>();
    gradients.put("encoder.block0.ffn.fc1.weight", Nd4j.createFromArray(3.0, 0.0));
    gradients.put("encoder.block0.ffn.norm.gain", Nd4j.createFromArray(4.0));
    gradients.put("encoder.block0.attention.out.weight", Nd4j.createFromArray(2.0));
    gradients.put("head.weight", Nd4j.createFromArray(7.0));
    assertThat(GradientNorms.read(gradients))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("encoder.block0.ffn", 5.0, "encoder.block0.attention", 2.0, "head", 7.0));
  }

  /**
   * Trains the small network; what the listeners read comes back as {@code step layer quantity}.
   */
  private static List<String> train(int steps, int resumeAt) {
    List<String> read = new ArrayList<>();
    ProbeListener.Readings readings = readings(read);
    Trainer first = trainer(resumeAt > 0 ? resumeAt : steps, readings);
    first.train(SmallNetworks.batches(0));
    if (resumeAt > 0) {
      Trainer second = trainer(steps, readings);
      second.restore(first.checkpoint());
      second.train(SmallNetworks.batches(resumeAt));
    }
    return read;
  }

  private static ProbeListener.Readings readings(List<String> read) {
    return (trainer, layer, values) ->
        values.forEach(
            (quantity, value) ->
                read.add(
                    "%s %s %s %s".formatted(trainer.progress().step(), layer, quantity, value)));
  }

  private static Trainer trainer(int steps, ProbeListener.Readings readings) {
    Network mlp = SmallNetworks.mlp(DataType.DOUBLE, 5);
    Map<String, INDArray> parameters = Trainer.parameters(mlp);
    List<TrainingListener> listeners =
        List.of(
            new ProbeListener(List.of(new UpdateSize()), SmallNetworks.batch(8, 0), 3, readings),
            new GradientNorms(3, readings));
    return new Trainer(
        mlp,
        new StockExecutor(mlp.graph()),
        new Sgd(parameters, ParameterGroup.byRank(parameters, 0, false), 0),
        step -> 0.1,
        new TrainingSettings(5, steps, 100, 0),
        listeners);
  }

  @Test
  void listenersSampleAtTheStartAndEverySoMany() {
    List<String> read = train(7, 0);
    assertThat(read.stream().filter(line -> line.contains("update_size")))
        .extracting(line -> line.substring(0, 1))
        .containsExactly("0", "3", "6");
    assertThat(read.stream().filter(line -> line.contains("gradient_norm")))
        .extracting(line -> line.substring(0, 1))
        .contains("1", "4", "7")
        .doesNotContain("0", "2", "3", "5", "6");
    assertThat(read).contains("0 model update_size 0.0");
  }

  /** A run is killed when the gradients behind its last checkpoint are known, and goes on there. */
  @Test
  void aStepThatIsTakenAgainIsToldOnce() {
    List<String> read = new ArrayList<>();
    ProbeListener.Readings readings = readings(read);
    Trainer first = trainer(3, readings);
    first.train(SmallNetworks.batches(0));
    Checkpoint checkpoint = first.checkpoint();
    List<String> lost = new ArrayList<>();
    Trainer killed = trainer(4, readings(lost));
    killed.restore(checkpoint);
    killed.train(SmallNetworks.batches(3));
    // what stays of a killed run: lines up to the checkpoint's step
    lost.stream().filter(line -> line.charAt(0) <= '3').forEach(read::add);
    Trainer second = trainer(7, readings);
    second.restore(checkpoint);
    second.train(SmallNetworks.batches(3));
    assertThat(read).isEqualTo(train(7, 0));
  }

  @Test
  void aResumedRunMeasuresFromTheSameStart() {
    assertThat(train(7, 4)).isEqualTo(train(7, 0));
  }
}
