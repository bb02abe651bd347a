package org.normfree.core.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.dl4j.DyTLayerTest.crosses;
import static org.normfree.core.dl4j.DyTLayerTest.normal;
import static org.normfree.core.dl4j.DyTLayerTest.output;
import static org.normfree.core.dl4j.DyTLayerTest.settings;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.op.DeepNorm;

class DeepNormVertexTest {
  private static final double ALPHA = 1.6817928305074292; // (2N)^(1/4) at N = 4

  private static ComputationGraphConfiguration classifier(DataType type) {
    return settings(type)
        .graphBuilder()
        .addInputs("input")
        .addLayer("stem", new DenseLayer.Builder().nOut(6).build(), "input")
        .addLayer("branch", new DenseLayer.Builder().nOut(6).build(), "stem")
        .addVertex("norm", new DeepNormVertex(6, ALPHA, 1e-5), "stem", "branch")
        .addLayer("output", output(), "norm")
        .setOutputs("output")
        .setInputTypes(InputType.feedForward(4))
        .build();
  }

  private static ComputationGraph network(ComputationGraphConfiguration configuration) {
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    return network;
  }

  @Test
  void startsFromOneAndZeroAndTrains() {
    ComputationGraph network = network(classifier(DataType.FLOAT));
    assertThat(network.paramTable().get("norm_gain")).isEqualTo(Nd4j.ones(DataType.FLOAT, 6));
    assertThat(network.paramTable().get("norm_bias")).isEqualTo(Nd4j.zeros(DataType.FLOAT, 6));
    DataSet data = crosses(DataType.FLOAT);
    double before = network.score(data);
    for (int i = 0; i < 150; i++) {
      network.fit(data);
    }
    assertThat(network.score(data)).isLessThan(before / 3);
    assertThat(network.paramTable().get("norm_gain").sub(1).amaxNumber().doubleValue())
        .isGreaterThan(0.05);
    assertThat(network.paramTable().get("norm_bias").amaxNumber().doubleValue())
        .isGreaterThan(0.05);
  }

  @Test
  void theGradientOfANetworkMeetsFiniteDifferences() {
    ComputationGraph network = network(classifier(DataType.DOUBLE));
    DataSet data = crosses(DataType.DOUBLE);
    network.setInput(0, data.getFeatures());
    network.setLabels(data.getLabels());
    GradientCheck.holds(network, data.numExamples(), network::computeGradientAndScore);
  }

  @Test
  void configurationModelAndCloneKeepEverything(@TempDir Path folder) throws IOException {
    ComputationGraphConfiguration configuration = classifier(DataType.FLOAT);
    ComputationGraphConfiguration read =
        ComputationGraphConfiguration.fromJson(configuration.toJson());
    assertThat(read).isEqualTo(configuration);
    assertThat(read.getVertices().get("norm"))
        .isEqualTo(new DeepNormVertex(6, ALPHA, 1e-5))
        .isNotEqualTo(new DeepNormVertex(6, 2, 1e-5));

    ComputationGraph network = network(configuration);
    DataSet data = crosses(DataType.FLOAT);
    ComputationGraph clone = network.clone();
    network.fit(data);
    clone.fit(data);
    assertThat(clone.params()).isEqualTo(network.params());
    File file = folder.resolve("model.zip").toFile();
    ModelSerializer.writeModel(network, file, true);
    ComputationGraph restored = ModelSerializer.restoreComputationGraph(file, true);
    assertThat(restored.outputSingle(data.getFeatures()))
        .isEqualTo(network.outputSingle(data.getFeatures()));
    network.fit(data);
    restored.fit(data);
    assertThat(restored.params()).isEqualTo(network.params());
  }

  @Test
  void normalizesOverTheChannelsOfARecurrentInputWithAlphaOnTheFirstInput() {
    ComputationGraph network =
        network(
            settings(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("x", "branch")
                .addVertex("norm", new DeepNormVertex(5, 3, 1e-5), "x", "branch")
                .addLayer(
                    "output",
                    new ActivationLayer.Builder().activation(Activation.IDENTITY).build(),
                    "norm")
                .setOutputs("output")
                .setInputTypes(InputType.recurrent(5, 3), InputType.recurrent(5, 3))
                .build());
    INDArray x = normal(1, DataType.DOUBLE, 2, 5, 3);
    INDArray branch = normal(2, DataType.DOUBLE, 2, 5, 3);
    INDArray y = network.outputSingle(x, branch);
    INDArray ones = Nd4j.ones(DataType.DOUBLE, 5);
    DeepNorm expected =
        new DeepNorm(x.permute(0, 2, 1), branch.permute(0, 2, 1), 3, ones, ones.mul(0), 1e-5);
    assertThat(y.permute(0, 2, 1).dup('c').sub(Nd4j.exec(expected)[0]).amaxNumber().doubleValue())
        .isLessThan(1e-12);
  }

  @Test
  void inputsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> new DeepNormVertex(0, 2, 1e-5)).hasMessageContaining("channels is 0");
    assertThatThrownBy(() -> new DeepNormVertex(4, Double.NaN, 1e-5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("alpha is NaN");
    assertThatThrownBy(() -> new DeepNormVertex(4, 2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epsilon is 0");
    DeepNormVertex vertex = new DeepNormVertex(5, 2, 1e-5);
    assertThatThrownBy(() -> vertex.getOutputType(0, InputType.feedForward(5)))
        .hasMessageContaining("two inputs of one type");
    assertThatThrownBy(
            () -> vertex.getOutputType(0, InputType.feedForward(4), InputType.feedForward(4)))
        .hasMessageContaining("made for 5 channels");
    InputType last = InputType.recurrent(5, 3, RNNFormat.NWC);
    assertThatThrownBy(() -> vertex.getOutputType(0, last, last))
        .hasMessageContaining("channels-first");
  }
}
