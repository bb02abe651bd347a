package org.normfree.core.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.normfree.core.InputException;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.model.image.MaskedAutoencoderConfig.Preset;
import org.normfree.core.model.image.MaskedAutoencoderConfig.Tower;
import org.normfree.core.nn.Network;

class MaskedAutoencoderTest {
  private static final int BATCH = 3;

  /** Patches that are no squares' worth, 3 of 10 kept. */
  private static MaskedAutoencoderConfig config(boolean normPix) {
    return new MaskedAutoencoderConfig(
        new Patches(4, 10, 2, 2), new Tower(8, 2, 2), new Tower(12, 1, 3), 1.5, 0.7, normPix);
  }

  private static Method method(String name) {
    return Methods.create(name, MethodOptions.DEFAULTS);
  }

  static List<String> methods() {
    return Methods.names();
  }

  private static Map<String, INDArray> placeholders() {
    SplittableRandom random = new SplittableRandom(5);
    double[] pixels = random.doubles(BATCH * 4L * 10 * 2, -1, 1).toArray();
    int[][] kept = {{7, 0, 3}, {9, 8, 1}, {2, 4, 6}};
    Map<String, INDArray> values = new HashMap<>();
    values.put(Network.INPUT, Nd4j.createFromArray(pixels).reshape(BATCH, 4, 10, 2));
    values.put(MaskedAutoencoder.KEPT, Nd4j.createFromArray(kept));
    return values;
  }

  private static void perturb(Network network) {
    SplittableRandom random = new SplittableRandom(6);
    for (Network.Parameter parameter : network.parameters()) {
      INDArray array = network.array(parameter.name());
      array.addi(direction(random, array).mul(0.2));
    }
  }

  private static INDArray direction(SplittableRandom random, INDArray array) {
    return Nd4j.createFromArray(random.doubles(array.length(), -1, 1).toArray())
        .reshape(array.shape());
  }

  /** Lets σReparam's u settle, where the gradient that takes it as a constant is the true one. */
  private static void settleStates(Network network, GraphExecutor executor) {
    List<String> next = network.states().stream().flatMap(s -> s.next().stream()).toList();
    boolean moving = !next.isEmpty();
    for (int i = 0; i < 300 && moving; i++) {
      Map<String, INDArray> values = executor.output(placeholders(), next);
      moving = false;
      for (Network.State state : network.states()) {
        INDArray now = values.get(state.next().orElseThrow());
        INDArray before = network.array(state.name());
        moving |= now.sub(before).amaxNumber().doubleValue() > 1e-14;
        before.assign(now);
      }
    }
  }

  /** Along a random direction of all parameters of a place at once: of a block, of the rest. */
  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodsGradientAgreesWithFiniteDifferences(String name) {
    Network network =
        MaskedAutoencoder.build(config(name.length() % 2 == 0), method(name), DataType.DOUBLE, 11);
    perturb(network);
    Map<String, List<String>> places =
        names(network).stream()
            .collect(Collectors.groupingBy(n -> n.replaceFirst("\\.[^.]*(\\.[^.]*)?$", "")));
    try (GraphExecutor executor = new CompiledExecutor(network.graph(), CompilerSettings.of(1))) {
      settleStates(network, executor);
      Map<String, INDArray> in = placeholders();
      Map<String, INDArray> gradients = new HashMap<>();
      executor
          .gradients(in, List.of(Network.LOSS))
          .gradients()
          .forEach((parameter, gradient) -> gradients.put(parameter, gradient.dup()));
      SplittableRandom random = new SplittableRandom(7);
      places.forEach(
          (place, members) -> {
            Map<String, INDArray> direction = new HashMap<>();
            members.forEach(m -> direction.put(m, direction(random, network.array(m))));
            double h = 1e-6;
            direction.forEach((m, d) -> network.array(m).addi(d.mul(h)));
            double up = number(executor, in, Network.LOSS);
            direction.forEach((m, d) -> network.array(m).subi(d.mul(2 * h)));
            double down = number(executor, in, Network.LOSS);
            direction.forEach((m, d) -> network.array(m).addi(d.mul(h)));
            double analytic =
                members.stream()
                    .mapToDouble(
                        m -> gradients.get(m).mul(direction.get(m)).sumNumber().doubleValue())
                    .sum();
            assertThat(Math.abs(analytic - (up - down) / (2 * h)))
                .as(name + " gradient at " + place)
                .isLessThan(1e-6 * (0.01 + Math.abs(analytic)));
          });
    }
  }

  private static double number(GraphExecutor executor, Map<String, INDArray> in, String name) {
    return executor.output(in, List.of(name)).get(name).getDouble(0);
  }

