package org.normfree.core.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.InputException;
import org.normfree.core.diffuse.Denoising;
import org.normfree.core.diffuse.NoiseSchedule;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.StockExecutor;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Scope;
import org.normfree.core.train.CompiledExecutors;

class DiffusionTransformerTest {
  @RegisterExtension static final CompiledExecutors COMPILED = new CompiledExecutors();

  private static final int TIMES = 23;

  static List<String> names() {
    return Methods.names();
  }

  private static Method method(String name) {
    return Methods.create(name, MethodOptions.DEFAULTS);
  }

  private static DiTConfig small(DiTConfig.ZeroInit zeroInit, boolean learnedSigma) {
    return new DiTConfig(4, 6, 3, 5, 2, 12, 2, 3, 2, TIMES, 7, learnedSigma, zeroInit);
  }

  private static Denoising denoising(String method, DiTConfig.ZeroInit zeroInit) {
    return new Denoising(
        new DiffusionTransformer(small(zeroInit, true), method(method)),
        NoiseSchedule.linear(TIMES),
        0.3);
  }

  private static Map<String, INDArray> inputs(int batch) {
    return Map.of(
        Network.INPUT,
        Nd4j.linspace(DataType.FLOAT, -1, 2.0 / (batch * 72), batch * 72L).reshape(batch, 4, 6, 3),
        Network.TARGETS,
        Nd4j.createFromArray(new int[] {4, 0, 2, 1, 3}).get(NDArrayIndex.interval(0, batch)),
        Denoising.NOISE,
        Nd4j.linspace(DataType.FLOAT, 1, -2.0 / (batch * 72), batch * 72L).reshape(batch, 4, 6, 3),
        Denoising.TIME,
        Nd4j.createFromArray(new int[] {0, 22, 7, 1, 12}).get(NDArrayIndex.interval(0, batch)),
        "label_dropped",
        Nd4j.createFromArray(new int[] {0, 1, 0, 0, 1}).get(NDArrayIndex.interval(0, batch)));
  }

  /** Counted at depth 1 and 2, since blocks are alike; positions are fixed but are counted. */
  @ParameterizedTest
  @CsvSource({
    "dit-s/2, 32963360",
    "dit-b/4, 130475648",
    "dit-l/4, 458053760",
    "dit-xl/2, 675129632"
  })
  void presetsHaveThePublishedNumberOfParameters(String name, long published) {
    DiTConfig.Preset preset = DiTConfig.Preset.named(name).orElseThrow();
    long one = parameters(preset, 1);
    long block = parameters(preset, 2) - one;
    assertThat(one + (preset.depth() - 1) * block).isEqualTo(published);
  }

  private static long parameters(DiTConfig.Preset preset, int depth) {
    DiTConfig config =
        new DiTConfig(
            32,
            32,
            4,
            1000,
            preset.patch(),
            preset.dim(),
            depth,
            preset.heads(),
            4,
            1,
            DiTConfig.FREQUENCIES,
            true,
            DiTConfig.ZeroInit.DIT);
    Denoiser model = new DiffusionTransformer(config, method("pre-ln"));
    Scope root = Scope.root(DataType.FLOAT, 1);
    model.predict(
        root,
        root.graph().placeHolder("x", DataType.FLOAT, -1, 32, 32, 4),
        root.graph().placeHolder("t", DataType.INT32, -1),
        root.graph().placeHolder("y", DataType.INT32, -1));
    Network network = root.network();
    long trained =
        network.parameters().stream().mapToLong(p -> network.array(p.name()).length()).sum();
    return trained + network.array("positions").length();
  }

