package org.normfree.core.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.InputException;
import org.normfree.core.exec.CompiledExecutor;
import org.normfree.core.exec.CompilerSettings;
import org.normfree.core.exec.GraphExecutor;
import org.normfree.core.exec.Precision;
import org.normfree.core.kernel.Kernels;
import org.normfree.core.method.Method;
import org.normfree.core.method.MethodOptions;
import org.normfree.core.method.Methods;
import org.normfree.core.nn.Distribution;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.RandomInput;
import org.normfree.core.nn.Scope;

/** ConvNeXt, ResNet and VGG: sizes, starts, methods, refusals. */
class ConvolutionalModelsTest {
  private static final int BATCH = 3;
  private static final ImageShape IMAGES = new ImageShape(13, 11, 2, 3);
  private static final ImageShape IMAGENET = new ImageShape(224, 224, 3, 1000);
  private static final ImageShape CIFAR = new ImageShape(32, 32, 3, 10);

  /** Whose pages say that they are for Transformers only. */
  private static final Set<String> REFUSING =
      Set.of(
          "post-ln",
          "ds-init",
          "post-ln-init",
          "deepnorm",
          "deepnorm-adam",
          "deepnorm-lamb",
          "admin",
          "t-fixup",
          "peri-ln",
          "lns",
          "mix-ln",
          "keel",
          "span-norm",
          "siamese-norm",
          "block-attn-res",
          "hyper-connections",
          "hyper-connections-4");

  private static Method method(String name) {
    return Methods.create(name, MethodOptions.DEFAULTS);
  }

  private static ConvNeXtConfig convNeXt(double dropPath, ConvNeXtConfig.Weights weights) {
    return new ConvNeXtConfig(
        IMAGES, 2, 2, 5, List.of(4, 6, 5), List.of(1, 2, 1), 0.3, dropPath, weights);
  }

  /** One of each kind of block, shortcut, stem and head. */
  private static Map<String, ImageClassifier> families() {
    Map<String, ImageClassifier> families = new LinkedHashMap<>();
    families.put("convnext", convNeXt(0.2, ConvNeXtConfig.Weights.FAN_IN));
    families.put(
        "resnet",
        new ResNetConfig(
            IMAGES,
            ResNetConfig.Stem.SMALL,
            ResNetConfig.Block.BASIC,
            ResNetConfig.Shortcut.PAD,
            4,
            List.of(4, 6),
            List.of(1, 2)));
    families.put(
        "bottlenecks",
        new ResNetConfig(
            IMAGES,
            ResNetConfig.Stem.IMAGENET,
            ResNetConfig.Block.BOTTLENECK,
            ResNetConfig.Shortcut.PROJECTION,
            4,
            List.of(2, 3),
            List.of(1, 1)));
    families.put("vgg", new VggConfig(IMAGES, List.of(4, 0, 5, 5), 1, List.of(6), 0.5));
    return families;
  }

  static List<String> methods() {
    return Methods.names();
  }

  private static Map<String, INDArray> placeholders(Network network) {
    SplittableRandom random = new SplittableRandom(5);
    Map<String, INDArray> values = new HashMap<>();
    double[] pixels =
        random
            .doubles((long) BATCH * IMAGES.height() * IMAGES.width() * IMAGES.channels(), -1, 1)
            .toArray();
    values.put(
        Network.INPUT,
        Nd4j.createFromArray(pixels)
            .reshape(BATCH, IMAGES.height(), IMAGES.width(), IMAGES.channels())
            .castTo(DataType.FLOAT));
    float[][] labels = {{0.9f, 0.05f, 0.05f}, {0.2f, 0.3f, 0.5f}, {0, 1, 0}};
    values.put(Network.LABELS, Nd4j.createFromArray(labels));
    for (RandomInput noise : network.randoms()) {
      long[] shape = noise.shape().stream().mapToLong(size -> size.among(values)).toArray();
      values.put(noise.name(), Nd4j.ones(DataType.FLOAT, shape));
    }
    return values;
  }

  /** Each runs forward and backward, or refuses with a reason. */
  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodTrainsEveryFamilyOrSaysWhyNot(String name) {
    families()
        .forEach(
            (family, config) -> {
              if (REFUSING.contains(name)) {
                assertThatThrownBy(() -> config.build(method(name), DataType.FLOAT, 1))
                    .as(family)
                    .isInstanceOf(InputException.class)
                    .hasMessageContainingAll("method " + name, "a stack of convolutions: it");
              } else {
                learns(name + " in " + family, config.build(method(name), DataType.FLOAT, 1));
              }
            });
  }

