package org.normfree.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.normfree.core.InputException;

class MethodsTest {
  static List<String> names() {
    return Methods.names();
  }

  @Test
  void theMethodsOfThePapersAreRegistered() {
    assertThat(Methods.names())
        .doesNotHaveDuplicates()
        .contains(
            "pre-ln",
            "post-ln",
            "rms-norm",
            "dyt",
            "identity",
            "hardtanh",
            "sigmoid",
            "dyt-no-alpha",
            "identity-no-alpha",
            "hardtanh-no-alpha",
            "sigmoid-no-alpha",
            "derf",
            "deepnorm",
            "fixup",
            "skipinit",
            "rezero",
            "layerscale",
            "admin",
            "sigma-reparam",
            "satursin",
            "arctan",
            "isru",
            "softsign",
            "bhyt",
            "see-d-norm",
            "peri-ln",
            "lns",
            "mix-ln",
            "keel",
            "pro-res",
            "taper-norm",
            "span-norm",
            "siamese-norm",
            "block-attn-res",
            "hyper-connections",
            "hyper-connections-4");
  }

  @ParameterizedTest
  @MethodSource("names")
  void aMethodKnowsTheNameItIsRegisteredUnder(String name) {
    assertThat(Methods.create(name, MethodOptions.DEFAULTS).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyMethodServesEveryStackOfATransformer(String name) {
    Method method = Methods.create(name, MethodOptions.DEFAULTS);
    List<Stack> stacks =
        List.of(
            Stack.encoderOnly(3),
            Stack.decoderOnly(3),
            new Stack(Stack.Kind.ENCODER, 3, 2),
            new Stack(Stack.Kind.DECODER, 3, 2));
    for (Stack stack : stacks) {
      if (name.equals("batch-norm") && stack.isDecoder()) {
        continue; // it refuses, see ConvolutionalStackTest
      }
      SmallGraph graph = new SmallGraph();
      SDVariable y = graph.layers(method, stack, 2);
      assertThat(y.eval().shape()).containsExactly(2, 3, SmallGraph.WIDTH);
      for (WeightRole.Kind role : WeightRole.Kind.values()) {
        SDVariable mapped =
            method.linear(
                graph.scope(role.name()), new WeightRole(role, stack), y, SmallGraph.WIDTH, 7);
        assertThat(mapped.eval().shape()).containsExactly(2, 3, 7);
        assertThat(mapped.eval().sumNumber().doubleValue()).isFinite();
      }
    }
  }

  /** The counts of docs/methods/README.md, with C channels and N layers. */
  @ParameterizedTest
  @CsvSource({
    "pre-ln, 896",
    "post-ln, 768",
    "rms-norm, 448",
    "batch-norm, 896",
    "dyt, 903",
    "sigmoid, 903",
    "dyt-no-alpha, 896",
    "derf, 910",
    "softsign, 910",
    "bhyt, 455",
    "see-d-norm, 1344",
    "peri-ln, 1664",
    "lns, 896",
    "mix-ln, 896",
    "keel, 1536",
    "pro-res, 896",
    "taper-norm, 448",
    "span-norm, 768",
    "siamese-norm, 2560",
    "block-attn-res, 1280",
    "hyper-connections, 932",
    "hyper-connections-4, 1088",
    "deepnorm, 768",
    "admin, 1152",
    "layerscale, 1280",
    "skipinit, 6",
    "rezero, 3",
    "fixup, 23",
    "sigma-reparam, 20"
  })
  void theExtraParametersAreAsDocumented(String name, long extra) {
    InitialNetwork initial = InitialNetwork.of(Methods.create(name, MethodOptions.DEFAULTS));
    Pattern ofTheModel =
        Pattern.compile(
            "positions|(.*\\.)?(query|key|value|out|fc1|fc2|patch|head)\\.(weight|bias)");
    long counted =
        initial.parameters().stream()
            .filter(parameter -> !ofTheModel.matcher(parameter).matches())
            .mapToLong(parameter -> initial.values(parameter).length)
            .sum();
    assertThat(counted).isEqualTo(extra);
  }

  @ParameterizedTest
  @CsvSource({
    "dytt, did you mean 'dyt'?",
    "DeepNorm, did you mean 'deepnorm'?",
    "sigma_reparam, did you mean 'sigma-reparam'?"
  })
  void anUnknownNameIsAnsweredWithTheNearest(String name, String suggestion) {
    assertThatThrownBy(() -> Methods.create(name, MethodOptions.DEFAULTS))
        .isInstanceOf(InputException.class)
        .hasMessage("unknown method '%s', %s".formatted(name, suggestion));
  }

  @Test
  void everyMethodSaysInALineWhatItMakesOfALayer() {
    assertThat(Methods.names()).allSatisfy(name -> assertThat(Methods.formula(name)).isNotBlank());
    assertThat(Methods.formula("none such")).isEmpty();
  }

  /** The options of {@link MethodOptions#DEFAULTS} but for one choice. */
  private static List<MethodOptions> other(MethodOptions.Choice choice) {
    MethodOptions.Ramps ramps = MethodOptions.Ramps.DEFAULTS;
    return switch (choice) {
      case ALPHA ->
          List.of(
              with(Alpha0.everywhere(0.3), false, true, true, true, 1e-4),
              with(Alpha0.everywhere(0.5), true, true, true, true, 1e-4),
              with(Alpha0.everywhere(0.5), false, false, true, true, 1e-4));
      case AFFINE -> List.of(with(Alpha0.everywhere(0.5), false, true, false, true, 1e-4));
      case EMBEDDING_SCALE -> List.of(with(Alpha0.everywhere(0.5), false, true, true, false, 1e-4));
      case LAYER_SCALE -> List.of(with(Alpha0.everywhere(0.5), false, true, true, true, 0.5));
      case EMBEDDING_NORM -> List.of(MethodOptions.DEFAULTS.withEmbeddingNorm(true));
      case LAMBDA -> List.of(MethodOptions.DEFAULTS.withLambda(3));
      case RESIDUAL_RAMP ->
          List.of(
              MethodOptions.DEFAULTS.withRamps(
                  new MethodOptions.Ramps(7, ramps.taperFrom(), ramps.taperOver())));
      case TAPER ->
          List.of(
              MethodOptions.DEFAULTS.withRamps(
                  new MethodOptions.Ramps(ramps.residual(), 7, ramps.taperOver())),
              MethodOptions.DEFAULTS.withRamps(
                  new MethodOptions.Ramps(ramps.residual(), ramps.taperFrom(), 7)));
    };
  }

  private static MethodOptions with(
      Alpha0 alpha0,
      boolean perChannel,
      boolean learned,
      boolean affine,
      boolean embeddingScale,
      double layerScale) {
    return new MethodOptions(alpha0, perChannel, learned, affine, embeddingScale, layerScale);
  }

  /** What a method makes of a small language model, to the bit. */
  private static ByteBuffer built(String name, MethodOptions options) throws IOException {
    Method method = Methods.create(name, options);
    SmallGraph graph = new SmallGraph();
    Stack stack = Stack.encoderOnly(2);
    method.embedded(graph.scope("embedding"), graph.x(), SmallGraph.WIDTH);
    graph.layers(method, stack, 2);
    graph.normalize(method, NormSite.Kind.FFN);
    return graph.x().getSameDiff().asFlatBuffers(true);
  }

  @ParameterizedTest
  @MethodSource("names")
  void aMethodReadsTheOptionsItSaysItReadsAndNoOther(String name) throws IOException {
    Set<MethodOptions.Choice> reads = Methods.create(name, MethodOptions.DEFAULTS).reads();
    ByteBuffer usual = built(name, MethodOptions.DEFAULTS);
    assertThat(built(name, MethodOptions.DEFAULTS)).isEqualTo(usual);
    for (MethodOptions.Choice choice : MethodOptions.Choice.values()) {
      for (MethodOptions options : other(choice)) {
        assertThat(built(name, options).equals(usual))
            .as("%s is the same with another %s", name, choice)
            .isEqualTo(!reads.contains(choice));
      }
    }
  }

  @Test
  void aNameCanBeTakenOnlyOnce() {
    assertThatThrownBy(() -> Methods.register("dyt", options -> new PreLn()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dyt");
    assertThat(Methods.create("dyt", MethodOptions.DEFAULTS)).isInstanceOf(DyT.class);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void numbersMustBeFinite(double value) {
    assertThatThrownBy(
            () -> new MethodOptions(Alpha0.everywhere(0.5), false, true, true, true, value))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("LayerScale");
  }
}
