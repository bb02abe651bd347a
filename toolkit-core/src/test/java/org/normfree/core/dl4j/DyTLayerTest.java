package org.normfree.core.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

class DyTLayerTest {
  /** Normal values; the first axis is the batch. */
  static INDArray normal(long seed, DataType type, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    Arrays.setAll(values, i -> random.nextGaussian());
    return Nd4j.createFromArray(values).reshape(shape).castTo(type);
  }

  /** Which of two classes by the sign of the product of the first two features. */
  static DataSet crosses(DataType type) {
    INDArray x = normal(1, type, 96, 4);
    INDArray labels = Nd4j.zeros(type, 96, 2);
    for (int i = 0; i < 96; i++) {
      labels.putScalar(i, x.getDouble(i, 0) * x.getDouble(i, 1) > 0 ? 1 : 0, 1);
    }
    return new DataSet(x, labels);
  }

  static NeuralNetConfiguration.Builder settings(DataType type) {
    return new NeuralNetConfiguration.Builder()
        .seed(7)
        .dataType(type)
        .updater(new Adam(0.02))
        .activation(Activation.TANH);
  }

  private static MultiLayerConfiguration classifier(DataType type) {
    return settings(type)
        .list()
        .layer(new DenseLayer.Builder().nOut(12).build())
        .layer(new DyTLayer.Builder().alpha0(0.8).build())
        .layer(output())
        .setInputType(InputType.feedForward(4))
        .build();
  }

  static OutputLayer output() {
    return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
        .nOut(2)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static MultiLayerNetwork network(MultiLayerConfiguration configuration) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  @Test
  void startsFromTheGivenValuesAndTrains() {
    MultiLayerNetwork network = network(classifier(DataType.FLOAT));
    assertThat(network.getParam("1_alpha")).isEqualTo(Nd4j.createFromArray(0.8f));
    assertThat(network.getParam("1_gamma")).isEqualTo(Nd4j.ones(DataType.FLOAT, 12));
    assertThat(network.getParam("1_beta")).isEqualTo(Nd4j.zeros(DataType.FLOAT, 12));

    DataSet data = crosses(DataType.FLOAT);
    double before = network.score(data);
    for (int i = 0; i < 150; i++) {
      network.fit(data);
    }
    assertThat(network.score(data)).isLessThan(before / 3);
    assertThat(Math.abs(network.getParam("1_alpha").getDouble(0) - 0.8)).isGreaterThan(0.05);
    assertThat(network.getParam("1_gamma").sub(1).amaxNumber().doubleValue()).isGreaterThan(0.05);
    assertThat(network.getParam("1_beta").amaxNumber().doubleValue()).isGreaterThan(0.05);
  }

  @Test
  void theGradientOfANetworkMeetsFiniteDifferences() {
    MultiLayerNetwork network = network(classifier(DataType.DOUBLE));
    DataSet data = crosses(DataType.DOUBLE);
    network.setInput(data.getFeatures());
    network.setLabels(data.getLabels());
    GradientCheck.holds(network, data.numExamples(), network::computeGradientAndScore);
  }

  @Test
  void configurationAndModelSurviveSaving(@TempDir Path folder) throws IOException {
    MultiLayerConfiguration configuration = classifier(DataType.FLOAT);
    MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
    assertThat(read).isEqualTo(configuration);
    assertThat(read.getConf(1).getLayer())
        .isNotEqualTo(new DyTLayer.Builder().alpha0(0.3).nIn(12).build());

    MultiLayerNetwork network = network(configuration);
    DataSet data = crosses(DataType.FLOAT);
    network.fit(data);
    File file = folder.resolve("model.zip").toFile();
    ModelSerializer.writeModel(network, file, true);
    MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file, true);
    assertThat(restored.output(data.getFeatures())).isEqualTo(network.output(data.getFeatures()));
    network.fit(data);
    restored.fit(data);
    assertThat(restored.params()).isEqualTo(network.params());
  }

  @Test
  void gammaAndBetaGoAlongTheChannelsOfEveryFormat() {
    alongChannels(InputType.feedForward(5), 1, 4, 5);
    alongChannels(InputType.recurrent(5, 3, RNNFormat.NCW), 1, 4, 5, 3);
    alongChannels(InputType.recurrent(5, 3, RNNFormat.NWC), 2, 4, 3, 5);
    alongChannels(InputType.convolutional(2, 3, 5, CNN2DFormat.NCHW), 1, 4, 5, 2, 3);
    alongChannels(InputType.convolutional(2, 3, 5, CNN2DFormat.NHWC), 3, 4, 2, 3, 5);
    alongChannels(
        InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 2, 3, 1, 5), 1, 4, 5, 2, 3, 1);
    alongChannels(
        InputType.convolutional3D(Convolution3D.DataFormat.NDHWC, 2, 3, 1, 5), 4, 4, 2, 3, 1, 5);
  }

  private static void alongChannels(InputType type, int axis, long... shape) {
    MultiLayerNetwork network =
        network(
            settings(DataType.DOUBLE)
                .list()
                .layer(new DyTLayer.Builder().build())
                .setInputType(type)
                .build());
    INDArray gamma = normal(2, DataType.DOUBLE, 5);
    INDArray beta = normal(3, DataType.DOUBLE, 5);
    network.getParam("0_gamma").assign(gamma);
    network.getParam("0_beta").assign(beta);
    INDArray x = normal(4, DataType.DOUBLE, shape);
    INDArray y = network.output(x);
    assertThat(y.shape()).isEqualTo(x.shape());
    for (int c = 0; c < 5; c++) {
      double g = gamma.getDouble(c);
      double b = beta.getDouble(c);
      INDArray input = slice(x, axis, c);
      INDArray output = slice(y, axis, c);
      for (long i = 0; i < input.length(); i++) {
        assertThat(output.getDouble(i))
            .as("%s, channel %d", type, c)
            .isCloseTo(g * Math.tanh(0.5 * input.getDouble(i)) + b, within(1e-12));
      }
    }
  }

  private static INDArray slice(INDArray array, int axis, long index) {
    int[] others = IntStream.range(0, array.rank()).filter(i -> i != axis).toArray();
    return array.tensorAlongDimension(index, others).dup('c');
  }

  @Test
  void anUnknownWidthAndAWrongAlphaAreRefused() {
    MultiLayerConfiguration configuration =
        settings(DataType.FLOAT).list().layer(new DyTLayer.Builder().build()).build();
    assertThatThrownBy(() -> network(configuration))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("does not know its number of channels");
    assertThatThrownBy(() -> new DyTLayer.Builder().alpha0(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("alpha0 is NaN");
    assertThatThrownBy(() -> new DyTLayer.Builder().nIn(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nIn is 0");
  }

  @Test
  void weightDecayLeavesTheParametersAlone() {
    MultiLayerNetwork network =
        network(
            settings(DataType.FLOAT)
                .weightDecay(0.5)
                .list()
                .layer(new DyTLayer.Builder().nIn(4).build())
                .build());
    assertThat(network.getLayer(0).conf().getLayer().getRegularizationByParam("gamma"))
        .isNullOrEmpty();
    assertThat(network.getLayer(0).conf().getLayer().getRegularizationByParam("alpha"))
        .isNullOrEmpty();
  }
}