  /** A hidden patch can be guessed from what is kept alone. */
  @Test
  void nothingOfAHiddenPatchReachesThePrediction() {
    Network network = MaskedAutoencoder.build(config(false), method("pre-ln"), DataType.DOUBLE, 11);
    perturb(network);
    Map<String, INDArray> in = placeholders();
    SameDiff sd = network.graph();
    INDArray before = sd.outputSingle(in, MaskedAutoencoder.PREDICTION).dup();
    INDArray mask = sd.outputSingle(in, MaskedAutoencoder.MASK);
    assertThat(mask.sum(1).toDoubleVector()).containsExactly(7, 7, 7);
    assertThat(mask.getRow(0).toDoubleVector()).containsExactly(0, 1, 1, 0, 1, 1, 1, 0, 1, 1);
    INDArray image = in.get(Network.INPUT);
    image.putScalar(new int[] {0, 1, 2, 1}, 9); // patch 1, hidden
    INDArray after = sd.outputSingle(in, MaskedAutoencoder.PREDICTION).dup();
    assertThat(after.sub(before).amaxNumber().doubleValue()).isZero();
    image.putScalar(new int[] {0, 1, 1, 1}, 9); // patch 0, kept
    INDArray changed = sd.outputSingle(in, MaskedAutoencoder.PREDICTION);
    assertThat(changed.sub(before).amaxNumber().doubleValue()).isGreaterThan(1e-3);
  }

  @Test
  void theOrderOfWhatIsKeptDoesNotMatter() {
    Network network = MaskedAutoencoder.build(config(true), method("dyt"), DataType.DOUBLE, 11);
    perturb(network);
    Map<String, INDArray> in = placeholders();
    double loss = network.graph().outputSingle(in, Network.LOSS).getDouble(0);
    in.put(
        MaskedAutoencoder.KEPT,
        Nd4j.createFromArray(new int[][] {{0, 3, 7}, {8, 1, 9}, {6, 4, 2}}));
    assertThat(network.graph().outputSingle(in, Network.LOSS).getDouble(0))
        .isCloseTo(loss, within(1e-13));
  }

  @Test
  void theLossesOfZeroAndOfTheMeanImageAreThoseOfTheHiddenPatches() {
    MaskedAutoencoderConfig config = config(false);
    double[] mean = new SplittableRandom(3).doubles(10 * 8, -1, 1).toArray();
    Network network =
        MaskedAutoencoder.build(config, method("dyt"), DataType.DOUBLE, 1, Optional.of(mean));
    Map<String, INDArray> in = placeholders();
    double[] target =
        network.graph().outputSingle(in, MaskedAutoencoder.TARGET).dup('c').data().asDouble();
    double[] mask =
        network.graph().outputSingle(in, MaskedAutoencoder.MASK).dup('c').data().asDouble();
    double zero = 0;
    double meanImage = 0;
    for (int i = 0; i < target.length; i++) {
      double hidden = mask[i / 8] / (21 * 8);
      zero += hidden * target[i] * target[i];
      meanImage += hidden * Math.pow(target[i] - mean[i % 80], 2);
    }
    assertThat(network.graph().outputSingle(in, MaskedAutoencoder.ZERO_LOSS).getDouble(0))
        .isCloseTo(zero, within(1e-13));
    assertThat(network.graph().outputSingle(in, MaskedAutoencoder.MEAN_IMAGE_LOSS).getDouble(0))
        .isCloseTo(meanImage, within(1e-13));
    // pixel (1, 5, channel 1) is that of row 1, column 1 in patch 2
    assertThat(target[2 * 8 + 2 * 3 + 1]).isEqualTo(in.get(Network.INPUT).getDouble(0, 1, 5, 1));
  }

  /** All blocks of a stack are alike, so one of each tells the count at any depth. */
  private static long parameters(Preset preset, String method) {
    Tower encoder = preset.encoder();
    Tower decoder = preset.decoder();
    MaskedAutoencoderConfig config =
        new MaskedAutoencoderConfig(
            new Patches(224, 224, 3, 16),
            new Tower(encoder.dim(), 1, encoder.heads()),
            new Tower(decoder.dim(), 1, decoder.heads()),
            4,
            MaskedAutoencoderConfig.MASK_RATIO,
            true);
    Network network = MaskedAutoencoder.build(config, method(method), DataType.FLOAT, 1);
    return parameters(network, "")
        + (encoder.depth() - 1) * parameters(network, "block0.")
        + (decoder.depth() - 1) * parameters(network, "decoder.block0.");
  }

  private static long parameters(Network network, String place) {
    return names(network).stream()
        .filter(name -> name.startsWith(place))
        .mapToLong(name -> network.array(name).length())
        .sum();
  }

  @ParameterizedTest
  @CsvSource({
    "mae-base, pre-ln, 111655680, 111907840",
    "mae-base, dyt, 111655722, 111907882",
    "mae-large, pre-ln, 329239296, 329541888",
    "mae-large, dyt, 329239362, 329541954"
  })
  void thePresetsHaveThePublishedParameters(
      String model, String method, long trained, long withPositions) {
    Preset preset = Preset.named(model).orElseThrow();
    long parameters = parameters(preset, method);
    assertThat(parameters).isEqualTo(trained);
    long positions = (1 + 196L) * (preset.encoder().dim() + preset.decoder().dim());
    assertThat(parameters + positions).isEqualTo(withPositions);
  }