  @Test
  void dyTHasAnAlphaAPlaceAndNoGainsAndBiases() {
    Network ln = denoising("pre-ln", DiTConfig.ZeroInit.DIT).network(DataType.FLOAT, 1);
    Network dyt = denoising("dyt", DiTConfig.ZeroInit.DIT).network(DataType.FLOAT, 1);
    assertThat(dyt.parameters()).hasSize(ln.parameters().size() + 2 * 2 + 1);
    assertThat(dyt.parameters().stream().map(Network.Parameter::name))
        .noneMatch(name -> name.endsWith("gamma") || name.endsWith("beta"));
    assertThat(ln.parameters().stream().map(Network.Parameter::name))
        .noneMatch(name -> name.contains("norm"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyMethodTrainsOrRefusesWithAReason(String name) {
    if (method(name).startsAtIdentity()) {
      assertThatThrownBy(() -> denoising(name, DiTConfig.ZeroInit.DERF))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("method " + name + " starts its branches at 0")
          .hasMessageContaining("zero.init=derf");
    } else {
      assertTrains(name, DiTConfig.ZeroInit.DIT);
    }
    assertTrains(name, DiTConfig.ZeroInit.DYT);
  }

  private static void assertTrains(String name, DiTConfig.ZeroInit zeroInit) {
    Network network = denoising(name, zeroInit).network(DataType.FLOAT, 1);
    GraphExecutor.Pass pass =
        COMPILED.of(network).gradients(inputs(5), List.of(Denoising.PREDICTION, Network.LOSS));
    assertThat(pass.outputs().get(Network.LOSS).getDouble(0)).isFinite().isPositive();
    assertThat(pass.outputs().get(Denoising.PREDICTION).shape()).containsExactly(5, 4, 6, 6);
    // where all begins at 0, only the last map has a gradient
    assertThat(pass.gradients().get("last.linear.weight").norm2Number().doubleValue())
        .as(name)
        .isPositive();
    assertThat(pass.gradients()).hasSize(network.parameters().size());
  }

  @ParameterizedTest
  @EnumSource(DiTConfig.ZeroInit.class)
  void beginsAtZeroWhereTheSourceSaysSo(DiTConfig.ZeroInit zeroInit) {
    Network network = denoising("dyt", zeroInit).network(DataType.FLOAT, 1);
    assertThat(network.array("block1.modulation.weight").norm2Number().doubleValue() == 0)
        .isEqualTo(zeroInit.blocks());
    for (String name : List.of("last.modulation.weight", "last.linear.weight")) {
      assertThat(network.array(name).norm2Number().doubleValue() == 0).isEqualTo(zeroInit.last());
    }
    INDArray prediction =
        COMPILED
            .of(network)
            .output(inputs(5), List.of(Denoising.PREDICTION))
            .get(Denoising.PREDICTION);
    assertThat(prediction.norm2Number().doubleValue() == 0).isEqualTo(zeroInit.last());
  }

  @Test
  void queryKeyAndValueAreDrawnAsOneMatrix() {
    Network network = denoising("pre-ln", DiTConfig.ZeroInit.DYT).network(DataType.FLOAT, 1);
    double bound = Math.sqrt(6.0 / (4 * 12));
    for (String name : List.of("query", "key", "value")) {
      assertThat(network.array("block0.attention." + name + ".weight").amaxNumber().doubleValue())
          .isBetween(0.9 * bound, bound);
    }
    assertThat(network.array("block0.attention.out.weight").amaxNumber().doubleValue())
        .isBetween(0.9 * Math.sqrt(2) * bound, Math.sqrt(2) * bound);
    assertThat(network.array("label.weight").norm2Number().doubleValue())
        .isCloseTo(0.02 * Math.sqrt(6 * 12), within(0.006));
  }

  /** The plan against SameDiff's session, labels dropped and not, with a learned sigma. */
  @ParameterizedTest
  @CsvSource({"dyt, 5", "pre-ln, 2"})
  void thePlanAgreesWithTheSession(String name, int batch) {
    Network network = denoising(name, DiTConfig.ZeroInit.DYT).network(DataType.FLOAT, 1);
    List<String> outputs = List.of(Denoising.BITS, Denoising.LOSSES, Denoising.NOISY);
    try (GraphExecutor stock = new StockExecutor(network.graph())) {
      GraphExecutor.Pass expected = stock.gradients(inputs(batch), outputs);
      GraphExecutor.Pass found = COMPILED.of(network).gradients(inputs(batch), outputs);
      expected.outputs().forEach((n, value) -> assertClose(n, found.outputs().get(n), value));
      expected.gradients().forEach((n, value) -> assertClose(n, found.gradients().get(n), value));
    }
  }

  private static void assertClose(String name, INDArray found, INDArray expected) {
    double size = Math.max(1e-6, expected.amaxNumber().doubleValue());
    assertThat(found.sub(expected).amaxNumber().doubleValue() / size).as(name).isLessThan(1e-4);
  }

  @ParameterizedTest
  @CsvSource({
    "3, 12, 3, does not divide the image",
    "2, 10, 2, is not divisible by 4",
    "2, 12, 5, is not divisible by heads"
  })
  void whatDoesNotFitIsRefusedInOneLine(int patch, int dim, int heads, String reason) {
    assertThatThrownBy(
            () ->
                new DiTConfig(
                    4, 6, 3, 5, patch, dim, 1, heads, 2, 9, 7, true, DiTConfig.ZeroInit.DIT))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
  }

  @Test
  void aModelOfOtherTimesThanTheScheduleIsRefused() {
    DiffusionTransformer model =
        new DiffusionTransformer(small(DiTConfig.ZeroInit.DIT, false), method("dyt"));
    assertThatThrownBy(() -> new Denoising(model, NoiseSchedule.linear(50), 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("knows 23 times, the diffusion has 50");
    assertThatThrownBy(() -> new Denoising(model, NoiseSchedule.linear(50).respaced(23), 0))
        .isInstanceOf(InputException.class);
  }

  @Test
  void presetsAreFoundByTheirUsualNames() {
    assertThat(DiTConfig.Preset.names()).contains("dit-s/2", "dit-b/4", "dit-l/4", "dit-xl/8");
    assertThat(DiTConfig.Preset.named("dit-xl/4")).contains(new DiTConfig.Preset(1152, 28, 16, 4));
    assertThat(DiTConfig.Preset.named("dit-xl/3")).isEmpty();
  }
}