  private static void learns(String what, Network network) {
    CompilerSettings settings =
        new CompilerSettings(2, Precision.FLOAT32, Kernels.standard(), network.moving(), false);
    try (GraphExecutor executor = new CompiledExecutor(network.graph(), settings)) {
      GraphExecutor.Pass pass =
          executor.gradients(placeholders(network), List.of(Network.LOSS, Network.LOGITS));
      assertThat(pass.outputs().get(Network.LOSS).getDouble(0)).as(what).isBetween(0.01, 20.0);
      assertThat(pass.outputs().get(Network.LOGITS).shape()).containsExactly(BATCH, 3);
      assertThat(pass.gradients().keySet())
          .as(what)
          .containsExactlyInAnyOrderElementsOf(
              network.parameters().stream().map(Network.Parameter::name).toList());
      double all = 0;
      for (INDArray gradient : pass.gradients().values()) {
        all += gradient.norm2Number().doubleValue();
      }
      assertThat(all).as(what + ", sizes of gradients").isFinite().isPositive();
    }
  }

  /** Published counts, and one α more a norm for DyT. */
  @ParameterizedTest
  @CsvSource({
    "convnext-tiny, pre-ln, 28589128, 23",
    "convnext-tiny, dyt, 28589151, 23",
    "convnext-base, pre-ln, 88591464, 41",
    "convnext-large, pre-ln, 197767336, 41",
    "resnet-18, batch-norm, 11689512, 20",
    "resnet-18, dyt, 11689532, 20",
    "resnet-50, batch-norm, 25557032, 53",
    "resnet-50, dyt, 25557085, 53",
    "vgg-19, batch-norm, 143678248, 16",
    "vgg-19, skipinit, 143667240, 0"
  })
  void thePresetsHaveTheirPublishedSizes(String model, String name, long parameters, int norms) {
    ImageClassifier config = ImageClassifiers.create(model, IMAGENET, ConvolutionalModelsTest::own);
    Network outline = Scope.outline(DataType.FLOAT, root -> config.declare(root, method(name)));
    assertThat(outline.norms()).hasSize(norms);
    assertThat(ImageClassifier.parameters(outline)).isEqualTo(parameters);
  }

  @Test
  void aCountIsThatOfTheNetworkAsItIsBuilt() {
    families()
        .forEach(
            (family, config) -> {
              Network network = config.build(method("dyt"), DataType.FLOAT, 1);
              assertThat(config.parameters(method("dyt")))
                  .as(family)
                  .isEqualTo(ImageClassifier.parameters(network));
            });
  }

  @Test
  void resNet20HasAQuarterOfAMillion() {
    ResNetConfig config = ResNetConfig.Preset.RESNET_20.config(CIFAR);
    assertThat(config.parameters(method("batch-norm"))).isBetween(265_000L, 275_000L);
  }

  /** What settings give where nobody sets anything. */
  private static Object own(String name) {
    return switch (name) {
      case "init" -> "published";
      case "pool" -> "mean";
      case "dims", "depths", "head.dims" -> List.of();
      case "drop.path", "init.std" -> 0.0;
      case "init.cut" -> "none";
      case "block.scale" -> 1e-6;
      case "head.dropout" -> 0.5;
      case "downsample" -> 2;
      case "kernel" -> 7;
      case "mlp.ratio" -> 4.0;
      case "patch" -> 16;
      default -> 0;
    };
  }

  @Test
  void dropPathRisesOverAllStages() {
    ConvNeXtConfig config = convNeXt(0.3, ConvNeXtConfig.Weights.FAN_IN);
    Network network = config.build(method("pre-ln"), DataType.FLOAT, 1);
    assertThat(network.randoms())
        .extracting(RandomInput::name)
        .containsExactly(
            "stage1.block0.branch.drop_path",
            "stage1.block1.branch.drop_path",
            "stage2.block0.branch.drop_path");
    double[] rates =
        network.randoms().stream()
            .mapToDouble(random -> ((Distribution.Bernoulli) random.distribution()).rate())
            .toArray();
    assertThat(rates).containsExactly(new double[] {0.1, 0.2, 0.3}, within(1e-12));
    assertThat(network.randoms()).allSatisfy(random -> assertThat(random.shape()).hasSize(4));
  }

  /** A dropped branch leaves its image as it was, and no other. */
  @Test
  void aDroppedBranchIsThatOfOneImage() {
    Network network =
        convNeXt(0.3, ConvNeXtConfig.Weights.FAN_IN).build(method("pre-ln"), DataType.FLOAT, 1);
    Map<String, INDArray> in = placeholders(network);
    String name = "stage1.block0.branch.drop_path";
    in.put(name, Nd4j.createFromArray(1f, 0f, 2f).reshape(BATCH, 1, 1, 1));
    Supplier<INDArray> logits = () -> network.graph().outputSingle(in, Network.LOGITS).dup();
    INDArray first = logits.get();
    network.array("stage1.block0.branch.fc2.weight").muli(3);
    INDArray moved = logits.get().sub(first);
    assertThat(moved.getRow(1).amaxNumber().doubleValue()).isZero();
    assertThat(moved.getRow(0).amaxNumber().doubleValue()).isPositive();
    assertThat(moved.getRow(2).amaxNumber().doubleValue()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"PUBLISHED, 0.02, 0.02", "FAN_IN, 0.25, 0.125"})
  void convNeXtStartsAsPublishedOrByFanIn(
      ConvNeXtConfig.Weights weights, double first, double second) {
    ConvNeXtConfig config =
        new ConvNeXtConfig(CIFAR, 2, 2, 7, List.of(16), List.of(1), 0.1, 0, weights);
    Network network = config.build(method("dyt"), DataType.DOUBLE, 1);
    Offset<Double> tenth = within(0.1 * first);
    assertThat(deviation(network, "stage0.block0.branch.fc1.weight")).isCloseTo(first, tenth);
    assertThat(deviation(network, "stage0.block0.branch.fc2.weight")).isCloseTo(second, tenth);
    assertThat(deviation(network, "stage0.block0.branch.fc1.bias")).isZero();
    assertThat(network.array("stage0.block0.branch.layer_scale").toDoubleVector())
        .containsOnly(0.1);
  }

