package org.normfree.core.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.Precision;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.method.DeepNormCoefficients;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.method.Stack;
import org.normfree.core.model.FeedForward;
import org.normfree.core.nn.Network;
import org.normfree.core.op.DeepNorm;

class TransformerTest {
  private static final int[][] SOURCES = {{4, 5, 6, 2}, {7, 2}, {8, 9, 2}};
  private static final int[][] TARGETS = {{5, 2}, {6, 7, 8, 9, 2}, {4, 4, 2}};

  private static TransformerConfig config(boolean tied, double smoothing) {
    return new TransformerConfig(10, 12, 2, 3, 3, 16, 8, FeedForward.RELU, tied, 0, smoothing);
  }

  private static INDArray padded(int[][] rows, int length, int padding) {
    return Nd4j.createFromArray(
        Arrays.stream(rows)
            .map(
                row ->
                    IntStream.range(0, length)
                        .map(i -> i < row.length ? row[i] : padding)
                        .toArray())
            .toArray(int[][]::new));
  }

  private static INDArray positions(int length) {
    return Nd4j.createFromArray(IntStream.range(0, length).toArray());
  }

  /** A batch of some pairs, padded by so much more than needed. */
  private static Map<String, INDArray> batch(int more, int... pairs) {
    int[][] sources = Arrays.stream(pairs).mapToObj(i -> SOURCES[i]).toArray(int[][]::new);
    int[][] targets = Arrays.stream(pairs).mapToObj(i -> TARGETS[i]).toArray(int[][]::new);
    int s = Arrays.stream(sources).mapToInt(row -> row.length).max().orElseThrow() + more;
    int t = Arrays.stream(targets).mapToInt(row -> row.length).max().orElseThrow() + more;
    int[][] shifted =
        Arrays.stream(targets)
            .map(row -> IntStream.concat(IntStream.of(1), Arrays.stream(row)).toArray())
            .map(row -> Arrays.copyOf(row, row.length - 1))
            .toArray(int[][]::new);
    INDArray input = padded(sources, s, 0);
    Map<String, INDArray> values = new HashMap<>();
    values.put(Network.INPUT, input);
    values.put(Network.INPUT_MASK, input.neq(0).castTo(DataType.DOUBLE));
    values.put(Network.POSITIONS, positions(s));
    values.put(Network.DECODER_INPUT, padded(shifted, t, 0));
    values.put(Network.DECODER_POSITIONS, positions(t));
    values.put(Network.TARGETS, padded(targets, t, Network.IGNORED));
    return values;
  }