  @Test
  void weightsStartAsPublished() {
    MaskedAutoencoderConfig config = Preset.SMALL.of(new Patches(32, 32, 3, 4), true);
    Network network = MaskedAutoencoder.build(config, method("pre-ln"), DataType.DOUBLE, 1);
    assertThat(largest(network, "block0.attention.query.weight"))
        .isCloseTo(Math.sqrt(6 / (4.0 * 128)), within(1e-4));
    assertThat(largest(network, "block0.attention.out.weight"))
        .isCloseTo(Math.sqrt(6 / (2.0 * 128)), within(1e-4));
    assertThat(largest(network, "patch.bias")).isBetween(0.9 / Math.sqrt(48), 1 / Math.sqrt(48));
    assertThat(largest(network, "block0.attention.query.bias")).isZero();
    assertThat(largest(network, "decoder.embed.bias")).isZero();
    Network tuned =
        MaskedAutoencoder.classifier(config, 10, 0, method("pre-ln"), DataType.DOUBLE, 1);
    INDArray head = tuned.array("head.weight");
    assertThat(head.stdNumber().doubleValue()).isCloseTo(2e-5, within(2e-6));
  }

  private static double largest(Network network, String parameter) {
    return network.array(parameter).amaxNumber().doubleValue();
  }

  @Test
  void theThreeNetworksHaveOneEncoder() {
    MaskedAutoencoderConfig config = config(true);
    Network whole = MaskedAutoencoder.build(config, method("dyt"), DataType.DOUBLE, 4);
    Network features = MaskedAutoencoder.features(config, method("dyt"), DataType.DOUBLE, 4);
    Network tuned = MaskedAutoencoder.classifier(config, 3, 0.2, method("dyt"), DataType.DOUBLE, 4);
    List<String> names = names(whole);
    assertThat(names(features))
        .containsExactlyElementsOf(
            names.stream().filter(name -> !name.startsWith("decoder.")).toList());
    assertThat(names(tuned))
        .containsAll(names(features).stream().filter(name -> !name.startsWith("norm.")).toList())
        .contains("positions", "fc_norm.alpha", "head.weight")
        .doesNotContain("norm.alpha");
    assertThat(
            tuned
                .array("positions")
                .get(NDArrayIndex.point(0), NDArrayIndex.point(0))
                .amaxNumber()
                .doubleValue())
        .isZero();
    Map<String, INDArray> in = Map.of(Network.INPUT, placeholders().get(Network.INPUT));
    assertThat(features.graph().outputSingle(in, MaskedAutoencoder.FEATURES).shape())
        .containsExactly(BATCH, 8);
  }

  private static List<String> names(Network network) {
    return network.parameters().stream().map(Network.Parameter::name).toList();
  }

  @Test
  void layersCountFromTheTokensToTheHead() {
    Network tuned =
        MaskedAutoencoder.classifier(config(true), 3, 0, method("dyt"), DataType.FLOAT, 4);
    Map<String, Integer> layers = new HashMap<>();
    names(tuned).forEach(name -> layers.put(name, MaskedAutoencoder.layer(2, name)));
    assertThat(layers)
        .containsEntry("patch.weight", 0)
        .containsEntry("class_token", 0)
        .containsEntry("positions", 0)
        .containsEntry("block0.attention.norm.alpha", 1)
        .containsEntry("block1.ffn.fc2.bias", 2)
        .containsEntry("fc_norm.alpha", 3)
        .containsEntry("head.bias", 3);
    assertThat(LongStream.range(0, 4).allMatch(i -> layers.containsValue((int) i))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "2, 8, 2, 8, 4, 1, mask.ratio=1.0",
    "2, 8, 2, 8, 4, 0, mask.ratio=0.0",
    "2, 8, 2, 8, 4, 0.95, keeps 0 of 10 patches",
    "2, 6, 2, 8, 4, 0.7, encoder=6 is not divisible by 4",
    "2, 8, 2, 10, 2, 0.7, decoder=10 is not divisible by 4",
    "2, 8, 3, 8, 4, 0.7, width=8 is not divisible by heads=3",
    "3, 8, 2, 8, 4, 0.7, patch=3 does not divide the image of 4×10",
    "0, 8, 2, 8, 4, 0.7, patch=0"
  })
  void whatDoesNotFitIsRefused(
      int patch, int dim, int heads, int decoderDim, int decoderHeads, double ratio, String why) {
    assertThatThrownBy(
            () ->
                new MaskedAutoencoderConfig(
                    new Patches(4, 10, 2, patch),
                    new Tower(dim, 1, heads),
                    new Tower(decoderDim, 1, decoderHeads),
                    4,
                    ratio,
                    true))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(why);
  }

  @Test
  void howManyAreKeptIsNotRounded() {
    assertThat(Arrays.asList(Masking.kept(10, 0.9), Masking.kept(20, 0.9), Masking.kept(10, 0.7)))
        .containsExactly(0, 1, 3); // as the published code's int() of a double
    Masking masking = Masking.ofNoise(new double[] {0.5, 0.1, 0.5, 0.4}, 0.5);
    assertThat(masking.visible()).containsExactly(1, 3);
    assertThat(masking.places()).containsExactly(2, 0, 3, 1); // equal noise stays in order
    assertThat(masking.mask()).containsExactly(1, 0, 1, 0);
  }
}