  /** Methods scale an architecture's own start and do not replace it. */
  @Test
  void fixupScalesTheStartOfTheArchitecture() {
    Network fixup =
        convNeXt(0, ConvNeXtConfig.Weights.PUBLISHED).build(method("fixup"), DataType.DOUBLE, 1);
    Network plain =
        convNeXt(0, ConvNeXtConfig.Weights.PUBLISHED).build(method("pre-ln"), DataType.DOUBLE, 1);
    String name = "stage0.block0.branch.fc1.weight";
    // four branches of three weights: 4^(−1/4)
    assertThat(fixup.array(name).getDouble(0) / plain.array(name).getDouble(0))
        .isCloseTo(Math.pow(4, -0.25), within(1e-12));
  }

  @Test
  void resNetStartsAsTorchvisionDoes() {
    Network network =
        ResNetConfig.Preset.RESNET_8.config(CIFAR).build(method("dyt"), DataType.DOUBLE, 1);
    String convolution = "stage1.block0.branch.conv1.weight"; // 3·3·32 outputs a weight
    double expected = Math.sqrt(2.0 / (9 * 32));
    assertThat(deviation(network, convolution)).isCloseTo(expected, within(0.05 * expected));
    double bound = 1 / Math.sqrt(64);
    for (String head : List.of("head.weight", "head.bias")) {
      assertThat(network.array(head).amaxNumber().doubleValue()).isBetween(0.6 * bound, bound);
    }
  }

  private static double deviation(Network network, String name) {
    INDArray array = network.array(name);
    return array.norm2Number().doubleValue() / Math.sqrt((double) array.length());
  }

  @Test
  void whatDoesNotFitIsRefusedInOneLine() {
    refused("kernel=4", () -> new ConvNeXtConfig(IMAGES, 2, 2, 4, list(4), list(1), 1, 0, null));
    refused(
        "used up",
        () -> new ConvNeXtConfig(IMAGES, 4, 2, 7, list(4, 4, 4), list(1, 1, 1), 1, 0, null));
    refused(
        "dims=4,4 and depths=1",
        () -> new ConvNeXtConfig(IMAGES, 2, 2, 7, list(4, 4), list(1), 1, 0, null));
    refused("depths=0", () -> new ConvNeXtConfig(IMAGES, 2, 2, 7, list(4), list(0), 1, 0, null));
    refused(
        "block.scale=NaN",
        () -> new ConvNeXtConfig(IMAGES, 2, 2, 7, list(4), list(1), Double.NaN, 0, null));
    refused("drop.path=1", () -> new ConvNeXtConfig(IMAGES, 2, 2, 7, list(4), list(1), 1, 1, null));
    refused("stem=0", () -> new ConvNeXtConfig(IMAGES, 0, 2, 7, list(4), list(1), 1, 0, null));
    refused(
        "dims=4,3: a shortcut of 4 channels",
        () ->
            new ResNetConfig(
                IMAGES,
                ResNetConfig.Stem.SMALL,
                ResNetConfig.Block.BASIC,
                ResNetConfig.Shortcut.PAD,
                4,
                list(4, 3),
                list(1, 1)));
    refused("head.grid=7 does not divide", () -> VggConfig.vgg19(CIFAR));
    refused(
        "use images of 13×11 pixels up",
        () -> new VggConfig(IMAGES, list(2, 0, 0, 0, 0), 1, list(), 0));
    refused("head.dropout=1", () -> new VggConfig(IMAGES, list(2), 1, list(), 1));
    refused("features 0", () -> new VggConfig(IMAGES, list(0), 1, list(), 0));
    refused("1 class", () -> new ImageShape(8, 8, 1, 1));
    refused(
        "did you mean 'resnet-20'",
        () -> ImageClassifiers.create("resnet-21", CIFAR, ConvolutionalModelsTest::own));
  }

  private static List<Integer> list(Integer... numbers) {
    return List.of(numbers);
  }

  private static void refused(String message, Supplier<?> config) {
    assertThatThrownBy(config::get)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }
}