  private static double loss(GraphExecutor executor, Map<String, INDArray> batch) {
    return executor.output(batch, List.of(Network.LOSS)).get(Network.LOSS).getDouble(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pre-ln", "post-ln", "dyt", "deepnorm", "fixup", "sigma-reparam"})
  void aPaddedBatchHasTheLossesOfItsSentences(String name) {
    Method method = Methods.create(name, MethodOptions.DEFAULTS);
    Network network = Transformer.build(config(true, 0), method, DataType.DOUBLE, 3);
    try (GraphExecutor executor = new StockExecutor(network.graph())) {
      paddingDoesNotCount(executor, 1e-9);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pre-ln", "post-ln", "dyt", "deepnorm", "fixup", "sigma-reparam"})
  void soItHasInACompiledPlanOfSinglePrecision(String name) {
    Method method = Methods.create(name, MethodOptions.DEFAULTS);
    Network network = Transformer.build(config(true, 0), method, DataType.FLOAT, 3);
    CompilerSettings settings =
        new CompilerSettings(2, Precision.FLOAT32, Kernels.standard(), Set.of(), false);
    try (GraphExecutor executor = new CompiledExecutor(network.graph(), settings)) {
      paddingDoesNotCount(executor, 1e-5);
    }
  }

  private static void paddingDoesNotCount(GraphExecutor executor, double tolerance) {
    double sum = 0;
    int tokens = 0;
    for (int pair = 0; pair < SOURCES.length; pair++) {
      sum += loss(executor, batch(0, pair)) * TARGETS[pair].length;
      tokens += TARGETS[pair].length;
    }
    assertThat(loss(executor, batch(0, 0, 1, 2))).isCloseTo(sum / tokens, within(tolerance));
    assertThat(loss(executor, batch(2, 0, 1, 2))).isCloseTo(sum / tokens, within(tolerance));
  }

  @Test
  void aDecoderDoesNotSeeWhatComesLater() {
    Method method = Methods.create("pre-ln", MethodOptions.DEFAULTS);
    Network network = Transformer.build(config(false, 0), method, DataType.DOUBLE, 3);
    try (GraphExecutor executor = new StockExecutor(network.graph())) {
      Map<String, INDArray> batch = batch(0, 1);
      INDArray before =
          executor.output(batch, List.of(Network.LOGITS)).get(Network.LOGITS).slice(0).dup();
      batch.get(Network.DECODER_INPUT).putScalar(0, 3, 5);
      INDArray after = executor.output(batch, List.of(Network.LOGITS)).get(Network.LOGITS).slice(0);
      for (int i = 0; i < 5; i++) {
        assertThat(after.getRow(i).equals(before.getRow(i))).as("place %d", i).isEqualTo(i < 3);
      }
    }
  }

  @Test
  void smoothingChangesTheLossButNotTheCrossEntropy() {
    Method method = Methods.create("pre-ln", MethodOptions.DEFAULTS);
    Network plain = Transformer.build(config(true, 0), method, DataType.DOUBLE, 3);
    Network smooth = Transformer.build(config(true, 0.2), method, DataType.DOUBLE, 3);
    Map<String, INDArray> batch = batch(0, 0, 1, 2);
    try (GraphExecutor first = new StockExecutor(plain.graph());
        GraphExecutor second = new StockExecutor(smooth.graph())) {
      double expected = loss(first, batch);
      assertThat(smooth.objective().evaluation().get(0).variables())
          .containsExactly(Network.CROSS_ENTROPY);
      assertThat(smooth.objective().training().get(0).variables()).containsExactly(Network.LOSS);
      Map<String, INDArray> values =
          second.output(batch, List.of(Network.LOSS, Network.CROSS_ENTROPY));
      assertThat(values.get(Network.CROSS_ENTROPY).getDouble(0)).isCloseTo(expected, within(1e-12));
      assertThat(values.get(Network.LOSS).getDouble(0)).isNotCloseTo(expected, within(1e-3));
    }
  }

  @Test
  void deepNormHasTheConstantsOfEachArchitecture() {
    Method method = Methods.create("deepnorm", MethodOptions.DEFAULTS);
    Network pair = Transformer.build(config(true, 0), method, DataType.FLOAT, 3);
    DeepNormCoefficients encoder = DeepNormCoefficients.encoder(2, 3);
    DeepNormCoefficients decoder = DeepNormCoefficients.decoder(2, 3);
    assertThat(alphas(pair, "encoder.")).hasSize(4).containsOnly(encoder.alpha());
    assertThat(alphas(pair, "decoder.")).hasSize(9).containsOnly(decoder.alpha());
    DecoderLmConfig lm = DecoderLmConfig.llama(10, 12, 2, 3, 8);
    Network language = DecoderLm.build(lm, method, DataType.FLOAT, 3);
    double alone = DeepNormCoefficients.of(Stack.decoderOnly(2)).alpha();
    assertThat(alphas(language, "")).hasSize(4).containsOnly(alone);
    EncoderConfig masked = new EncoderConfig(10, 12, 5, 3, 16, 8, FeedForward.GELU, 0, 0);
    Network encoderOnly = TextEncoder.build(masked, method, DataType.FLOAT, 3);
    double only = DeepNormCoefficients.of(Stack.encoderOnly(5)).alpha();
    assertThat(alphas(encoderOnly, "")).hasSize(10).containsOnly(only);
  }

  /** α of every DeepNorm below a place. */
  private static List<Double> alphas(Network network, String place) {
    return network.graph().getOps().values().stream()
        .filter(op -> op.getOp() instanceof DeepNorm)
        .filter(op -> op.getOutputsOfOp().get(0).startsWith(place))
        .map(op -> ((DeepNorm) op.getOp()).getTArgument(0))
        .toList();
  }

  @Test
  void aTiedTableIsOneParameter() {
    Method method = Methods.create("pre-ln", MethodOptions.DEFAULTS);
    Network tied = Transformer.build(config(true, 0), method, DataType.FLOAT, 3);
    Network free = Transformer.build(config(false, 0), method, DataType.FLOAT, 3);
    assertThat(names(tied)).contains("embedding.weight").doesNotContain("head.weight");
    assertThat(names(free))
        .contains("encoder.embedding.weight", "decoder.embedding.weight", "head.weight")
        .doesNotContain("embedding.weight");
  }

  private static List<String> names(Network network) {
    return network.parameters().stream().map(Network.Parameter::name).toList();
  }

  @Test
  void wrongShapesAreRefused() {
    assertThatThrownBy(() -> DecoderLmConfig.llama(10, 9, 1, 3, 8))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("rotary positions turn pairs of channels, but width=9 over heads=3");
    assertThatThrownBy(
            () -> new TransformerConfig(10, 12, 0, 1, 3, 16, 8, FeedForward.RELU, true, 0, 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("depth=0, expected at least 1 encoder layer");
    assertThatThrownBy(
            () -> new TransformerConfig(10, 12, 1, 1, 3, 16, 8, FeedForward.RELU, true, 1, 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("dropout=1.0, expected a rate in [0, 1)");
  }
}
